// The planner: makes a job's chunks, once. Nothing is written to the user base before the whole input was understood.
import { randomBytes } from 'node:crypto';
import type { SliceWork } from './define.ts';
import { dispatch } from './dispatch.ts';
import { Reject, RetryLater, Stopped } from './errors.ts';
import { failJob } from './fail.ts';
import { isEnded, type Job, type JobFailure, type JobId } from './job.ts';
import { lookAfter } from './looks.ts';
import { fetchUrl, Postponed } from './planning/fetch-url.ts';
import { type Plan, writePlan } from './planning/plan-record.ts';
import { planRowJob } from './planning/plan-row-job.ts';
import { planSelection } from './planning/selection.ts';
import { type Client, FileGone, type Ports, type TimeLeft } from './ports.ts';
import { findType } from './registry.ts';
import { runChunk } from './run-chunk.ts';
import { launchIfDue } from './schedule.ts';
import { begin, startChunks } from './states.ts';
import { Meter } from './usage.ts';

/** Plans the job if it is still to be planned, and sets its chunks going. */
export const planJob = async (ports: Ports, id: JobId, timeLeft: TimeLeft): Promise<void> => {
  const found = await ports.jobs.read(id);
  const job = found?.state === 'scheduled' ? await launchIfDue(ports, found) : found;
  if (!job || isEnded(job) || job.state === 'paused') return;
  const planned = job.phase === 'processing' || job.phase === 'finishing';
  if (planned && job.state === 'running') return dispatch(ports, job);
  const now = ports.clock.now();
  const phase = job.source?.kind === 'url' ? 'downloading' : 'splitting';
  const begun = await ports.jobs.move(id, begin(job, phase, now, now + lookAfter.planning));
  if (!begun) return;
  // It was held while its chunks ran: they go on.
  if (planned) return dispatch(ports, begun);
  const started = await planOrFail(ports, begun);
  if (started) await start(ports, started, timeLeft);
};

const planning = ['downloading', 'splitting'] as const;

/** Undefined when there is nothing to start: the job failed, is held, waits for its next try, or another planner was first. */
const planOrFail = async (ports: Ports, job: Job): Promise<Job | undefined> => {
  try {
    return await makePlan(ports, job);
  } catch (error) {
    if (error instanceof Postponed || error instanceof Stopped) return undefined;
    const failure: JobFailure | undefined =
      error instanceof FileGone
        ? { class: 'input', message: 'The file was removed or replaced while it was read' }
        : error instanceof Reject
          ? { class: error.class, message: error.message }
          : undefined;
    if (!failure) throw error;
    await failJob(ports, job, failure, planning);
    return undefined;
  }
};

/** The job with its plan, ready to run; undefined when another planner was first. */
const makePlan = async (ports: Ports, job: Job): Promise<Job | undefined> => {
  const type = findType(job.type);
  const client = await ports.clients.byId(job.client);
  if (!type || !client) throw new Reject('The job type or the client is gone');
  const attempt = `jobs/${job.id}/plan-${randomBytes(6).toString('hex')}`;
  const key = `${attempt}/plan.json`;
  const meter = new Meter(ports.tuning.memoryGb);
  try {
    const { plan, rows, warnings } = await meter.run(async () => {
      const { work } = type;
      if (work.kind === 'slices') return planSlices(ports, client, job, work);
      if (job.source?.kind === 'selection') return planSelection(ports, client, job, work);
      return planRowJob(ports, client, await fetchUrl(ports, job, attempt), work, attempt);
    });
    await writePlan(ports, key, plan);
    const now = ports.clock.now();
    const chunks = plan.chunks.length;
    const set = { plan: key, chunks, warnings, usage: meter.used, due: now + lookAfter.processing };
    const planned = await ports.jobs.move(
      job.id,
      startChunks(job, now, { ...set, ...(rows !== undefined && { rows }) }),
    );
    if (planned) ports.log.info('job.planned', { job: job.id, type: job.type, chunks, rows: rows ?? -1 });
    else await removeAttempt(ports, attempt);
    return planned;
  } catch (error) {
    if (error instanceof Stopped) await removeAttempt(ports, attempt);
    throw error;
  }
};

/** A plan that nobody will use. Of an ended job the work was removed already, without what this planner has written since. */
const removeAttempt = async ({ files }: Ports, attempt: string): Promise<void> =>
  files.remove(await files.list(`${attempt}/`));

const planSlices = async (
  ports: Ports,
  client: Client,
  job: Job,
  work: SliceWork<unknown, unknown>,
): Promise<{ plan: Plan; rows?: number; warnings: string[] }> => {
  const { slices, prepared } = await work.prepare({ ports, client, job, params: job.params });
  return { plan: { prepared, first: 0, chunks: slices.map((slice) => ({ kind: 'slice', ...slice })) }, warnings: [] };
};

/** Runs a small job here and now; hands a large one, or one that meets trouble, to its lane. */
const start = async (ports: Ports, job: Job, timeLeft: TimeLeft): Promise<void> => {
  const small = job.chunks === 1 || job.chunks === 0 || (job.rows !== undefined && job.rows < ports.tuning.inlineRows);
  if (!small) return dispatch(ports, job);
  try {
    for (let chunk = 0; chunk < Math.max(1, job.chunks ?? 0); chunk++)
      await runChunk(ports, job.id, chunk, timeLeft, { inline: true });
  } catch (error) {
    ports.log.warn('plan.inline_failed', { job: job.id, retry: error instanceof RetryLater });
    const now = await ports.jobs.read(job.id);
    if (now) await dispatch(ports, now);
  }
};
