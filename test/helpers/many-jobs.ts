// Puts many jobs into a home at once, past the engine: a history that took years.
import { join } from 'node:path';
import { embeddedJobs } from '../../functions/embedded/jobs.ts';
import { jobsPlan } from '../../functions/embedded/schema.ts';
import { openDatabase, transaction } from '../../functions/embedded/sqlite.ts';
import type { Job } from '../../functions/jobs/job.ts';

export const fillJobs = (home: string, count: number, make: (index: number) => Job): void => {
  const db = openDatabase(join(home, 'jobs.db'), jobsPlan);
  try {
    const jobs = embeddedJobs(db, Date.now);
    // The store writes before it first waits.
    transaction(db, () => {
      for (let index = 0; index < count; index++) void jobs.create(make(index));
    });
  } finally {
    db.close();
  }
};
