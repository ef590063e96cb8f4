// Which row has which sid: a large index, and before it a small one that takes what is new and is merged into the large one now and then.
import type { DatabaseSync, StatementSync } from 'node:sqlite';
import type { Sid } from '../jobs/profile.ts';

/** New sids of a file before they are merged: each page of the large index then takes several of them at once. */
const settleRows = 131_072;
/** Counting takes time: it is done once in so many rows of this connection. */
const countEvery = 8_192;

/** The id of the row with a sid (an SQL expression) of client `?2`; null when there is none. */
export const idOf = (sid: string): string => `coalesce(
  (SELECT id FROM sids WHERE client = ?2 AND sid = ${sid}), (SELECT id FROM new_sids WHERE client = ?2 AND sid = ${sid}))`;

/** Sids and ids of client `?1` between the sids `?2` and `?3`, both left out, in the order of sids. */
export const idsBetween = (limit: number): string => {
  const part = (table: string) =>
    `SELECT sid, id FROM ${table} WHERE client = ?1 AND sid > unhex(?2) AND sid < unhex(?3)`;
  return `${part('sids')} UNION ALL ${part('new_sids')} ORDER BY sid LIMIT ${limit}`;
};

// Both insert OR FAIL: else SQLite would keep in memory what each page was before (100 MB at ten million sids), only to undo one
// statement; an error undoes the whole transaction anyway.
export class SidIndex {
  readonly #db: DatabaseSync;
  readonly #add: StatementSync;
  readonly #known: StatementSync;
  readonly #count: StatementSync;
  readonly #countNew: StatementSync;
  readonly #remove: readonly StatementSync[];
  readonly #settleRows: number;
  #uncounted = 0;

  /** A smaller `rows` before merging is for tests. */
  constructor(db: DatabaseSync, rows = settleRows) {
    this.#db = db;
    this.#settleRows = rows;
    this.#add = db.prepare(
      'INSERT OR FAIL INTO new_sids SELECT client, sid, id FROM profiles WHERE id >= ? AND id < ?',
    );
    this.#known = db.prepare(`SELECT w.value sid FROM json_each(?1) w WHERE ${idOf('unhex(w.value)')} IS NOT NULL`);
    const between = (table: string) =>
      `(SELECT count(*) FROM ${table} WHERE client = ?1 AND sid > unhex(?2) AND sid < unhex(?3))`;
    this.#count = db.prepare(`SELECT ${between('sids')} + ${between('new_sids')} n`);
    this.#countNew = db.prepare('SELECT count(*) n FROM new_sids');
    this.#remove = ['sids', 'new_sids'].map((table) =>
      db.prepare(`DELETE FROM ${table} WHERE client = ? AND sid = unhex(?)`),
    );
  }

  /** Those of `sids` that have a row. */
  known(client: number, sids: readonly Sid[]): Set<Sid> {
    return new Set(this.#known.all(JSON.stringify(sids), client).map(({ sid }) => String(sid)));
  }

  /** Adds the rows with ids [first, end), which are new. To be called in a write transaction. */
  add(first: number, end: number): void {
    if (first === end) return;
    this.#add.run(first, end);
    this.#uncounted += end - first;
  }

  /** Forgets a sid whose row is removed. To be called in a write transaction. */
  remove(client: number, sid: Sid): void {
    for (const statement of this.#remove) statement.run(client, sid);
  }

  /** Merges when enough is new. To be called in a write transaction, once its rows are added. */
  settle(): void {
    if (this.#uncounted < Math.min(countEvery, this.#settleRows)) return;
    this.#uncounted = 0;
    if (Number(this.#countNew.get()?.n) < this.#settleRows) return;
    this.#db.exec('INSERT OR FAIL INTO sids SELECT * FROM new_sids ORDER BY client, sid; DELETE FROM new_sids');
  }

  /** How many sids of a client lie between two, both left out, given in hex. */
  count(client: number, [from, to]: readonly [string, string]): number {
    return Number(this.#count.get(client, from, to)?.n);
  }
}
