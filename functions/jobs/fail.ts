// A job that cannot be done: it ends, its sender is told.
import type { Job, JobFailure } from './job.ts';
import { lookAfter } from './looks.ts';
import { removeWork } from './parts.ts';
import type { Ports } from './ports.ts';
import { firstDeliveries, sendReports } from './report.ts';
import { fail } from './states.ts';

export const failJob = async (ports: Ports, job: Job, failure: JobFailure): Promise<void> => {
  const now = ports.clock.now();
  const deliveries = firstDeliveries(job);
  const ended = await ports.jobs.move(
    job.id,
    fail({ failure, finishedAt: now, deliveries, due: now + lookAfter.reporting }),
  );
  if (!ended) return;
  ports.log.warn('job.failed', { job: job.id, client: job.client, type: job.type, class: failure.class });
  await sendReports(ports, ended);
  await removeWork(ports, ended);
};
