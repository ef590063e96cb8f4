// A job that cannot be done: it ends, its sender is told.
import { closeJob } from './end.ts';
import { appliedRows, type Job, type JobFailure, type Phase } from './job.ts';
import { lookAfter } from './looks.ts';
import type { Ports } from './ports.ts';
import { firstDeliveries } from './report.ts';
import { fail } from './states.ts';

/** Ends the job, in `phases` only when they are given: a planner that comes late must not end what another one has set going. */
export const failJob = async (
  ports: Ports,
  job: Job,
  failure: JobFailure,
  phases?: readonly Phase[],
): Promise<void> => {
  const now = ports.clock.now();
  const ending = { finishedAt: now, deliveries: firstDeliveries(job), due: now + lookAfter.reporting };
  const ended = await ports.jobs.move(
    job.id,
    fail(appliedRows(job.counts) > 0 ? 'incomplete' : 'failed', { failure, ...ending }, phases),
  );
  if (!ended) return;
  ports.log.warn('job.failed', { job: job.id, client: job.client, type: job.type, class: failure.class });
  await closeJob(ports, ended);
};
