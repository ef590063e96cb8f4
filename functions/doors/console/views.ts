// Many jobs at a glance, and the lists: what the console's pages are made of.
import { accountedRows, type Job, type Millis, outcomes } from '../../jobs/job.ts';
import type { FoundJobs, Overview } from '../../jobs/listing.ts';
import type { List } from '../../jobs/ports.ts';
import { registry } from '../../jobs/registry.ts';
import { answerOf } from './answer.ts';
import { type JobSummary, jobSummary, type ListsAnswer, type OverviewAnswer, type TypesAnswer } from './schemas.ts';

const shown = Object.keys(jobSummary.shape) as (keyof JobSummary)[];

/** Of a job what a list of jobs shows. */
const summaryOf = (job: Job, now: Millis): JobSummary => {
  const whole = answerOf(job, {}, now);
  return Object.fromEntries(
    shown.flatMap((key) => (whole[key] === undefined ? [] : [[key, whole[key]]])),
  ) as JobSummary;
};

export const pageOf = ({ jobs, next }: FoundJobs, now: Millis): { jobs: JobSummary[]; next?: string } => ({
  jobs: jobs.map((job) => summaryOf(job, now)),
  ...(next !== undefined && { next }),
});

/** What this system can be ordered to do. */
export const typesAnswerOf = (): TypesAnswer => ({
  types: registry.map(({ name, work }) => ({ name, kind: work.kind })),
});

/** Lists whose name holds `text`, in order of name, at most `limit`. */
export const listsOf = (all: readonly List[], text: string | undefined, limit: number): ListsAnswer => {
  const part = text?.toLowerCase();
  const found = all.filter(({ name }) => part === undefined || name.toLowerCase().includes(part));
  return {
    lists: found.slice(0, limit).map((list) => ({
      id: list.id,
      name: list.name,
      createdAt: new Date(list.createdAt).toISOString(),
      about: list.sizeHint,
      vars: [...list.vars],
      smart: list.details.query !== undefined,
    })),
    total: found.length,
  };
};

/** How far back an overview looks, and the length of one of its steps. */
export const overviewSpan = 24 * 3600_000;
const step = 3600_000;
const shownFailures = 5;

/** Rows are spread evenly over the time in which their job worked: nothing else is known of them. */
export const overviewAnswerOf = ({ unfinished, ended, more }: Overview, now: Millis): OverviewAnswer => {
  const first = Math.floor(now / step) * step + step - overviewSpan;
  const throughput = Array.from({ length: overviewSpan / step }, (_, index) => ({ at: first + index * step, rows: 0 }));
  const counts = Object.fromEntries(outcomes.map((outcome) => [outcome, 0])) as OverviewAnswer['counts'];
  const states: OverviewAnswer['states'] = {};
  for (const job of [...unfinished, ...ended]) {
    states[job.state] = (states[job.state] ?? 0) + 1;
    if (job.mode !== 'plan') for (const outcome of outcomes) counts[outcome] += job.counts[outcome] ?? 0;
    for (const bar of throughput) bar.rows += rowsWithin(job, bar.at, bar.at + step, now);
  }
  const failed = ended.filter(({ state }) => state === 'failed' || state === 'incomplete');
  return {
    since: new Date(first).toISOString(),
    more,
    states,
    counts,
    throughput: throughput.map(({ at, rows }) => ({ at: new Date(at).toISOString(), rows: Math.round(rows) })),
    failures: failed.slice(0, shownFailures).map((job) => summaryOf(job, now)),
    running: unfinished
      .filter(({ state }) => state === 'running')
      .slice(0, shownFailures)
      .map((job) => summaryOf(job, now)),
  };
};

const rowsWithin = (job: Job, from: Millis, until: Millis, now: Millis): number => {
  const rows = job.counts.exported ?? accountedRows(job.counts) - (job.counts.not_processed ?? 0);
  const begun = job.times.processing;
  if (rows <= 0 || begun === undefined) return 0;
  const end = Math.max(begun + 1, job.times.finishing ?? job.finishedAt ?? now);
  return (rows * Math.max(0, Math.min(until, end) - Math.max(from, begun))) / (end - begun);
};
