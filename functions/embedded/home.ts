// Takes a home folder for this process: one process at a time, databases made, leftovers of a crash removed.
import { mkdirSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { areas } from './file-names.ts';
import { keyFor } from './keys.ts';
import { openProfiles } from './profiles.ts';
import { jobsPlan, queuePlan } from './schema.ts';
import { isBusy, openDatabase } from './sqlite.ts';

export const defaultHome = '.stevedore';

export interface Home {
  path: string;
  /** Lets the next process have it. Close all ports first. */
  close(): void;
}

/** Takes the folder, made when missing. Throws a sentence that says what to do when another process has it. */
export const openHome = (path: string = defaultHome): Home => {
  mkdirSync(path, { recursive: true, mode: 0o700 });
  const release = lock(path);
  try {
    for (const area of areas) mkdirSync(join(path, area), { recursive: true, mode: 0o700 });
    // Nobody else is here: what lies there was never finished.
    rmSync(join(path, 'tmp'), { recursive: true, force: true });
    const mailbox = join(path, 'mailbox');
    mkdirSync(mailbox, { recursive: true, mode: 0o700 });
    for (const name of readdirSync(mailbox)) if (name.endsWith('.tmp')) rmSync(join(mailbox, name));
    keyFor(path, 'client secrets');
    openDatabase(join(path, 'jobs.db'), jobsPlan).close();
    openDatabase(join(path, 'queue.db'), queuePlan).close();
    openProfiles(path).prepare();
    return { path, close: release };
  } catch (error) {
    release();
    throw error;
  }
};

/**
 * Holds a lock of the operating system (through SQLite, which has it on every platform) while this process lives.
 * It ends with the process however that ends, so there is no stale lock and no guessing by process id.
 */
const lock = (home: string): (() => void) => {
  const holder = join(home, 'lock.pid');
  const db = new DatabaseSync(join(home, 'lock.db'), { timeout: 0 });
  try {
    db.exec('PRAGMA journal_mode = DELETE; BEGIN EXCLUSIVE');
  } catch (error) {
    db.close();
    if (!isBusy(error)) throw error;
    throw new Error(
      `${home} is in use by process ${readPid(holder)}. Stop that one first, or start this one with another folder: STEVEDORE_HOME=other npm start`,
    );
  }
  writeFileSync(holder, `${process.pid}\n`);
  return () => {
    rmSync(holder, { force: true });
    db.close();
  };
};

const readPid = (path: string): string => {
  try {
    return readFileSync(path, 'utf8').trim();
  } catch {
    return '(unknown)';
  }
};
