// Every minute: jobs that stand still are sent on, files whose time ended are removed. So nothing is ever stuck without a reason.

import { cancelJob, longestPause } from './control.ts';
import { dispatch } from './dispatch.ts';
import { closeJob } from './end.ts';
import { failJob } from './fail.ts';
import { fileKinds, isEnded, type Job } from './job.ts';
import { inputKey, lookAfter, nextLook } from './looks.ts';
import type { Ports } from './ports.ts';
import { schedule, sendPlan, uploadArrived } from './schedule.ts';
import { standingOf } from './standing.ts';
import { forget, lookAgain } from './states.ts';

const batch = 100;
/** More unfinished jobs than this wait for the sweeper. */
const resumed = 10_000;

/** Looks at all jobs whose time has come; returns how many. */
export const sweep = async (ports: Ports): Promise<number> => {
  let looked = 0;
  for (;;) {
    const jobs = await ports.jobs.due(ports.clock.now(), batch);
    for (const job of jobs) await guarded(ports, job);
    looked += jobs.length;
    if (jobs.length < batch) return looked;
  }
};

/** At a start on one machine: every unfinished job is sent on at once, whatever the process died in the middle of. */
export const resume = async (ports: Ports): Promise<void> => {
  for (const job of await ports.jobs.due(Number.MAX_SAFE_INTEGER, resumed))
    if (!isEnded(job)) await guarded(ports, job);
};

/** One job that cannot be looked at must not keep the sweeper from the others: it is looked at again later. */
const guarded = async (ports: Ports, job: Job): Promise<void> => {
  try {
    await sendOn(ports, job);
  } catch (error) {
    const name = error instanceof Error ? error.name : 'unknown';
    ports.log.error('sweep.job_failed', { job: job.id, type: job.type, error: name });
    await ports.jobs.move(job.id, lookAgain(job, ports.clock.now() + lookAfter.processing));
  }
};

const sendOn = async (ports: Ports, job: Job): Promise<void> => {
  const now = ports.clock.now();
  if (isEnded(job)) {
    const after = await removeEnded(ports, job);
    return closeJob(ports, after);
  }
  if (job.state === 'paused') return endLongPause(ports, job);
  if (job.ticket && job.ticket.expiresAt <= now) return endTicket(ports, job);
  const where = { job: job.id, client: job.client, type: job.type, state: job.state, phase: job.phase ?? 'none' };
  if (job.state === 'scheduled') {
    ports.log.warn('sweep.sent_on', where);
    return schedule(ports, job);
  }
  const standing = standingOf(job, now);
  ports.log.warn('sweep.sent_on', { ...where, stands_ms: now - standing.since });
  if (job.state === 'running' && (job.phase === 'processing' || job.phase === 'finishing')) {
    await dispatch(ports, job);
    await ports.jobs.move(
      job.id,
      lookAgain(job, now + (job.stop ? lookAfter.stopping : lookAfter.processing), standing),
    );
    return;
  }
  await sendPlan(ports, job);
  await ports.jobs.move(
    job.id,
    lookAgain(job, now + (job.state === 'pending' ? 5 * lookAfter.pending : lookAfter.planning), standing),
  );
};

/** A job that nobody let go on: its input will not be kept much longer. */
const endLongPause = async (ports: Ports, job: Job): Promise<void> => {
  // Workers that let go when it was paused set the next look much earlier.
  const heldFor = ports.clock.now() - (job.pausedAt ?? 0);
  if (heldFor >= longestPause) await cancelJob(ports, { id: job.client }, job.id);
  else await ports.jobs.move(job.id, lookAgain(job, ports.clock.now() + longestPause - heldFor));
};

/** The time for an upload is over; perhaps only its event got lost. */
const endTicket = async (ports: Ports, job: Job): Promise<void> => {
  const { key } = job.ticket ?? { key: '' };
  if (await ports.files.head(key)) {
    const arrived = await uploadArrived(ports, key);
    if (arrived || !job.ticket?.upTo) return;
  }
  const within = job.ticket?.upTo ? 'in time' : 'within an hour';
  await failJob(ports, job, { class: 'timeout', message: `The file was not uploaded ${within}` });
};

/** The job after its expired files, and at last its input, are gone from the store. */
const removeEnded = async (ports: Ports, job: Job): Promise<Job> => {
  const now = ports.clock.now();
  const files = { ...job.files };
  const gone: string[] = [];
  for (const kind of fileKinds) {
    const file = files[kind];
    if (!file || file.removed || file.expiresAt > now) continue;
    gone.push(file.key);
    files[kind] = { ...file, removed: true };
  }
  const input = inputKey(job);
  if (nextLook({ ...job, files }, now) === null && input !== undefined && !isDropped(input)) gone.push(input);
  if (gone.length === 0) return job;
  await ports.files.remove(gone);
  ports.log.info('files.removed', { job: job.id, files: gone.length });
  return (await ports.jobs.move(job.id, forget(files, now + lookAfter.reporting))) ?? job;
};

/** What people put there under names of their own may be another file by now; the store ages it. */
const isDropped = (key: string): boolean => key.startsWith('uploads/imports/');
