// What a person may do to a job while it is unfinished, and with one that has ended: pause, resume, cancel, retry; carry out a plan.
import { checkAllowed, mayHaveWritten } from './actions.ts';
import { closeJob, logEnd } from './end.ts';
import { Refusal } from './errors.ts';
import { isEnded, type Job, type JobId, newId } from './job.ts';
import { lookAfter } from './looks.ts';
import type { Client, Ports } from './ports.ts';
import { firstDeliveries } from './report.ts';
import { schedule } from './schedule.ts';
import { cancel, type Move, pause, resume } from './states.ts';
import { stopJob } from './stop.ts';
import { createJob } from './submit.ts';

/** Looks that others may spoil by a move of their own, before this gives up. */
const tries = 20;
/** A retry that is asked for twice is one job; after this it may be asked for anew. */
const retryLife = 30 * 24 * 3600_000;
/** Uploads are kept for seven days: a job that is held longer than this would find nothing to go on with. */
export const longestPause = 6 * 24 * 3600_000;

/** Whose jobs may be found. */
type Owner = Pick<Client, 'id'>;

/** The client's own job. Throws Refusal `job_not_found`: another client's id looks like one that does not exist. */
export const findJob = async (ports: Ports, client: Owner, id: JobId): Promise<Job> => {
  const job = /^[0-9a-f]{24}$/.test(id) ? await ports.jobs.read(id) : undefined;
  if (job?.client !== client.id) throw new Refusal('job_not_found', 'There is no such job');
  return job;
};

/** Reads and moves until the move fits what was read. */
const moveAsRead = async (ports: Ports, client: Owner, id: JobId, make: (job: Job) => Move): Promise<Job> => {
  for (let attempt = 0; attempt < tries; attempt++) {
    const job = await findJob(ports, client, id);
    const move = make(job);
    const moved = await ports.jobs.move(id, move);
    if (!moved) continue;
    ports.log.info('job.moved', { job: id, client: client.id, type: job.type, move: move.name });
    return moved;
  }
  throw new Error('the job kept changing');
};

/** Holds an unfinished job. Workers stop within a batch and hand over what they have done. */
export const pauseJob = (ports: Ports, client: Owner, id: JobId): Promise<Job> =>
  moveAsRead(ports, client, id, (job) => {
    const now = ports.clock.now();
    checkAllowed(job, 'pause', now);
    return pause(job, now, now + longestPause);
  });

/** Lets a paused job go on where it stopped. */
export const resumeJob = async (ports: Ports, client: Owner, id: JobId): Promise<Job> => {
  const resumed = await moveAsRead(ports, client, id, (job) => {
    const now = ports.clock.now();
    checkAllowed(job, 'resume', now);
    return resume(job, now, now + lookAfter.pending);
  });
  await schedule(ports, resumed);
  return resumed;
};

/**
 * Ends an unfinished job. One that may have written something is brought to its end by its workers: it stays running until
 * they have told what they did, which takes a moment; nothing more is written after their present batch.
 */
export const cancelJob = async (ports: Ports, client: Owner, id: JobId): Promise<Job> => {
  for (let attempt = 0; attempt < tries; attempt++) {
    const job = await findJob(ports, client, id);
    // Asked for twice it is one cancel.
    if (job.stop === 'cancel' && !isEnded(job)) return job;
    checkAllowed(job, 'cancel', ports.clock.now());
    const ended = mayHaveWritten(job) ? await stopJob(ports, id, 'cancel') : await endAtOnce(ports, job);
    if (ended) return ended;
  }
  throw new Error('the job kept changing');
};

/** Undefined when the job has moved on meanwhile. */
const endAtOnce = async (ports: Ports, job: Job): Promise<Job | undefined> => {
  const now = ports.clock.now();
  const ending = { finishedAt: now, deliveries: firstDeliveries(job), due: now + lookAfter.reporting };
  const cancelled = await ports.jobs.move(job.id, cancel(job, ending));
  if (!cancelled) return undefined;
  logEnd(ports, cancelled);
  await closeJob(ports, cancelled);
  return cancelled;
};

/**
 * Makes a new job of what an ended one left: the rows that it rejected or did not process, or everything when it wrote nothing.
 * Asked for twice it is one job.
 */
export const retryJob = async (ports: Ports, client: Owner, id: JobId): Promise<Job> => {
  const job = await findJob(ports, client, id);
  const now = ports.clock.now();
  checkAllowed(job, 'retry', now);
  // Nothing was planned, so nothing was written: the same again.
  const source: Job['source'] = mayHaveWritten(job) ? { kind: 'rest', of: job.id } : job.source;
  return follow(ports, job, `retry ${id}`, source);
};

/** Makes of a plan the job that does it, over the very same input. Asked for twice it is one job. */
export const runPlan = async (ports: Ports, client: Owner, id: JobId): Promise<Job> => {
  const job = await findJob(ports, client, id);
  checkAllowed(job, 'run', ports.clock.now());
  return follow(ports, job, `run ${id}`, job.source);
};

/** A new job like `job`, which becomes its parent; the one that was made under `key` already when there is one. */
const follow = async (ports: Ports, job: Job, key: string, source: Job['source']): Promise<Job> => {
  const { id: parent, client } = job;
  const now = ports.clock.now();
  const claim = { client, key, fingerprint: parent, job: newId(now), expiresAt: now + retryLife };
  const held = await ports.jobs.claim(claim);
  const earlier = held.job === claim.job ? undefined : await ports.jobs.read(held.job);
  if (earlier) {
    await schedule(ports, earlier);
    return earlier;
  }
  const { type, door, name, params, echo, reportEmail, postbackUrl, errorBudget } = job;
  return createJob(ports, {
    id: held.job,
    client,
    parent,
    type,
    door,
    name,
    params,
    echo,
    ...(source && { source }),
    ...(reportEmail !== undefined && { reportEmail }),
    ...(postbackUrl !== undefined && { postbackUrl }),
    ...(errorBudget && { errorBudget }),
  });
};
