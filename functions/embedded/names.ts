// Ids that stand in many rows are kept once in a database and written as small numbers.
import type { DatabaseSync, StatementSync } from 'node:sqlite';

/** The names of one table and their numbers, remembered by this connection: a number never changes its name. */
export class Names {
  readonly #find: StatementSync;
  readonly #insert: StatementSync;
  readonly #nameOf: StatementSync;
  readonly #refs = new Map<string, number>();
  readonly #names = new Map<number, string>();

  constructor(db: DatabaseSync, table: 'clients' | 'jobs' | 'lists') {
    this.#find = db.prepare(`SELECT ref FROM ${table} WHERE name = ?`);
    this.#insert = db.prepare(`INSERT INTO ${table} (name) VALUES (?)`);
    this.#nameOf = db.prepare(`SELECT name FROM ${table} WHERE ref = ?`);
  }

  /** The number of a name; undefined when it has none. */
  find(name: string): number | undefined {
    const known = this.#refs.get(name);
    if (known !== undefined) return known;
    const row = this.#find.get(name);
    return row && this.#remember(name, Number(row.ref));
  }

  /** The number of a name, given now when it has none. To be called in a write transaction. */
  refOf(name: string): number {
    return this.find(name) ?? this.#remember(name, Number(this.#insert.run(name).lastInsertRowid));
  }

  /** The name of a number that stands in a row. */
  nameOf(ref: number): string {
    const known = this.#names.get(ref);
    if (known !== undefined) return known;
    const row = this.#nameOf.get(ref);
    if (!row) throw new Error('a number without a name: the database is damaged');
    const name = String(row.name);
    this.#remember(name, ref);
    return name;
  }

  /** After a rollback: numbers that it gave are not there. */
  forget(): void {
    this.#refs.clear();
    this.#names.clear();
  }

  #remember(name: string, ref: number): number {
    // Jobs come and go: what is forgotten is one lookup away.
    if (this.#refs.size >= 50_000) this.forget();
    this.#refs.set(name, ref);
    this.#names.set(ref, name);
    return ref;
  }
}
