// What an upload needs to go on after a crash, a lost connection or Ctrl-C: the key of its order, kept until the file has arrived.
import { createHash, randomUUID } from 'node:crypto';
import { readFileSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { z } from 'zod';
import { writePrivately } from '../paths.ts';

/** A little under the hour that a job waits for its file. */
const goodFor = 55 * 60_000;

const record = z.object({ idempotencyKey: z.string(), at: z.number(), job: z.string().optional() });
type Remembered = z.infer<typeof record>;

/** What is brought where: anything else makes it another upload. */
export interface Errand {
  url: string;
  apiKey: string;
  path: string;
  size: number;
  modified: number;
  order: Readonly<Record<string, unknown>>;
}

export interface Memory {
  /** The same as last time when that upload was not over and its hour is not. */
  readonly idempotencyKey: string;
  /** The job that waits for the file since last time. */
  readonly job: string | undefined;
  keep(job: string): void;
  forget(): void;
}

/** `fresh`: begins anew, whatever was begun before. */
export const remember = (folder: string, errand: Errand, fresh: boolean, now = Date.now()): Memory => {
  // A hash, so that neither list names nor credentials lie in the file's name.
  const name = createHash('sha256').update(JSON.stringify(errand)).digest('hex').slice(0, 40);
  const path = join(folder, `${name}.json`);
  const known = fresh ? undefined : read(path, now);
  const idempotencyKey = known?.idempotencyKey ?? randomUUID();
  const at = known?.at ?? now;
  const write = (more: Partial<Remembered>) => writePrivately(path, JSON.stringify({ idempotencyKey, at, ...more }));
  // Before anything is sent: a process that dies in between has its job all the same.
  if (!known) write({});
  return {
    idempotencyKey,
    job: known?.job,
    keep: (job) => write({ job }),
    forget: () => rmSync(path, { force: true }),
  };
};

const read = (path: string, now: number): Remembered | undefined => {
  try {
    const known = record.parse(JSON.parse(readFileSync(path, 'utf8')));
    return now - known.at < goodFor ? known : undefined;
  } catch {
    // Not there, or cut short: the upload begins anew.
    return undefined;
  }
};
