// Records in SQLite: a database for each table, opened when it is first needed.
import { randomInt } from 'node:crypto';
import { join } from 'node:path';
import type { DatabaseSync, StatementSync } from 'node:sqlite';
import type { ClientId } from '../jobs/job.ts';
import type { RecordKey, Records, RecordTable, RecordWrite, StoredRecord } from '../jobs/ports.ts';
import { recordsPlan } from './schema.ts';
import { openDatabase, transaction } from './sqlite.ts';

/** Rows of one page of a range: each page is a statement of its own, so that no reader holds the WAL. */
const pageRows = 1000;
/** Records past their end that one write removes at most. */
const removedAtOnce = 100;
/** Behind every sort key. */
const last = '\u{10ffff}';

export interface EmbeddedRecords extends Records {
  close(): void;
}

/** The tables under `home`. */
export const openRecords = (home: string, now: () => number): EmbeddedRecords => {
  const open = new Map<RecordTable, Table>();
  const table = (name: RecordTable): Table => {
    const found = open.get(name) ?? new Table(join(home, `${name}.db`));
    open.set(name, found);
    return found;
  };
  return {
    batch: 2000,

    async read(client, name, keys) {
      return table(name).read(client, keys);
    },

    async write(client, name, writes) {
      return writes.length === 0 ? [] : table(name).write(client, writes, now());
    },

    async *range(client, name, part, { from = '', to = last, descending = false, limit = Infinity } = {}) {
      let [first, end, left] = [from, to, limit];
      // The key that a page ended with was given: the next one begins behind it.
      for (let beginsBehind = false; left > 0; beginsBehind = true) {
        const bounds = { first, end, beginsBehind, descending, limit: Math.min(left, pageRows) };
        const page = table(name).page(client, part, bounds);
        if (page.length > 0) yield page;
        const lastSort = page.at(-1)?.sort;
        if (lastSort === undefined || page.length < pageRows) return;
        left -= page.length;
        if (descending) end = lastSort;
        else first = lastSort;
      }
    },

    close() {
      for (const each of open.values()) each.close();
      open.clear();
    },
  };
};

interface Bounds {
  first: string;
  end: string;
  beginsBehind: boolean;
  descending: boolean;
  limit: number;
}

class Table {
  readonly #db: DatabaseSync;
  readonly #select: StatementSync;
  readonly #version: StatementSync;
  readonly #put: StatementSync;
  readonly #remove: StatementSync;
  readonly #forget: StatementSync;
  readonly #pages: Record<'up' | 'upBehind' | 'down', StatementSync>;

  constructor(path: string) {
    const db = openDatabase(path, recordsPlan);
    const columns = 'part, sort, version, value';
    const page = (condition: string, order: string) =>
      db.prepare(
        `SELECT ${columns} FROM records WHERE client = ? AND part = ? AND ${condition} ORDER BY sort ${order} LIMIT ?`,
      );
    this.#db = db;
    this.#select = db.prepare(`SELECT ${columns} FROM records WHERE client = ? AND part = ? AND sort = ?`);
    this.#version = db.prepare('SELECT version FROM records WHERE client = ? AND part = ? AND sort = ?');
    this.#put = db.prepare('INSERT OR REPLACE INTO records VALUES (?, ?, ?, ?, ?, ?)');
    this.#remove = db.prepare('DELETE FROM records WHERE client = ? AND part = ? AND sort = ?');
    this.#forget = db.prepare(`DELETE FROM records WHERE (client, part, sort) IN
      (SELECT client, part, sort FROM records WHERE expires_at <= ? LIMIT ${removedAtOnce})`);
    this.#pages = {
      up: page('sort >= ? AND sort < ?', 'ASC'),
      upBehind: page('sort > ? AND sort < ?', 'ASC'),
      down: page('sort >= ? AND sort < ?', 'DESC'),
    };
  }

  read(client: ClientId, keys: readonly RecordKey[]): StoredRecord[] {
    const found: StoredRecord[] = [];
    for (const { part, sort } of inOrder(keys)) {
      const row = this.#select.get(client, part, sort);
      if (row) found.push(recordOf(row));
    }
    return found;
  }

  write(client: ClientId, writes: readonly RecordWrite[], now: number): RecordKey[] {
    return transaction(this.#db, () => {
      const conflicts: RecordKey[] = [];
      for (const { part, sort, value, was, expiresAt } of inOrder(writes)) {
        if (was !== undefined && was !== Number(this.#version.get(client, part, sort)?.version ?? 0))
          conflicts.push({ part, sort });
        else if (value === undefined) this.#remove.run(client, part, sort);
        else this.#put.run(client, part, sort, newVersion(), JSON.stringify(value), expiresAt ?? null);
      }
      this.#forget.run(now);
      return conflicts;
    });
  }

  page(client: ClientId, part: string, { first, end, beginsBehind, descending, limit }: Bounds): StoredRecord[] {
    const statement = this.#pages[descending ? 'down' : beginsBehind ? 'upBehind' : 'up'];
    return statement.all(client, part, first, end, limit).map(recordOf);
  }

  close(): void {
    this.#db.close();
  }
}

/** As they lie in the table: neighbours are then found on the same page of it. */
const inOrder = <K extends RecordKey>(keys: readonly K[]): readonly K[] =>
  keys.length < 2 ? keys : keys.toSorted((a, b) => order(a.part, b.part) || order(a.sort, b.sort));
const order = (one: string, other: string): number => (one < other ? -1 : one > other ? 1 : 0);

const newVersion = (): number => randomInt(1, 2 ** 47);

const recordOf = (row: Record<string, unknown>): StoredRecord => ({
  part: String(row.part),
  sort: String(row.sort),
  version: Number(row.version),
  value: JSON.parse(String(row.value)) as Record<string, unknown>,
});
