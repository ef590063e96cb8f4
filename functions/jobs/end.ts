// The end of a job whose results are written: the last move, the log line that is counted, the event, the reports.
import type { JobResult } from './define.ts';
import type { Counts, Job, JobFailure, JobFiles } from './job.ts';
import { lookAfter, nextLook } from './looks.ts';
import { removeWork } from './parts.ts';
import type { DomainEvent, Ports } from './ports.ts';
import { firstDeliveries, sendReports } from './report.ts';
import { receiptOf } from './reports/receipt.ts';
import { isLate } from './service-level.ts';
import { close, end } from './states.ts';
import { addUsage, type Usage } from './usage.ts';

export interface Results {
  state: 'completed' | 'incomplete' | 'failed' | 'cancelled';
  failure?: JobFailure;
  rows: number;
  counts: Counts;
  files: JobFiles;
  result?: JobResult;
  /** What finishing used, on top of what the ledger holds. */
  used: Usage;
}

/** Ends the job unless someone else has, or it moved on since it was read. */
export const endJob = async (ports: Ports, job: Job, { state, used, ...results }: Results): Promise<void> => {
  const now = ports.clock.now();
  const usage = addUsage(job.usage, used);
  const ending = { finishedAt: now, deliveries: firstDeliveries(job), due: now + lookAfter.reporting };
  const ended = await ports.jobs.move(job.id, end(job, state, { ...results, usage, ...ending }));
  if (!ended) return;
  logEnd(ports, ended);
  await closeJob(ports, ended);
};

/**
 * The duties behind every end: the work is removed, the event told, the reports go out. What says when to look again comes last, so
 * that the sweeper finds the job when whoever ended it dies on the way. May be done twice.
 */
export const closeJob = async (ports: Ports, job: Job): Promise<void> => {
  await removeWork(ports, job);
  // The sweeper comes back for reports and files, for days: the event is no news by then.
  if (!job.closed) await ports.events.publish([endEvent(job)]);
  await sendReports(ports, job);
  await ports.jobs.move(job.id, close(nextLook(job, ports.clock.now())));
};

/** The same event for the same end, however often it is told. */
const endEvent = (job: Job): DomainEvent => ({
  id: `job.ended ${job.id}`,
  kind: 'job.ended',
  client: job.client,
  at: job.finishedAt ?? job.createdAt,
  detail: {
    job: job.id,
    type: job.type,
    state: job.state,
    mode: job.mode ?? 'run',
    ...(job.parent !== undefined && { parent: job.parent }),
    ...(job.failure && { failure: job.failure.class }),
    rows: job.rows ?? 0,
    counts: { ...job.counts },
  },
});

/** The line that metrics are made of. */
export const logEnd = ({ log, tuning }: Pick<Ports, 'log' | 'tuning'>, job: Job): void => {
  const receipt = receiptOf(job);
  const late = isLate(job, tuning);
  log.info('job.ended', {
    job: job.id,
    client: job.client,
    type: job.type,
    state: job.state,
    rows: job.rows ?? 0,
    ms: (job.finishedAt ?? job.createdAt) - job.createdAt,
    bytes: job.files.export?.size ?? 0,
    read_units: job.usage.readUnits,
    write_units: job.usage.writeUnits,
    requests: job.usage.requests,
    cost_usd: receipt?.costUsd ?? 0,
    ...(late !== undefined && { small: 1, late: late ? 1 : 0 }),
    ...job.counts,
  });
};
