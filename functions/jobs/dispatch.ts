// Which chunks are on their way: a window that moves on as chunks are accounted.
import { isEnded, type Job } from './job.ts';
import type { Message, Ports } from './ports.ts';

/** At most so many chunks of a job are outstanding, so that other clients' jobs never wait behind a large one. */
const windowSize = 8;

const chunkMessage = (job: Job, chunk: number): Message => ({ v: 1, kind: 'chunk', job: job.id, chunk });

/** Each account makes the ledger one longer, so each size sends one chunk: the one that enters the window. */
export const sendNext = async (ports: Ports, job: Job): Promise<void> => {
  const next = job.done.length + windowSize - 1;
  if (next < (job.chunks ?? 0))
    await ports.work.send(`lane-${job.type}`, [chunkMessage(job, next)], { group: job.client });
};

/** Sends all chunks in the window that are not accounted; for a job that is gathering, any chunk wakes the finisher. */
export const dispatch = async (ports: Ports, job: Job): Promise<void> => {
  if (isEnded(job)) return;
  const done = new Set(job.done);
  const windowEnd = Math.min(job.chunks ?? 0, done.size + windowSize);
  const missing: Message[] = [];
  for (let chunk = 0; chunk < windowEnd; chunk++) if (!done.has(chunk)) missing.push(chunkMessage(job, chunk));
  if (missing.length === 0) missing.push(chunkMessage(job, 0));
  await ports.work.send(`lane-${job.type}`, missing, { group: job.client });
};
