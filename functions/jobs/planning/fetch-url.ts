// A job whose input lies at a URL: fetched into the store first, tried three times.
import { maxInputBytes } from '../../files/plain.ts';
import { Refusal, Reject, RetryLater } from '../errors.ts';
import type { Job } from '../job.ts';
import { lookAfter } from '../looks.ts';
import { BlockedAddress, type Ports, PullFailed } from '../ports.ts';
import { whileRunning } from '../rows/watch.ts';
import { fetched, postpone } from '../states.ts';

/** Seconds to wait after each failed try; after the last one the job fails. */
const waits = [10, 50];

/** The job, its input in the store under `prefix` if it had to be fetched. Throws RetryLater, Reject or Stopped. */
export const fetchUrl = async (ports: Ports, job: Job, prefix: string): Promise<Job> => {
  if (job.source?.kind !== 'url') return job;
  const key = `${prefix}/input`;
  try {
    const body = whileRunning({ ports, job }, ports.pulls.open(job.source.url, maxInputBytes));
    await ports.files.put(key, body, { maxBytes: maxInputBytes });
  } catch (error) {
    await ports.files.remove([key]);
    return giveUpOrWait(ports, job, error);
  }
  const now = ports.clock.now();
  const moved = await ports.jobs.move(job.id, fetched(job, now, now + lookAfter.planning));
  if (!moved) throw new RetryLater(30, 'the job moved on while its input was fetched');
  return { ...moved, source: { kind: 'file', key } };
};

const giveUpOrWait = async (ports: Ports, job: Job, error: unknown): Promise<never> => {
  if (error instanceof BlockedAddress) throw new Reject(`The URL cannot be fetched: ${error.message}`, 'remote');
  if (error instanceof Refusal && error.reason === 'too_large')
    throw new Reject('The file at the URL is larger than 1 GB', 'input');
  if (!(error instanceof PullFailed)) throw error;
  const tries = (job.tries ?? 0) + 1;
  const wait = waits[tries - 1];
  if (error.reason !== 'again' || wait === undefined) {
    const failure = error.reason === 'timeout' ? 'timeout' : 'remote';
    throw new Reject(`The file could not be fetched from the URL: ${error.message}`, failure);
  }
  const retryAt = ports.clock.now() + wait * 1000;
  await ports.jobs.move(job.id, postpone(tries, retryAt, retryAt + lookAfter.pending));
  await ports.work.send('plan', [{ v: 1, kind: 'plan', job: job.id }], { group: job.client, delaySeconds: wait });
  throw new Postponed();
};

/** The next try has its message: this one is done. */
export class Postponed extends Error {
  override readonly name = 'Postponed';
}
