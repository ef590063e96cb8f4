// Ages what is kept for a while only, as bucket lifecycles and time-to-live do on AWS.
import { stat } from 'node:fs/promises';
import type { DatabaseSync } from 'node:sqlite';
import type { Files } from '../jobs/ports.ts';
import { pathOf } from './file-names.ts';

const day = 24 * 3600_000;
/** Days that objects live at most, by area: whatever the engine removes earlier is gone already. */
const areaDays = { uploads: 8, exports: 2, jobs: 31 } as const;
const jobDays = 30;

/** Removes objects that are too old, and records of jobs that ended and were made long ago. How many of both. */
export const removeOld = async (home: string, files: Files, db: DatabaseSync, now: number): Promise<number> => {
  const old: string[] = [];
  for (const [area, days] of Object.entries(areaDays))
    for (const key of await files.list(`${area}/`)) {
      // When it came here: a file that was moved into the drop folder keeps the time at which it was written elsewhere.
      const came = (await stat(pathOf(home, key)).catch(() => undefined))?.ctimeMs;
      if (came !== undefined && came <= now - days * day) old.push(key);
    }
  await files.remove(old);
  // A job that still wants a look has duties left.
  const purge = db.prepare('DELETE FROM jobs WHERE created_at < ? AND due IS NULL');
  return old.length + Number(purge.run(now - jobDays * day).changes);
};
