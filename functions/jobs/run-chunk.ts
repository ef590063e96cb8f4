// A worker's step: does one chunk, accounts it exactly once, sends the next, and the last one gathers the results.
import type { JobContext, JobType } from './define.ts';
import { dispatch, sendChunk, sendNext } from './dispatch.ts';
import { Reject, RetryLater, Stopped } from './errors.ts';
import { runSlice } from './exports/run-slice.ts';
import { failJob } from './fail.ts';
import { finishJob } from './finish.ts';
import type { Job, JobId } from './job.ts';
import { lookAfter } from './looks.ts';
import { type Chunk, readPlan } from './planning/plan-record.ts';
import { runSelection } from './planning/selection.ts';
import type { LedgerEntry, Ports, TimeLeft } from './ports.ts';
import { findType } from './registry.ts';
import { type How, runRows } from './rows/run-rows.ts';
import { Meter } from './usage.ts';

/**
 * Runs a chunk unless it is accounted already. `inline`: the caller runs the job's other chunks itself. `redelivered`: whoever
 * had the message before may have accounted the chunk and died before it sent the next one. `tell`: writes nothing.
 */
export const runChunk = async (
  ports: Ports,
  id: JobId,
  chunk: number,
  timeLeft: TimeLeft,
  options: { inline?: boolean; redelivered?: boolean; tell?: boolean } = {},
): Promise<void> => {
  let job = await ports.jobs.read(id);
  if (job?.state !== 'running') return;
  if (options.redelivered && job.phase === 'processing' && job.done.includes(chunk) && job.done.length !== job.chunks)
    return dispatch(ports, job);
  while (job.state === 'running' && job.phase === 'processing' && isOpen(job, chunk)) {
    const entry = await workOn(ports, job, chunk, { timeLeft, tell: options.tell ?? false });
    if (!entry) return lookAround(ports, id, chunk);
    const before = entry.from;
    const { accounted, job: after } = await ports.jobs.account(id, entry);
    job = after;
    if (accounted) {
      await passOn(ports, job, entry, options.inline ?? false);
      break;
    }
    // Another worker accounted a part of it meanwhile: this one goes on behind that part.
    if ((job.reached[chunk] ?? 0) === before) break;
  }
  if (job.state === 'running' && job.done.length === job.chunks) await finishJob(ports, job);
};

/** Someone else accounted the chunk meanwhile, and may have died before the next message: then nobody else goes on. */
const lookAround = async (ports: Ports, id: JobId, chunk: number): Promise<void> => {
  const job = await ports.jobs.read(id);
  if (job?.state !== 'running' || !job.done.includes(chunk)) return;
  if (job.done.length === job.chunks) await finishJob(ports, job);
  else await dispatch(ports, job);
};

const isOpen = (job: Job, chunk: number): boolean => chunk < (job.chunks ?? 0) && !job.done.includes(chunk);

/** Sends what comes after an account: the rest of the chunk, or the next chunk. A paused job sends nothing: resuming does. */
const passOn = async (ports: Ports, job: Job, { chunk, reached }: LedgerEntry, inline: boolean): Promise<void> => {
  if (job.state !== 'running') return;
  if (reached !== undefined) await sendChunk(ports, job, chunk);
  else if (!inline) await sendNext(ports, job);
};

/** The account of what was done of the chunk; undefined when there is none: the job ended over it, or is held or over. */
const workOn = async (ports: Ports, job: Job, chunk: number, how: How): Promise<LedgerEntry | undefined> => {
  const meter = new Meter(ports.tuning.memoryGb);
  try {
    const done = await meter.run(() => runAny(ports, job, chunk, how));
    return done && { ...done.entry, usage: { ...meter.used, plannedUnits: done.plannedUnits }, due: nextDue(ports) };
  } catch (error) {
    if (error instanceof Stopped) return undefined;
    if (!(error instanceof Reject)) throw error;
    await failJob(ports, job, { class: error.class, message: error.message });
    return undefined;
  }
};

const runAnySlice = (context: JobContext<unknown, unknown>, work: JobType['work'], chunk: Chunk, number: number) => {
  if (chunk.kind !== 'slice') throw new Error('a plan of rows for a job of slices');
  return work.kind === 'slices' ? runSlice(context, work, chunk, number) : runSelection(context, work, chunk, number);
};

const nextDue = (ports: Ports): number => ports.clock.now() + lookAfter.processing;

const runAny = async (ports: Ports, job: Job, number: number, how: How) => {
  const type = findType(job.type);
  const client = await ports.clients.byId(job.client);
  if (!type || !client || !job.plan) throw new Error('a job without type, client or plan');
  const plan = await readPlan(ports, job.plan);
  const chunk = plan.chunks[number];
  if (!chunk) throw new Error('a chunk that the plan does not have');
  const context = { ports, client, job, params: job.params, prepared: plan.prepared };
  if (chunk.kind === 'slice' || type.work.kind === 'slices') {
    const account = await runAnySlice(context, type.work, chunk, number);
    return { entry: { chunk: number, from: 0, ...account }, plannedUnits: 0 };
  }
  const place = { chunk: number, from: job.reached[number] ?? 0 };
  const { left, ...done } = await runRows(context, type.work, plan, chunk, place, how);
  if (left === undefined || done.entry.reached !== place.from) return done;
  // Nothing was done of it: there is nothing to account.
  if (left === 'time') throw new RetryLater(1, 'out of time');
  return undefined;
};
