// What a queue's shell calls: one message in, the right part of the engine runs.

import { dispatch, sendChunk } from './dispatch.ts';
import { RetryLater } from './errors.ts';
import { failJob } from './fail.ts';
import { isEnded, type Job } from './job.ts';
import { lookAfter } from './looks.ts';
import { markOf } from './marks.ts';
import { planJob } from './plan.ts';
import { readPlan, rowsIn } from './planning/plan-record.ts';
import { FileGone, type Message, type Ports, type TimeLeft } from './ports.ts';
import { sendReport } from './report.ts';
import { runChunk } from './run-chunk.ts';
import { finishAgain } from './states.ts';

/** Does what a message hints at, or finds nothing left to do. Throws RetryLater, or anything unexpected: deliver it again then. */
export const handleMessage = async (
  ports: Ports,
  message: Message,
  timeLeft: TimeLeft,
  /** True when the message was handed out before: whoever had it may have died anywhere in its work. */
  redelivered = false,
): Promise<void> => {
  switch (message.kind) {
    case 'plan':
      return planJob(ports, message.job, timeLeft);
    case 'chunk':
      return runChunk(ports, message.job, message.chunk, timeLeft, { redelivered, tell: message.tell ?? false });
    case 'report':
      return sendReport(ports, message.job, message.channel);
  }
};

/** A message that used up its tries: its job ends, with the rows of that chunk not processed. */
export const buryMessage = async (ports: Ports, message: Message): Promise<void> => {
  const job = await ports.jobs.read(message.job);
  if (!job || isEnded(job)) return;
  ports.log.error('message.buried', { job: job.id, type: job.type, kind: message.kind });
  if (message.kind === 'chunk' && job.phase === 'processing')
    return buryChunk(ports, job, message.chunk, message.tell ?? false);
  if (message.kind === 'chunk' && job.phase === 'finishing') return buryFinish(ports, job);
  if (message.kind === 'plan' && (job.phase === 'processing' || job.phase === 'finishing')) return dispatch(ports, job);
  // A report has its own log; a job that is held, or whose time is still to come, does not need the message.
  if (message.kind === 'report' || job.state === 'paused' || job.state === 'scheduled') return;
  await failJob(ports, job, { class: 'internal', message: 'The job could not be done after several tries' });
};

/** Finishing, in all tries of so many messages, before a job is given up whose chunks are all accounted. */
const finishes = 3;

const buryFinish = async (ports: Ports, job: Job): Promise<void> => {
  const tries = (job.tries ?? 0) + 1;
  const message = 'The results could not be made after several tries';
  if (tries >= finishes) return failJob(ports, job, { class: 'internal', message });
  const again = await ports.jobs.move(job.id, finishAgain(tries, ports.clock.now() + lookAfter.finishing));
  if (again) await dispatch(ports, again);
};

/** First someone tells what was done of the chunk; when not even that can be done, all its open rows are not processed. */
const buryChunk = async (ports: Ports, job: Job, number: number, told: boolean): Promise<void> => {
  if (!job.plan) return;
  const plan = await readPlan(ports, job.plan).catch((error: unknown) => {
    if (!(error instanceof FileGone)) throw error;
  });
  if (!plan) return failJob(ports, job, { class: 'internal', message: 'The plan of the job is gone' });
  const chunk = plan.chunks[number];
  if (!chunk || job.done.includes(number)) return;
  if (chunk.kind === 'slice')
    return failJob(ports, job, { class: 'internal', message: 'A part of the export could not be written' });
  if (!told) return sendChunk(ports, job, number, true);
  const from = job.reached[number] ?? 0;
  const entry = {
    chunk: number,
    from,
    counts: { not_processed: rowsIn(chunk) - from },
    marks: [markOf('buried', { chunk: number, from })],
  };
  const { accounted, job: after } = await ports.jobs.account(job.id, {
    ...entry,
    due: ports.clock.now() + lookAfter.processing,
  });
  // Someone accounted a part of it just now: the dead letter comes again, and counts the rest.
  if (!accounted && !after.done.includes(number) && !isEnded(after))
    throw new RetryLater(5, 'the chunk is being worked on');
  // Whatever is left is woken; when nothing is, any chunk's message wakes the finisher.
  await dispatch(ports, after);
};
