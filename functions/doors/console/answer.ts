// A job as this door shows it.
import { allowedActions } from '../../jobs/actions.ts';
import {
  accountedRows,
  type FileKind,
  fileKinds,
  isEnded,
  type Job,
  type Links,
  type Millis,
  outcomes,
} from '../../jobs/job.ts';
import { findType } from '../../jobs/registry.ts';
import { receiptOf } from '../../jobs/reports/receipt.ts';
import { type JobAnswer, phase, type UploadForm } from './schemas.ts';

const iso = (at: Millis): string => new Date(at).toISOString();

/** What is known of the job at `now`. */
export const answerOf = (job: Job, links: Links, now: Millis, upload?: UploadForm): JobAnswer => {
  const receipt = receiptOf(job);
  return {
    id: job.id,
    type: job.type,
    name: job.name,
    door: job.door,
    state: job.state,
    ...(job.stop && !isEnded(job) && { stopping: job.stop }),
    ...(job.phase && { phase: job.phase }),
    mode: job.mode ?? 'run',
    ...(job.parent !== undefined && { parent: job.parent }),
    params: job.echo,
    ...timesOf(job),
    ...(job.rows !== undefined && { rows: job.rows }),
    ...figuresOf(job),
    reasons: job.reasons,
    warnings: [...job.warnings],
    ...(job.failure && { failure: job.failure }),
    files: filesOf(job, links),
    ...(upload && { upload }),
    reports: reportsOf(job),
    ...(receipt && { receipt }),
    ...(job.errorBudget && { errorBudget: job.errorBudget }),
    actions: allowedActions(job, now),
  };
};

type Times = Pick<JobAnswer, 'createdAt' | 'beginsAt' | 'startedAt' | 'pausedAt' | 'finishedAt' | 'times'>;

const timesOf = (job: Job): Times => ({
  createdAt: iso(job.createdAt),
  ...(job.beginsAt !== undefined && { beginsAt: iso(job.beginsAt) }),
  ...(job.startedAt !== undefined && { startedAt: iso(job.startedAt) }),
  ...(job.state === 'paused' && job.pausedAt !== undefined && { pausedAt: iso(job.pausedAt) }),
  ...(job.finishedAt !== undefined && { finishedAt: iso(job.finishedAt) }),
  times: Object.fromEntries(
    phase.options.flatMap((name) => {
      const at = job.times[name];
      return at === undefined ? [] : [[name, iso(at)]];
    }),
  ),
});

const figuresOf = (job: Job): Pick<JobAnswer, 'progress' | 'counts'> => {
  const { counts, done, chunks = null, rows = null } = job;
  if (findType(job.type)?.work.kind !== 'rows')
    return { progress: { value: done.length, total: chunks }, counts: { exported: counts.exported ?? 0 } };
  return {
    progress: { value: accountedRows(counts), total: rows },
    counts: Object.fromEntries(outcomes.map((outcome) => [outcome, counts[outcome] ?? 0])) as JobAnswer['counts'],
  };
};

const filesOf = (job: Job, links: Links): JobAnswer['files'] => {
  const shown = fileKinds.flatMap((kind): [FileKind, NonNullable<JobAnswer['files'][FileKind]>][] => {
    const made = job.files[kind];
    if (!made) return [];
    const { filename, size, expiresAt } = made;
    const url = links[kind];
    return [[kind, { filename, size, expires: iso(expiresAt), ...(url !== undefined && { url }) }]];
  });
  return Object.fromEntries(shown);
};

const reportsOf = (job: Job): JobAnswer['reports'] =>
  (['mail', 'postback'] as const).flatMap((channel) => {
    const delivery = job.deliveries[channel];
    if (!delivery) return [];
    const { state, attempts, before, at, answer } = delivery;
    const told = {
      ...(before !== undefined && { before }),
      ...(at !== undefined && { at: iso(at) }),
      ...(answer !== undefined && { answer }),
    };
    return [{ channel, state, attempts, ...told }];
  });
