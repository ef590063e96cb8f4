// Every step by which a process leaves something behind, counted: so that a test can let it die at each of them.
import fs, { existsSync, readdirSync } from 'node:fs';
import promises from 'node:fs/promises';
import { syncBuiltinESMExports } from 'node:module';
import { DatabaseSync, StatementSync } from 'node:sqlite';
import type { Hooks } from '../../functions/jobs/ports.ts';

/** Called with the name of each step right before it. */
export type OnStep = (name: string) => void;

type Functions = Record<string, (...args: unknown[]) => unknown>;

/** Hooks with a step before each post and one right after it: nothing on the disk tells whether it was made. */
export const countPosts = ({ post, get }: Hooks, onStep: OnStep): Hooks => ({
  get,
  async post(...args) {
    onStep('post');
    const status = await post(...args);
    onStep('posted');
    return status;
  },
});

/** Functions of node:fs that may change what lies in a folder, and whether a call does. What is written to a file changes nothing while the file has a temporary name. */
const changing: Record<string, (path: string, flags: unknown) => boolean> = {
  rename: () => true,
  link: () => true,
  writeFile: () => true,
  open: (_path, flags) => flags === 'wx',
  mkdir: (path) => !existsSync(path),
  rm: (path) => existsSync(path),
  rmdir: (path) => readdirSync(path).length === 0,
};

/**
 * From now on a step comes before everything this process makes durable: a commit or a statement outside of transactions,
 * a file made, renamed, linked or removed. What lies between two of them no other process can tell apart.
 */
export const countDurable = (onStep: OnStep): void => {
  // The objects that hold the functions, whatever their types: they are put back into the modules below.
  for (const [holder, suffix] of [
    [promises, ''],
    [fs, 'Sync'],
  ] as const) {
    const functions = holder as unknown as Functions;
    for (const [name, changes] of Object.entries(changing)) {
      const real = functions[name + suffix];
      if (!real) continue;
      functions[name + suffix] = (...args) => {
        if (changes(String(args[0]), args[1])) onStep(name + suffix);
        return real(...args);
      };
    }
  }
  syncBuiltinESMExports();

  const databases = new WeakMap<StatementSync, DatabaseSync>();
  const { exec, prepare } = DatabaseSync.prototype;
  const { run } = StatementSync.prototype;
  DatabaseSync.prototype.exec = function (sql) {
    if (sql.startsWith('COMMIT')) onStep('COMMIT');
    return exec.call(this, sql);
  };
  DatabaseSync.prototype.prepare = function (sql) {
    const statement = prepare.call(this, sql);
    databases.set(statement, this);
    return statement;
  };
  StatementSync.prototype.run = function (this: StatementSync, ...args: Parameters<typeof run>) {
    if (!databases.get(this)?.isTransaction) onStep('statement');
    return run.apply(this, args);
  } as typeof run;
};
