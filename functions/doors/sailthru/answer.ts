// A job as this protocol shows it. Clients and their tests rely on the order of the keys.
import type { Links } from '../../jobs/job.ts';
import { isEnded, type Job, outcomes } from '../../jobs/job.ts';
import type { ClientSettings } from '../../jobs/ports.ts';
import { findType } from '../../jobs/registry.ts';
import { rfc2822 } from './dates.ts';
import { receiptAnswer } from './receipt.ts';

type Answer = Record<string, unknown>;
type Status = 'pending' | 'running' | 'completed' | 'error' | 'incomplete';

/** A job that has begun never goes back to pending, even while it waits for a worker again. */
const documentedStatus = (job: Job): Status => {
  if (!isEnded(job)) return job.startedAt === undefined ? 'pending' : 'running';
  if (job.state === 'completed') return 'completed';
  return job.state === 'failed' ? 'error' : 'incomplete';
};

/** The consumers that break on the words of the prose know only those of the tables. */
const strictStatus: Record<Status, Status> = {
  pending: 'pending',
  running: 'pending',
  completed: 'completed',
  error: 'error',
  incomplete: 'error',
};

const statusOf = (job: Job, dialect: ClientSettings['dialect']): Status =>
  dialect === 'strict' ? strictStatus[documentedStatus(job)] : documentedStatus(job);

/** The answer to the request that made the job, however far the job has come since. */
export const acceptedAnswer = (job: Job): Answer => ({
  job_id: job.id,
  name: job.name,
  ...job.echo,
  status: 'pending',
});

/** What is known of a job: the data of `GET /job`, and of its postback. */
export const jobAnswer = (job: Job, settings: ClientSettings, links: Links): Answer => {
  const completed = job.state === 'completed';
  return {
    job_id: job.id,
    name: job.name,
    ...job.echo,
    ...(completed && job.type === 'import' && settings.dialect === 'documented' && { error: false }),
    status: statusOf(job, settings.dialect),
    ...(job.startedAt !== undefined && { start_time: rfc2822(job.startedAt, settings.timeZone) }),
    ...(isEnded(job) && job.finishedAt !== undefined && { end_time: rfc2822(job.finishedAt, settings.timeZone) }),
    ...(completed && exportAnswer(job, links)),
    ...job.result,
    ...rowsAnswer(job),
    ...(links.rejected !== undefined && { rejected_url: links.rejected }),
    ...(links.notProcessed !== undefined && { not_processed_url: links.notProcessed }),
    ...(links.changes !== undefined && { changes_url: links.changes }),
    ...(Object.keys(job.reasons).length > 0 && { reasons: mostFirst(job.reasons) }),
    ...(job.warnings.length > 0 && { warnings: job.warnings }),
    ...(job.failure && { error_message: job.failure.message }),
    ...(job.mode && { mode: job.mode }),
    ...(job.parent !== undefined && { parent_job_id: job.parent }),
    ...(job.beginsAt !== undefined && { begins_at: rfc2822(job.beginsAt, settings.timeZone) }),
    ...receiptAnswer(job),
  };
};

const mostFirst = (reasons: Job['reasons']): Record<string, number> =>
  Object.fromEntries(Object.entries(reasons).sort(([, one], [, other]) => other - one));

const exportAnswer = (job: Job, links: Links): Answer => ({
  ...(job.files.export && { filename: job.files.export.filename }),
  ...(links.export !== undefined && { export_url: links.export }),
  ...(links.expired && { expired: true }),
});

/** A job over rows tells the outcomes once it runs, and how many rows there are once they are counted; an export what it wrote. */
const rowsAnswer = (job: Job): Answer => {
  if (findType(job.type)?.work.kind !== 'rows')
    return job.state === 'completed' ? { rows: job.counts.exported ?? 0 } : {};
  if (job.startedAt === undefined) return {};
  const counts = outcomes.map((outcome) => [outcome, job.counts[outcome] ?? 0]);
  return { ...(job.rows !== undefined && { rows: job.rows }), ...Object.fromEntries(counts) };
};

/** How the reports about the job's end fare. */
export const reportsAnswer = (job: Job): Answer => {
  const reports = Object.entries(job.deliveries).map(([channel, { state, attempts, answer }]) => ({
    channel,
    state,
    attempts,
    ...(answer !== undefined && { answer }),
  }));
  return reports.length > 0 ? { reports } : {};
};
