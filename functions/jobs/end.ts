// The end of a job whose results are written: the last move, the log line that is counted, the reports.
import type { JobResult } from './define.ts';
import type { Counts, Job, JobFailure, JobFiles } from './job.ts';
import { lookAfter } from './looks.ts';
import { removeWork } from './parts.ts';
import type { Ports } from './ports.ts';
import { firstDeliveries, sendReports } from './report.ts';
import { receiptOf } from './reports/receipt.ts';
import { end } from './states.ts';
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
 * The duties behind every end: the work is removed, the reports go out. What says when to look again comes last, so that the sweeper
 * finds the job when whoever ended it dies on the way. May be done twice.
 */
export const closeJob = async (ports: Ports, job: Job): Promise<void> => {
  await removeWork(ports, job);
  await sendReports(ports, job);
};

/** The line that metrics are made of. */
export const logEnd = ({ log }: Pick<Ports, 'log'>, job: Job): void => {
  const receipt = receiptOf(job);
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
    ...job.counts,
  });
};
