// Waits for a job's end: asks more and more seldom, bears a server that is away for a while, and lets the person leave.
import type { Connection } from './connection.ts';
import { type JobAnswer, Refused, Unreachable } from './door/client.ts';
import { CliError } from './exit.ts';
import { pause } from './interrupt.ts';
import { number, type Out } from './output.ts';
import { createBar } from './progress.ts';

/** Milliseconds between two questions: the first, by what it grows, the longest. */
const firstWait = 150;
const growth = 1.3;
const longestWait = 2000;
/** Milliseconds for which the server may be away. */
const away = 120_000;

export interface Waiting {
  connection: Connection;
  out: Out;
  signal: AbortSignal;
  /** Told of every job that differs from the one before. */
  changed?: (job: JobAnswer) => void;
}

const isEnded = ({ state }: Pick<JobAnswer, 'state'>): boolean =>
  ['completed', 'incomplete', 'failed', 'cancelled'].includes(state);

/** The ended job. Throws CliError `left` when the person leaves, `unreachable` when the server stays away. */
export const waitForEnd = async (waiting: Waiting, id: string): Promise<JobAnswer> => {
  const { connection, out, signal } = waiting;
  const bar = createBar(out);
  let wait = firstWait;
  let last = '';
  let awaySince: number | undefined;
  try {
    for (;;) {
      const job = await connection.door.job(id).catch((error: unknown) => {
        if (!isPassing(error)) throw error;
        awaySince ??= Date.now();
        if (Date.now() - awaySince > away) throw new CliError('unreachable', `No answer any more. ${comeBack(id)}`);
        return undefined;
      });
      if (job) {
        awaySince = undefined;
        const shape = shapeOf(job);
        if (shape !== last) {
          waiting.changed?.(job);
          wait = Math.max(firstWait, wait / growth);
        }
        last = shape;
        if (isEnded(job)) return job;
        showJob(bar, job);
      }
      await pause(wait, signal);
      if (signal.aborted) throw new CliError('left', comeBack(id));
      wait = Math.min(longestWait, wait * growth);
    }
  } finally {
    bar.clear();
  }
};

/** Whether asking again may help: nothing is lost by it. */
const isPassing = (error: unknown): boolean =>
  error instanceof Unreachable || (error instanceof Refused && error.status >= 500);

const comeBack = (id: string): string => `Job ${id} goes on without you. To come back: stevedore jobs watch ${id}`;

/** What makes two answers the same: links are signed anew in each. */
const shapeOf = ({ state, stopping, phase, progress, counts, reports }: JobAnswer): string =>
  JSON.stringify([state, stopping, phase, progress, counts, reports]);

const showJob = (bar: ReturnType<typeof createBar>, job: JobAnswer): void => {
  const { value, total } = job.progress;
  const what = 'exported' in job.counts ? 'slices' : 'rows';
  const done = total === null ? '' : `${number(value)} of ${number(total)} ${what}`;
  bar.show(job.stopping ? 'stopping' : (job.phase ?? job.state), value, total, done);
};
