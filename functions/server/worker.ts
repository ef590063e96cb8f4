// A worker thread: takes one message at a time from the main thread and does it.
import { parentPort, workerData } from 'node:worker_threads';
import { RetryLater } from '../jobs/errors.ts';
import { handleMessage } from '../jobs/handle.ts';
import type { Message } from '../jobs/ports.ts';
import { type JoinOptions, joinPorts } from './join.ts';

/** What a worker is told to do. */
export interface Order {
  message: Message;
  redelivered: boolean;
}

/** What a worker says: it sent messages on, or the one it had is over. */
export type WorkerSays =
  | { kind: 'sent' }
  | { kind: 'done' }
  | { kind: 'again'; seconds: number }
  | { kind: 'failed'; error: string };

const port = parentPort;
if (!port) throw new Error('to be run as a worker thread');
const say = (news: WorkerSays): void => port.postMessage(news);

const ports = joinPorts(workerData as JoinOptions);
const announcing = {
  ...ports,
  work: {
    send: async (...sent: Parameters<typeof ports.work.send>) => {
      await ports.work.send(...sent);
      say({ kind: 'sent' });
    },
  },
};

// Nothing cuts a thread off as Lambda does.
const unlimited = () => Number.POSITIVE_INFINITY;

port.on('message', async (order: Order | 'stop') => {
  if (order === 'stop') {
    ports.close();
    port.close();
    return;
  }
  try {
    await handleMessage(announcing, order.message, unlimited, order.redelivered);
    say({ kind: 'done' });
  } catch (error) {
    if (error instanceof RetryLater) return say({ kind: 'again', seconds: error.seconds });
    // The name only: a message may carry what was read.
    say({ kind: 'failed', error: error instanceof Error ? error.name : 'unknown' });
  }
});
