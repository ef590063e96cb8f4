// Sets the rows of people who come more than once apart, into objects that each hold whole people, in flat memory.
import { writeNumbered } from '../../files/numbered.ts';
import type { Ports } from '../ports.ts';

/** Bytes held before all partitions are written out as segments. */
const holdBytes = 24 * 1024 ** 2;
/** Segments on their way at once. */
const writesAtOnce = 16;

interface Partition {
  keys: string[];
  rows: number;
  /** Records gathered since the last segment; the first `used` bytes count. */
  held: Buffer;
  used: number;
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

  /** Takes a record; a promise only when the caller must wait for segments to be written. */
  add(number: number, line: number, record: Uint8Array): Promise<void> | undefined {
    let partition = this.#partitions.get(number);
    if (!partition) {
      partition = { keys: [], rows: 0, held: Buffer.alloc(0), used: 0 };
      this.#partitions.set(number, partition);
    }
    const bytes = writeNumbered(line, record);
    const needed = partition.used + bytes.length;
    if (needed > partition.held.length) {
      const larger = Buffer.allocUnsafe(Math.max(needed, partition.held.length * 2, 1024));
      partition.held.copy(larger, 0, 0, partition.used);
      partition.held = larger;
    }
    partition.held.set(bytes, partition.used);
    partition.used = needed;
    partition.rows += 1;
    this.#held += bytes.length;
    return this.#held >= holdBytes ? this.#flush() : undefined;
  }

  /** The objects of each partition, in the order in which they are to be read. */
  async close(): Promise<{ keys: string[]; rows: number }[]> {
    await this.#flush();
    return [...this.#partitions.values()].map(({ keys, rows }) => ({ keys, rows }));
  }

  async #flush(): Promise<void> {
    const waiting = [...this.#partitions].filter(([, { used }]) => used > 0);
    this.#held = 0;
    const writer = async () => {
      for (let next = waiting.pop(); next; next = waiting.pop()) await this.#write(...next);
    };
    await Promise.all(Array.from({ length: writesAtOnce }, writer));
  }

  async #write(number: number, partition: Partition): Promise<void> {
    const key = `${this.#prefix}/${number}-${partition.keys.length}`;
    partition.keys.push(key);
    await this.#ports.files.put(key, partition.held.subarray(0, partition.used));
    partition.held = Buffer.alloc(0);
    partition.used = 0;
  }
}
