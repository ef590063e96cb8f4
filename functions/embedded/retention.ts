// Ages what is kept for a while only, as bucket lifecycles and time-to-live do on AWS.
import { readdir, rm, stat } from 'node:fs/promises';
import { join } from 'node:path';
import type { DatabaseSync } from 'node:sqlite';

const day = 24 * 3600_000;
/** Days that objects live at most, by folder: whatever the engine removes earlier is gone already. */
const fileDays = { uploads: 8, exports: 2, jobs: 31 } as const;
const jobDays = 30;

/** Removes objects that are too old, and records of jobs that ended and were made long ago. How many of both. */
export const removeOld = async (home: string, db: DatabaseSync, now: number): Promise<number> => {
  let removed = 0;
  for (const [folder, days] of Object.entries(fileDays)) {
    const entries = await readdir(join(home, folder), { recursive: true, withFileTypes: true }).catch(() => []);
    for (const entry of entries) {
      const path = join(entry.parentPath, entry.name);
      const info = entry.isFile() ? await stat(path).catch(() => undefined) : undefined;
      if (!info || info.mtimeMs > now - days * day) continue;
      await rm(path, { force: true });
      removed += 1;
    }
  }
  // A job that still wants a look has duties left.
  const purge = db.prepare('DELETE FROM jobs WHERE created_at < ? AND due IS NULL');
  return removed + Number(purge.run(now - jobDays * day).changes);
};
