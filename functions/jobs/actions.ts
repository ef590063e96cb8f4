// Which actions a job allows now: one rule for those who carry them out and for those who show a person what may be done.
import { Refusal } from './errors.ts';
import { isEnded, type Job, type Millis } from './job.ts';
import { keepFor } from './looks.ts';
import { findType } from './registry.ts';

export const actions = ['pause', 'resume', 'cancel', 'retry', 'run'] as const;
export type Action = (typeof actions)[number];

/** Whether rows of the job may have been applied: it cannot end at once, and what is left of it is not all of it. */
export const mayHaveWritten = (job: Job): boolean => job.rows !== undefined && findType(job.type)?.work.kind === 'rows';

/** The actions that the job allows at `now`. */
export const allowedActions = (job: Job, now: Millis): Action[] =>
  actions.filter((action) => objectionTo[action](job, now) === undefined);

/** Throws Refusal `not_allowed`, with the reason as a sentence, when the job does not allow the action at `now`. */
export const checkAllowed = (job: Job, action: Action, now: Millis): void => {
  const objection = objectionTo[action](job, now);
  if (objection !== undefined) throw new Refusal('not_allowed', objection);
};

const itIs = (job: Job, what: string): string =>
  `The job is ${job.stop && !isEnded(job) ? 'being stopped' : job.state}: it cannot be ${what}`;

/** How long after its end a plan may be carried out: its input must outlast the longest pause of the job that does. */
const runWithin = 24 * 3600_000;

/** Why not; undefined when it is allowed. */
const objectionTo: Record<Action, (job: Job, now: Millis) => string | undefined> = {
  pause: (job) => (isEnded(job) || job.state === 'paused' || job.stop ? itIs(job, 'paused') : undefined),
  resume: (job) => (job.state === 'paused' ? undefined : itIs(job, 'resumed')),
  cancel: (job) => (isEnded(job) || job.stop ? itIs(job, 'cancelled') : undefined),
  retry: (job, now) => (isEnded(job) ? objectionToRetry(job, now) : itIs(job, 'retried')),
  run: (job, now) => {
    if (job.mode !== 'plan') return 'The job is not a plan: there is nothing to be carried out';
    if (job.state !== 'completed') return itIs(job, 'carried out');
    return (job.finishedAt ?? now) + runWithin > now ? undefined : 'The plan is more than a day old: make a new one';
  },
};

const objectionToRetry = (job: Job, now: Millis): string | undefined => {
  if (job.mode === 'plan') return 'The job only planned: there is nothing to be retried';
  if (!mayHaveWritten(job)) {
    if (job.ticket) return 'The file of the job never came: there is nothing to be retried';
    const isKept = !job.source || !('key' in job.source) || (job.finishedAt ?? now) + keepFor > now;
    return isKept ? undefined : 'The input of the job is no longer kept';
  }
  const { rejected, notProcessed } = job.files;
  if ([rejected, notProcessed].some((file) => file && !file.removed && file.expiresAt > now)) return undefined;
  return 'No rows of the job were rejected or not processed, or they are no longer kept';
};
