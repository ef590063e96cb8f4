// A worker's step: does one chunk, accounts it exactly once, sends the next, and the last one gathers the results.
import { dispatch, sendNext } from './dispatch.ts';
import { Reject } from './errors.ts';
import { failJob } from './fail.ts';
import { finishJob } from './finish.ts';
import type { Job, JobId } from './job.ts';
import { lookAfter } from './looks.ts';
import { readPlan } from './plan-record.ts';
import type { Budget, LedgerEntry, Ports } from './ports.ts';
import { findType } from './registry.ts';
import { runRows } from './run-rows.ts';
import { runSlice } from './run-slice.ts';

/**
 * Runs a chunk unless it is accounted already. `inline`: the caller runs the job's other chunks itself. `redelivered`: whoever
 * had the message before may have accounted the chunk and died before it sent the next one.
 */
export const runChunk = async (
  ports: Ports,
  id: JobId,
  chunk: number,
  budget: Budget,
  options: { inline?: boolean; redelivered?: boolean } = {},
): Promise<void> => {
  let job = await ports.jobs.read(id);
  if (job?.state !== 'running') return;
  if (options.redelivered && job.phase === 'processing' && job.done.includes(chunk) && job.done.length !== job.chunks)
    return dispatch(ports, job);
  if (job.phase === 'processing' && chunk < (job.chunks ?? 0) && !job.done.includes(chunk)) {
    const entry = await workOn(ports, job, chunk, budget);
    if (!entry) return;
    const { accounted, job: after } = await ports.jobs.account(id, entry);
    if (accounted && !options.inline) await sendNext(ports, after);
    job = after;
  }
  if (job.state === 'running' && job.done.length === job.chunks) await finishJob(ports, job);
};

/** The chunk's account; undefined when the job ended over it. */
const workOn = async (ports: Ports, job: Job, number: number, budget: Budget): Promise<LedgerEntry | undefined> => {
  const type = findType(job.type);
  const client = await ports.clients.byId(job.client);
  if (!type || !client || !job.plan) throw new Error('a job without type, client or plan');
  const plan = await readPlan(ports, job.plan);
  const chunk = plan.chunks[number];
  if (!chunk) throw new Error('a chunk that the plan does not have');
  const context = { ports, client, job, params: job.params, prepared: plan.prepared };
  try {
    const account =
      type.work.kind === 'rows'
        ? await runRows(context, type.work, plan, chunk, number, budget)
        : await runSlice(context, type.work, chunk, number);
    return { chunk: number, ...account, due: ports.clock.now() + lookAfter.processing };
  } catch (error) {
    if (!(error instanceof Reject)) throw error;
    await failJob(ports, job, { class: error.class, message: error.message });
    return undefined;
  }
};
