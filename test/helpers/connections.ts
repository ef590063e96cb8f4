// The connections that the ports open to SQLite, for tests that make a database full: pages may be limited by its connection only.
import { DatabaseSync } from 'node:sqlite';

/** Collects every connection that prepares a statement from now on. */
export const watchConnections = (): { to(name: string): DatabaseSync[]; stop(): void } => {
  const { prepare } = DatabaseSync.prototype;
  const connections = new Set<DatabaseSync>();
  DatabaseSync.prototype.prepare = function (sql) {
    connections.add(this);
    return prepare.call(this, sql);
  };
  return {
    to: (name) => [...connections].filter((db) => db.isOpen && db.location()?.includes(name)),
    stop() {
      DatabaseSync.prototype.prepare = prepare;
    },
  };
};

/** Lets a database grow by so many pages and no more. */
export const limitPages = (db: DatabaseSync, more: number): void => {
  const pages = Number(db.prepare('PRAGMA page_count').get()?.page_count);
  db.exec(`PRAGMA max_page_count = ${pages + more}`);
};
