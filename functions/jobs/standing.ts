// Whether a job comes on: the sweeper compares what it finds with what it found at its last look.
import type { Job, Millis } from './job.ts';
import { lookAfter } from './looks.ts';

type Standing = NonNullable<Job['standing']>;

/** Two looks at a job that has come on in between never find the same. */
const pointOf = ({ state, phase, plan = '', done, reached, tries = 0 }: Job): string => {
  const rows = Object.values(reached).reduce((sum, n) => sum + n, 0);
  return [state, phase ?? 'none', plan, done.length, rows, tries].join(' ');
};

/** How long before its look a job that comes on was seen to come on: every step sets the look by this. */
const lookOf = ({ state, phase, stop }: Job): Millis => {
  if (stop) return lookAfter.stopping;
  if (state === 'pending') return lookAfter.pending;
  return phase === 'processing' || phase === 'finishing' ? lookAfter.processing : lookAfter.planning;
};

/** Where the job, whose look is due, stands: since its last step, or since an earlier look that found it at the same point. */
export const standingOf = (job: Job, now: Millis): Standing => {
  const at = pointOf(job);
  const since = job.standing?.at === at ? job.standing.since : Math.min(now, job.due ?? now) - lookOf(job);
  return { at, since: Math.max(job.createdAt, since) };
};
