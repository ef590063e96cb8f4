// The promise about small jobs, and which jobs it is about: 95 % of them end within two minutes.
import type { Job, Millis } from './job.ts';
import type { Tuning } from './tuning.ts';

/** A small job that ends later than this after it could begin is late. */
export const promisedTime: Millis = 120_000;

/**
 * Of a small job, one that is planned and run in one invocation, whether it was late: undefined for all others. Those whose time is
 * not ours are left out: cancelled, held by a person, waiting for an upload or for the server of a URL.
 */
export const isLate = (job: Job, { inlineRows }: Pick<Tuning, 'inlineRows'>): boolean | undefined => {
  const { finishedAt, source, rows = 0, counts } = job;
  if (finishedAt === undefined || job.state === 'cancelled' || job.held) return undefined;
  if (source?.kind === 'url' || job.ticket || (source && 'key' in source && source.key.startsWith('uploads/tickets/')))
    return undefined;
  if (Math.max(rows, counts.exported ?? 0) >= Math.max(1, inlineRows)) return undefined;
  return finishedAt - Math.max(job.createdAt, job.beginsAt ?? 0) > promisedTime;
};
