// The finisher: makes the results, moves the job to its end, sets the reports going. Every step may be done twice.

import type { Entry, JobContext, RowWork } from './define.ts';
import { endJob } from './end.ts';
import { finishSlices } from './exports/finish-slices.ts';
import { failJob } from './fail.ts';
import { accountedRows, appliedRows, type Counts, type Job, type JobFailure } from './job.ts';
import { lookAfter } from './looks.ts';
import { type Plan, readPlan } from './planning/plan-record.ts';
import { planSelected } from './planning/selection.ts';
import type { Ports } from './ports.ts';
import { findType } from './registry.ts';
import { budgetMessage, overBudget } from './rows/error-budget.ts';
import { rowsLeftOut, writeResults } from './rows/results.ts';
import { gather } from './states.ts';
import { Meter } from './usage.ts';

type Context = JobContext<unknown, unknown>;

/** Ends a job whose chunks are all accounted. Of several callers one gathers; one that comes back after a crash goes on. */
export const finishJob = async (ports: Ports, job: Job): Promise<void> => {
  const now = ports.clock.now();
  const gathering =
    job.phase === 'finishing' ? job : await ports.jobs.move(job.id, gather(job, now, now + lookAfter.finishing));
  if (!gathering?.plan) return;
  const meter = new Meter(ports.tuning.memoryGb);
  const type = findType(gathering.type);
  const client = await ports.clients.byId(gathering.client);
  if (!type || !client) throw new Error('a job without type or client');
  const plan = await readPlan(ports, gathering.plan);
  const context = { ports, client, job: gathering, params: gathering.params, prepared: plan.prepared };
  const { work } = type;
  if (work.kind === 'rows' && plan.selects) await planSelected(context, work, plan);
  else if (work.kind === 'rows') await finishRows(context, work, plan, meter);
  else await finishSlices(context, work, plan, meter);
};

const finishRows = async (
  context: Context,
  work: RowWork<unknown, unknown, Entry>,
  plan: Plan,
  meter: Meter,
): Promise<void> => {
  const { ports, job } = context;
  const rows = job.rows ?? 0;
  const leftOut = rowsLeftOut(job, plan);
  const counts = leftOut > 0 ? { ...job.counts, not_processed: (job.counts.not_processed ?? 0) + leftOut } : job.counts;
  const accounted = accountedRows(counts);
  if (accounted !== rows) {
    ports.log.error('ledger.unbalanced', { job: job.id, rows, accounted });
    return failJob(ports, job, {
      class: 'internal',
      message: `The ledger does not balance: ${accounted} of ${rows} rows`,
    });
  }
  const made = await meter.run(async () => {
    const result = job.mode === 'plan' ? undefined : await work.finish?.({ ...context, job: { ...job, counts } });
    return { files: await writeResults(context, work, plan), ...(result && { result }) };
  });
  await endJob(ports, job, { ...howItEnded(job, counts, rows), rows, counts, ...made, used: meter.used });
};

interface HowItEnded {
  state: 'completed' | 'incomplete' | 'failed' | 'cancelled';
  failure?: JobFailure;
}

/** `incomplete` rather than `failed` as soon as one row was applied and kept. */
const howItEnded = (job: Job, counts: Counts, rows: number): HowItEnded => {
  const { rejected = 0, not_processed: lost = 0 } = counts;
  if (job.stop === 'cancel') return { state: 'cancelled' };
  const state = appliedRows(counts) > 0 ? 'incomplete' : 'failed';
  if (job.stop === 'errors' || overBudget(job.errorBudget, rejected, rows, true))
    return { state, failure: { class: 'input', message: budgetMessage(job) } };
  if (lost === 0) return { state: 'completed' };
  const message =
    lost === rows ? 'No row could be processed' : `${lost} rows could not be processed after several tries`;
  return { state, failure: { class: 'internal', message } };
};
