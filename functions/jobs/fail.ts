// A job that cannot be done: it ends, its sender is told.
import { closeJob, logEnd } from './end.ts';
import { accountedRows, appliedRows, isEnded, type Job, type JobFailure, type Phase } from './job.ts';
import { lookAfter } from './looks.ts';
import type { Ports } from './ports.ts';
import { firstDeliveries } from './report.ts';
import { fail } from './states.ts';

/** Chunks that others may account while a job is being ended, before this gives up. */
const tries = 20;

/**
 * Ends the job, in `phases` only when they are given: a planner that comes late must not end what another one has set going. Rows
 * that have no outcome yet are not processed.
 */
export const failJob = async (
  ports: Ports,
  found: Job,
  failure: JobFailure,
  phases?: readonly Phase[],
): Promise<void> => {
  let job: Job | undefined = found;
  for (let attempt = 0; job && !isEnded(job) && attempt < tries; attempt++) {
    const now = ports.clock.now();
    const state = job.stop === 'cancel' ? 'cancelled' : appliedRows(job.counts) > 0 ? 'incomplete' : 'failed';
    const ending = { finishedAt: now, deliveries: firstDeliveries(job), due: now + lookAfter.reporting };
    const ended = await ports.jobs.move(
      job.id,
      fail(job, state, { failure, counts: finalCounts(job), ...ending }, phases),
    );
    if (ended) {
      ports.log.warn('job.failed', { job: job.id, client: job.client, type: job.type, class: failure.class });
      logEnd(ports, ended);
      return closeJob(ports, ended);
    }
    job = await ports.jobs.read(job.id);
    if (phases && !(job?.phase && phases.includes(job.phase))) return;
  }
};

const finalCounts = ({ rows = 0, counts }: Job): Job['counts'] => {
  const left = rows - accountedRows(counts);
  return left > 0 ? { ...counts, not_processed: (counts.not_processed ?? 0) + left } : counts;
};
