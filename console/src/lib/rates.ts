// How fast jobs go, measured by this page from what it saw: the server keeps no series.
import type { JobSummary } from '../../../functions/doors/console/schemas.ts';

interface Sample {
  /** Milliseconds. */
  at: number;
  value: number;
}

/** Samples of one job that are kept; beyond them every other one goes. */
const most = 600;
/** The speed now is that of the last so many milliseconds. */
const recent = 8000;
/** Milliseconds between two points of a curve: while rows come, and while none do. */
const shortestStep = 1900;
const standingStill = 6000;

const seen = new Map<string, Sample[]>();

type Moving = Pick<JobSummary, 'id' | 'progress' | 'state' | 'times' | 'finishedAt' | 'phase' | 'counts'>;

/** Rows that are done. The progress of an export is counted in slices. */
export const rowsDone = ({ counts, progress }: Pick<Moving, 'counts' | 'progress'>): number =>
  'exported' in counts ? (counts.exported ?? 0) : progress.value;

/** Remembers how far the job is. `now` is the server's. */
export const observe = (job: Moving, now: number): void => {
  if (job.state !== 'running') return;
  const { id } = job;
  const samples = seen.get(id) ?? [];
  const value = rowsDone(job);
  if (samples.at(-1)?.value === value && samples.at(-2)?.value === value) samples.pop();
  samples.push({ at: now, value });
  seen.set(id, samples.length > most ? samples.filter((_, index) => index % 2 === 0) : samples);
};

/** Rows a second now; undefined while it is not known. */
export const speedOf = (job: Moving, now: number): number | undefined => {
  if (job.state !== 'running' || job.phase !== 'processing') return undefined;
  const samples = (seen.get(job.id) ?? []).filter(({ at }) => at >= now - recent);
  const [first, last] = [samples[0], samples.at(-1)];
  if (first && last && last.at - first.at >= 900 && last.value > first.value)
    return ((last.value - first.value) / (last.at - first.at)) * 1000;
  const begun = job.times.processing === undefined ? undefined : Date.parse(job.times.processing);
  if (begun === undefined || rowsDone(job) === 0 || now - begun < 500) return undefined;
  return (rowsDone(job) / (now - begun)) * 1000;
};

/** Seconds that are left, by the speed of now; of an export, whose rows nobody has counted, by the average of its slices. */
export const secondsLeft = (job: Moving, speed: number | undefined, now: number): number | undefined => {
  const { value, total } = job.progress;
  if (speed === undefined || speed <= 0 || total === null) return undefined;
  if (!('exported' in job.counts)) return Math.max(0, (total - value) / speed);
  const begun = Date.parse(job.times.processing ?? '');
  return value > 0 ? ((now - begun) / 1000) * (total / value - 1) : undefined;
};

/** Rows come in whole chunks: shorter steps would show these, not the speed. A job that stands still comes to nothing in the end. */
const isStep = (last: Sample, next: Sample): boolean =>
  next.at > last.at + (next.value > last.value ? shortestStep : standingStill);

/**
 * Speed over time, as steps: [Unix seconds, rows a second]. What lies before the first look is known as an average only,
 * from when the work began; the same holds for what lies behind the last one of a job that ended.
 */
export const curveOf = (job: Moving): [at: number, speed: number][] => {
  const begun = job.times.processing === undefined ? undefined : Date.parse(job.times.processing);
  if (begun === undefined) return [];
  const end = job.times.finishing ?? job.finishedAt;
  const points: Sample[] = [{ at: begun, value: 0 }];
  const until = end === undefined ? Number.POSITIVE_INFINITY : Date.parse(end);
  for (const sample of seen.get(job.id) ?? [])
    if (isStep(points.at(-1) ?? sample, sample) && sample.at < until) points.push(sample);
  if (end !== undefined) points.push({ at: Math.max(until, begun + 1), value: rowsDone(job) });
  const curve: [number, number][] = [];
  for (const [index, point] of points.entries()) {
    const before = points[index - 1];
    if (!before) continue;
    const speed = Math.max(0, ((point.value - before.value) / (point.at - before.at)) * 1000);
    if (curve.length === 0) curve.push([before.at / 1000, speed]);
    curve.push([point.at / 1000, speed]);
  }
  return curve;
};
