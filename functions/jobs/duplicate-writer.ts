// Sets the rows of people who come more than once apart, into objects that each hold whole people, in flat memory.
import { writeNumbered } from '../files/numbered.ts';
import type { Ports } from './ports.ts';

/** Bytes held before all partitions are written out as segments. */
const holdBytes = 32 * 1024 ** 2;

interface Partition {
  keys: string[];
  rows: number;
  held: Buffer[];
}

export class DuplicateWriter {
  readonly #ports: Pick<Ports, 'files'>;
  readonly #prefix: string;
  readonly #partitions = new Map<number, Partition>();
  #held = 0;

  constructor(ports: Pick<Ports, 'files'>, prefix: string) {
    this.#ports = ports;
    this.#prefix = prefix;
  }

  async add(partition: number, line: number, record: Uint8Array): Promise<void> {
    const known = this.#partitions.get(partition) ?? { keys: [], rows: 0, held: [] };
    this.#partitions.set(partition, known);
    const bytes = writeNumbered(line, record);
    known.held.push(bytes);
    known.rows += 1;
    this.#held += bytes.length;
    if (this.#held >= holdBytes) await this.#flush();
  }

  /** The objects of each partition, in the order in which they are to be read. */
  async close(): Promise<{ keys: string[]; rows: number }[]> {
    await this.#flush();
    return [...this.#partitions.values()];
  }

  async #flush(): Promise<void> {
    for (const [number, partition] of this.#partitions) {
      if (partition.held.length === 0) continue;
      const key = `${this.#prefix}/${number}-${partition.keys.length}`;
      await this.#ports.files.put(key, Buffer.concat(partition.held));
      partition.keys.push(key);
      partition.held = [];
    }
    this.#held = 0;
  }
}
