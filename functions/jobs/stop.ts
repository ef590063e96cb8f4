// Brings a job over rows to an early end: no more is written, what was done is told, the rest counts as not processed.
import { dispatch, windowEnd } from './dispatch.ts';
import { isEnded, type Job, type JobId, type Stop } from './job.ts';
import { lookAfter } from './looks.ts';
import type { Ports } from './ports.ts';
import { stop } from './states.ts';

/** Chunks that others may account between a look and the move, again and again, before this gives up. */
const tries = 50;
/** Longer than a batch takes: whoever was at work when the job was paused has let go by then. */
const settleSeconds = 2;

/**
 * Sets the stop and wakes whoever can settle the chunks that may be in work. The job as it stands then; undefined when it cannot
 * be stopped so: it has no plan, or it has ended.
 */
export const stopJob = async (ports: Ports, id: JobId, why: Stop): Promise<Job | undefined> => {
  for (let attempt = 0; attempt < tries; attempt++) {
    const job = await ports.jobs.read(id);
    if (!job || isEnded(job) || (job.phase !== 'processing' && job.phase !== 'finishing')) return undefined;
    if (job.stop) return job;
    const due = ports.clock.now() + lookAfter.stopping;
    const stopping = await ports.jobs.move(id, stop(job, why, windowEnd(ports, job), due));
    if (!stopping) continue;
    ports.log.info('job.stopping', { job: id, client: job.client, type: job.type, why });
    // Every chunk that may be in work has its message still, and whoever works on it writes up to one batch more before it sees
    // the stop: nobody else may tell what was done before that. Only when no message is left the job must be woken.
    if (job.state !== 'running') await dispatch(ports, stopping, settleSeconds);
    else if (stopping.done.length === stopping.chunks) await dispatch(ports, stopping);
    return stopping;
  }
  throw new Error('the ledger kept changing');
};
