// When a job may begin: now, at its time, or once its file has come.
import { isEnded, type Job, type JobId, type Millis } from './job.ts';
import { lookAfter } from './looks.ts';
import type { Ports } from './ports.ts';
import { arrive, launch, lookAgain } from './states.ts';

/** Moves of others that may cross an arrival. */
const arrivals = 10;
/** The longest delay of a queue's message, in milliseconds. */
const longestDelay = 900_000;

/** Sends a job that waits for a worker or for its time on its way, and says when the sweeper looks again. May be done twice. */
export const schedule = async (ports: Ports, job: Job): Promise<void> => {
  const now = ports.clock.now();
  if (job.state === 'pending') return sendPlan(ports, job);
  if (job.state !== 'scheduled') return;
  const wait = Math.max(0, (job.beginsAt ?? 0) - now);
  if (!job.ticket && wait <= longestDelay) await sendPlan(ports, job, wait);
  await ports.jobs.move(job.id, lookAgain(job, nextStart(job, now)));
};

/** When the sweeper looks at a scheduled job: at the end of its ticket, early enough to send a delayed message, or after that. */
const nextStart = (job: Job, now: Millis): Millis => {
  // An upload may end a little later than it was allowed to begin.
  if (job.ticket) return Math.max(job.ticket.expiresAt, now) + lookAfter.pending;
  const at = job.beginsAt ?? now;
  return at - now > longestDelay ? at - longestDelay / 2 : at + lookAfter.pending;
};

/** Sends a job to the planner, which finds out what there is to be done. */
export const sendPlan = (ports: Ports, job: Job, delay: Millis = 0): Promise<void> => {
  const delaySeconds = Math.ceil(delay / 1000);
  return ports.work.send('plan', [{ v: 1, kind: 'plan', job: job.id }], {
    group: job.client,
    ...(delaySeconds > 0 && { delaySeconds }),
  });
};

/** The job once its time has come; undefined while it has not. */
export const launchIfDue = async (ports: Ports, job: Job): Promise<Job | undefined> => {
  const now = ports.clock.now();
  if (job.ticket || (job.beginsAt ?? 0) > now) return undefined;
  return ports.jobs.move(job.id, launch(now + lookAfter.pending));
};

/** The id in the key of an awaited upload; undefined for any other key. */
export const ticketJob = (key: string): JobId | undefined =>
  /^uploads\/tickets\/([0-9a-f]{24})\/[0-9a-f]{32}$/.exec(key)?.[1];

/**
 * A file has come to `key`: the job that waits for it goes on. False when no job waits for it there. May be done twice.
 * Whoever wrote the object was bound to its exact size by the ticket.
 */
export const uploadArrived = async (ports: Ports, key: string): Promise<boolean> => {
  const id = ticketJob(key);
  for (let attempt = 0; id !== undefined && attempt < arrivals; attempt++) {
    const job = await ports.jobs.read(id);
    // Of an ended job the sweeper removes the file in its time.
    if (!job?.ticket || job.ticket.key !== key || isEnded(job)) {
      // The event of one upload may come twice, and whoever had it first may have died before the message.
      if (job?.state === 'pending') await schedule(ports, job);
      return false;
    }
    const { filename, size, upTo } = job.ticket;
    if (upTo && ((await ports.files.head(key))?.size ?? 0) > size) {
      // As if it had been refused: the job waits on for the right one.
      ports.log.warn('upload.too_large', { job: job.id, client: job.client });
      await ports.files.remove([key]);
      return false;
    }
    const now = ports.clock.now();
    const arrival = arrive(job, { kind: 'file', key, filename }, now, now + lookAfter.pending);
    const arrived = await ports.jobs.move(job.id, arrival);
    // Someone paused or resumed it just now.
    if (!arrived) continue;
    ports.log.info('upload.arrived', { job: job.id, client: job.client, bytes: size });
    await schedule(ports, arrived);
    return true;
  }
  return false;
};
