// Which sids may be in a list: blocks of up to 330 sids by list and shard, appended to. Over-reports, never under-reports.
import type { DatabaseSync, StatementSync } from 'node:sqlite';
import type { Sid } from '../jobs/profile.ts';

const sidBytes = 12;
/** A block of so many bytes fills one page. */
const blockBytes = 330 * sidBytes;
const blocksPerShard = 2 ** 22;

/** The id of the first block of a list's shard; ids of later blocks and of later shards follow. */
const firstBlock = (list: number, shard: number): number => (list * 256 + shard) * blocksPerShard;

export class Members {
  readonly #last: StatementSync;
  readonly #put: StatementSync;
  readonly #load: StatementSync;
  readonly #bytes: StatementSync;

  constructor(db: DatabaseSync) {
    this.#last = db.prepare('SELECT id, sids FROM members WHERE id >= ? AND id < ? ORDER BY id DESC LIMIT 1');
    this.#put = db.prepare('INSERT INTO members VALUES (?, ?) ON CONFLICT DO UPDATE SET sids = excluded.sids');
    this.#load = db.prepare('SELECT sids FROM members WHERE id >= ? AND id < ? ORDER BY id');
    this.#bytes = db.prepare('SELECT total(length(sids)) bytes FROM members WHERE id >= ? AND id < ?');
  }

  /** Adds sids of one shard. To be called in a write transaction. */
  add(list: number, shard: number, sids: readonly Sid[]): void {
    const [first, end] = [firstBlock(list, shard), firstBlock(list, shard + 1)];
    let bytes: Buffer = Buffer.from(sids.join(''), 'hex');
    let id = first;
    const last = this.#last.get(first, end);
    if (last) {
      const held = last.sids as Uint8Array;
      const full = held.length + bytes.length > blockBytes && held.length * 2 > blockBytes;
      id = Number(last.id) + (full ? 1 : 0);
      if (!full) bytes = Buffer.concat([held, bytes]);
    }
    for (let at = 0; at < bytes.length; at += blockBytes, id++) this.#put.run(id, bytes.subarray(at, at + blockBytes));
  }

  /** How many sids the shards [from, to) hold, those that stand there twice counted twice. */
  count(list: number, from: number, to: number): number {
    return Number(this.#bytes.get(firstBlock(list, from), firstBlock(list, to))?.bytes) / sidBytes;
  }

  /** The sids of one shard, in order, each once. */
  load(list: number, shard: number): Sid[] {
    const blocks = this.#load.all(firstBlock(list, shard), firstBlock(list, shard + 1));
    const hex = Buffer.concat(blocks.map((block) => block.sids as Uint8Array)).toString('hex');
    const sids: Sid[] = [];
    for (let at = 0; at < hex.length; at += sidBytes * 2) sids.push(hex.slice(at, at + sidBytes * 2));
    sids.sort();
    return sids.filter((sid, i) => sid !== sids[i - 1]);
  }
}
