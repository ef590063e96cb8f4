// Which chunks are on their way: a window that moves on as chunks are accounted.
import { isEnded, type Job } from './job.ts';
import type { Message, Ports } from './ports.ts';

const chunkMessage = (job: Job, chunk: number): Extract<Message, { kind: 'chunk' }> => ({
  v: 1,
  kind: 'chunk',
  job: job.id,
  chunk,
});

/** The number of the first chunk that cannot have been sent yet. */
export const windowEnd = ({ tuning }: Pick<Ports, 'tuning'>, job: Job): number =>
  Math.min(job.chunks ?? 0, job.done.length + tuning.window);

/** Each account makes the ledger one longer, so each size sends one chunk: the one that enters the window. */
export const sendNext = async (ports: Ports, job: Job): Promise<void> => {
  const next = job.done.length + ports.tuning.window - 1;
  if (next < (job.chunks ?? 0)) await sendChunk(ports, job, next);
};

/** Sends one chunk: for the first time, because a worker handed it over, or to be told what was done of it. */
export const sendChunk = (ports: Ports, job: Job, chunk: number, tell = false): Promise<void> =>
  ports.work.send(`lane-${job.type}`, [{ ...chunkMessage(job, chunk), ...(tell && { tell }) }], { group: job.client });

/** Sends all chunks in the window that are not accounted; for a job that is gathering, any chunk wakes the finisher. */
export const dispatch = async (ports: Ports, job: Job, delaySeconds = 0): Promise<void> => {
  if (isEnded(job) || job.state === 'paused') return;
  const done = new Set(job.done);
  const end = windowEnd(ports, job);
  const missing: Message[] = [];
  for (let chunk = 0; chunk < end; chunk++) if (!done.has(chunk)) missing.push(chunkMessage(job, chunk));
  if (missing.length === 0) missing.push(chunkMessage(job, 0));
  await ports.work.send(`lane-${job.type}`, missing, { group: job.client, ...(delaySeconds > 0 && { delaySeconds }) });
};
