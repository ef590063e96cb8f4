// How far a job is: a bar, and one line of figures that keeps its place.
import type { JobSummary } from '../../../functions/doors/console/schemas.ts';
import { serverNow } from '../api/client.ts';
import { count, duration, rows } from '../lib/format.ts';
import { rowsDone, secondsLeft, speedOf } from '../lib/rates.ts';

const phaseWords = {
  downloading: 'Fetching the file',
  splitting: 'Reading and planning',
  processing: 'Processing',
  finishing: 'Writing the results',
} as const;

export const Progress = ({ job }: { job: JobSummary }) => {
  const { value, total } = job.progress;
  const unknown = total === null || total === 0;
  const done = unknown ? 0 : Math.min(100, (value / total) * 100);
  return (
    <div
      class={`progress progress-${job.state}${unknown && job.state === 'running' ? ' progress-unknown' : ''}`}
      role="progressbar"
      aria-label={`Progress of ${job.name}`}
      aria-valuemin={0}
      aria-valuemax={100}
      {...(unknown ? {} : { 'aria-valuenow': Math.floor(done) })}
      aria-valuetext={figuresOf(job)}
    >
      <div class="progress-done" style={{ transform: `scaleX(${done / 100})` }} />
    </div>
  );
};

/** One line: rows, speed and what is left of a running job; why another one stands. */
export const figuresOf = (job: JobSummary): string => {
  const now = serverNow();
  const { total } = job.progress;
  if (job.state === 'scheduled')
    return job.beginsAt === undefined
      ? 'Waits for its file'
      : `Begins in ${duration((Date.parse(job.beginsAt) - now) / 1000)}`;
  if (job.state === 'pending') return 'Waits for a worker';
  const isExport = 'exported' in job.counts;
  const done = isExport || total === null ? rows(rowsDone(job)) : `${count(job.progress.value)} of ${rows(total)}`;
  if (job.state === 'paused') return total === null ? 'Held before it began' : `${done}, held`;
  if (job.phase !== 'processing') return job.phase ? phaseWords[job.phase] : 'Beginning';
  const speed = speedOf(job, now);
  const left = secondsLeft(job, speed, now);
  return [
    done,
    ...(speed === undefined ? [] : [`${count(speed)} rows/s`]),
    ...(left === undefined ? [] : [`about ${duration(Math.max(1, Math.round(left)))} left`]),
  ].join(' · ');
};

/** How long an ended job took, from its beginning. */
export const tookOf = ({ startedAt, createdAt, finishedAt }: JobSummary): string =>
  finishedAt === undefined ? '' : duration((Date.parse(finishedAt) - Date.parse(startedAt ?? createdAt)) / 1000);
