// Opens SQLite files, all in the same way, and runs short transactions on them.
import { DatabaseSync } from 'node:sqlite';
import type { DatabasePlan } from './schema.ts';

/** How long a connection waits for another one's transaction, in milliseconds. */
const patience = 15_000;

/**
 * Opens a database file and creates what is missing in it. Throws a sentence when a newer Stevedore wrote the file.
 * Reads and writes are synchronous: nothing may be awaited while a transaction is open.
 */
export const openDatabase = (path: string, plan: DatabasePlan): DatabaseSync => {
  const db = new DatabaseSync(path, { timeout: patience });
  try {
    db.exec(`
      PRAGMA page_size = 4096;
      PRAGMA journal_mode = WAL;
      PRAGMA synchronous = ${plan.synchronous};
      PRAGMA cache_size = -${plan.cacheKb};
      PRAGMA wal_autocheckpoint = ${plan.checkpointPages};
      PRAGMA journal_size_limit = ${plan.checkpointPages * 4096 * 2};
      PRAGMA temp_store = MEMORY;
    `);
    if (versionOf(db) !== plan.steps.length) bringUp(db, plan);
    return db;
  } catch (error) {
    db.close();
    throw error;
  }
};

const versionOf = (db: DatabaseSync): number => Number(db.prepare('PRAGMA user_version').get()?.user_version);

const bringUp = (db: DatabaseSync, { steps }: DatabasePlan): void =>
  transaction(db, () => {
    const version = versionOf(db);
    if (version > steps.length)
      throw new Error(
        'The home folder was written by a newer Stevedore: update, or set STEVEDORE_HOME to another folder',
      );
    for (const step of steps.slice(version)) db.exec(step);
    db.exec(`PRAGMA user_version = ${steps.length}`);
  });

/** Runs `work` in a transaction that holds the database's one write lock from its start; rolls back when it throws. */
export const transaction = <T>(db: DatabaseSync, work: () => T): T => {
  db.exec('BEGIN IMMEDIATE');
  return finish(db, work);
};

/** As `transaction`, but gives undefined at once when another connection is writing. */
export const tryTransaction = <T>(db: DatabaseSync, work: () => T): { result: T } | undefined => {
  db.exec('PRAGMA busy_timeout = 0');
  try {
    db.exec('BEGIN IMMEDIATE');
  } catch (error) {
    if (isBusy(error)) return undefined;
    throw error;
  } finally {
    db.exec(`PRAGMA busy_timeout = ${patience}`);
  }
  return { result: finish(db, work) };
};

const finish = <T>(db: DatabaseSync, work: () => T): T => {
  try {
    const result = work();
    db.exec('COMMIT');
    return result;
  } catch (error) {
    // Some errors (a full disk) have rolled back already.
    if (db.isTransaction) db.exec('ROLLBACK');
    throw error;
  }
};

/** True when the error says that another connection holds the lock. */
export const isBusy = (error: unknown): boolean =>
  error instanceof Error && 'errcode' in error && (Number(error.errcode) & 0xff) === 5;
