// When the sweeper looks at a job again: long enough that it does not disturb work in progress, short enough that nothing is stuck.
import { isEnded, type Job, type Millis } from './job.ts';

const minute = 60_000;

/** Milliseconds from now to the next look, by what the job is doing. */
export const lookAfter = {
  pending: minute,
  /** A planner may run for 15 minutes. */
  planning: 16 * minute,
  processing: 6 * minute,
  finishing: 6 * minute,
  /** Workers let go within a batch; only a message that got lost is waited for. */
  stopping: minute,
  reporting: 2 * minute,
} as const;

/** How long uploads and rejected rows are kept after the end of a job. */
export const keepFor = 7 * 24 * 60 * minute;

/** Where a job's input lies, or may still come to lie after the job has ended. */
export const inputKey = ({ source, ticket }: Job): string | undefined =>
  source && 'key' in source ? source.key : ticket?.key;

/** When an ended job wants its next look: reports first, then files whose time ends, then never. */
export const nextLook = (job: Job, now: Millis): Millis | null => {
  if (!isEnded(job)) return now + lookAfter.processing;
  if (Object.values(job.deliveries).some((delivery) => delivery.state === 'due' || delivery.state === 'sending'))
    return now + lookAfter.reporting;
  const ends = Object.values(job.files)
    .filter((file) => !file.removed)
    .map((file) => file.expiresAt);
  const sourceEnds = (job.finishedAt ?? now) + keepFor;
  if (inputKey(job) !== undefined && sourceEnds > now) ends.push(sourceEnds);
  return ends.length > 0 ? Math.min(...ends) : null;
};
