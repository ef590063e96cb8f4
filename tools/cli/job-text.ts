// A job in words, for the person who waits for it.
import type { JobAnswer, JobSummary } from './door/client.ts';
import { bytesText, number, plain, table } from './output.ts';

/** Reasons that are shown; the file of rejected rows has all. */
const shownReasons = 10;

/** What is known of a job, in a few lines. */
export const jobText = (job: JobAnswer): string => {
  const lines = [`${plain(job.name)}  ${stateText(job)}  ${job.id}`];
  const counts = Object.entries(job.counts).filter(([, count]) => count > 0);
  if (job.mode === 'plan') lines.push('  A plan: nothing was written.');
  if (job.rows !== undefined) lines.push(`  ${number(job.rows)} rows`);
  for (const [outcome, count] of counts) lines.push(`  ${number(count).padStart(13)} ${outcome.replace('_', ' ')}`);
  const reasons = Object.entries(job.reasons).sort(([, one], [, other]) => other - one);
  for (const [reason, count] of reasons.slice(0, shownReasons))
    lines.push(`  ${' '.repeat(13)} ${number(count)} because ${plain(reason)}`);
  for (const warning of job.warnings) lines.push(`  Note: ${plain(warning)}`);
  if (job.failure) lines.push(`  ${plain(job.failure.message)}`);
  for (const [kind, file] of Object.entries(job.files))
    if (file) lines.push(`  ${kind}: ${plain(file.filename)}, ${bytesText(file.size)}, until ${file.expires}`);
  if (job.receipt) lines.push(`  ${receiptText(job.receipt)}`);
  if (job.actions.length > 0) lines.push(`  It allows: ${job.actions.join(', ')}`);
  return lines.join('\n');
};

const receiptText = ({ seconds, rowsPerSecond, costUsd, plannedCostUsd }: NonNullable<JobAnswer['receipt']>): string =>
  [
    `${(seconds.total ?? 0).toFixed(1)} s`,
    ...(rowsPerSecond > 0 ? [`${number(Math.round(rowsPerSecond))} rows/s`] : []),
    ...(costUsd > 0 ? [`about $${costUsd.toPrecision(3)}`] : []),
    ...(plannedCostUsd !== undefined && plannedCostUsd > 0
      ? [`would cost about $${plannedCostUsd.toPrecision(3)}`]
      : []),
  ].join(', ');

const stateText = ({ state, stopping, phase }: Pick<JobSummary, 'state' | 'stopping' | 'phase'>): string => {
  if (stopping) return 'stopping';
  return state === 'running' && phase ? phase : state;
};

/** A page of jobs, one a line. */
export const jobsTable = (jobs: readonly JobSummary[]): string =>
  table(
    ['id', 'state', 'progress', 'created', 'name'],
    jobs.map((job) => [
      job.id,
      stateText(job),
      progressText(job),
      job.createdAt.slice(0, 19).replace('T', ' '),
      job.name,
    ]),
  );

const progressText = ({ progress, rows, counts, state }: JobSummary): string => {
  if (state === 'completed') return `${number('exported' in counts ? counts.exported : (rows ?? 0))} rows`;
  if (progress.total === null || progress.total === 0) return '';
  return `${Math.floor((progress.value / progress.total) * 100)} %`;
};
