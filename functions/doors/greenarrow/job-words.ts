// Which words this protocol has for what a job is, what it is doing, and how far it has come.
import { accountedRows, isEnded, type Job, type Millis, type State } from '../../jobs/job.ts';
import { findType } from '../../jobs/registry.ts';

/** Types whose names do not follow from ours. */
const typeNames: Record<string, string> = {
  import: 'SubscriberImport',
  update: 'SubscriberUpdate',
  export_list_data: 'SubscriberExport',
  list_erase: 'MailingListErase',
  append_email: 'EmailAppendBatch',
};

/** `purchase_import` is `PurchaseImport`. */
export const typeWord = ({ type }: Pick<Job, 'type'>): string =>
  Object.hasOwn(typeNames, type)
    ? String(typeNames[type])
    : type.replace(/(?:^|_)([a-z])/g, (_, letter: string) => letter.toUpperCase());

export const isImport = (job: Pick<Job, 'type'>): boolean => typeWord(job) === 'SubscriberImport';

const endWords = { completed: 'finished', incomplete: 'failed', failed: 'failed', cancelled: 'cancelled' } as const;
const isEnd = (state: State): state is keyof typeof endWords => state in endWords;

/** What `state` says once a job has ended. */
export const endedWords: readonly string[] = [...new Set(Object.values(endWords))];

const importWords = {
  downloading: 'downloading',
  splitting: 'splitting',
  processing: 'importing',
  finishing: 'importing',
} as const;

/** The job's state. What has begun never goes back to waiting, even while it waits for a worker again. */
export const stateWord = (job: Job): string => {
  if (isEnd(job.state)) return endWords[job.state];
  if (job.state === 'paused') return 'paused';
  if (job.startedAt !== undefined) return isImport(job) ? importWords[job.phase ?? 'splitting'] : 'active';
  if (isImport(job)) return 'scheduled';
  return job.state === 'scheduled' && !job.ticket ? 'scheduled' : 'pending';
};

/** How much is done, and of how much: null until it was counted. What was given up was never done. */
export const progressOf = (job: Job): { value: number; total: number | null } => {
  if (findType(job.type)?.work.kind !== 'rows') return { value: job.done.length, total: job.chunks ?? null };
  if (job.rows === undefined) return { value: 0, total: null };
  return { value: accountedRows(job.counts) - (job.counts.not_processed ?? 0), total: job.rows };
};

/** When the job begins, as its maker asked; undefined while it waits for a file. */
export const beginningOf = (job: Job): Millis | undefined => {
  const { begins_at: asked } = job.params;
  if (job.ticket) return undefined;
  return job.beginsAt ?? (typeof asked === 'number' ? asked * 1000 : job.createdAt);
};

/** The last change of state or phase that is known. */
export const changeOf = (job: Job): Millis =>
  Math.max(job.createdAt, job.startedAt ?? 0, job.pausedAt ?? 0, job.finishedAt ?? 0, ...Object.values(job.times));

/** An import is called by its file. */
export const nameOf = (job: Job): string => {
  const { source } = job;
  if (!isImport(job)) return job.name;
  if (source?.kind === 'file' && source.filename) return source.filename;
  return (source?.kind === 'url' && fileOf(source.url)) || job.ticket?.filename || job.name;
};

/** The last part of a URL's path: what stands behind it may be a secret. */
const fileOf = (url: string): string => {
  const last = new URL(url).pathname.split('/').at(-1) ?? '';
  try {
    return decodeURIComponent(last);
  } catch {
    return last;
  }
};

/** The name of the list that a job is about. */
export const listOf = ({ params }: Job): string | undefined =>
  typeof params.list === 'string' ? params.list : undefined;

/** When the next try of a failed step begins. */
export const retryOf = (job: Job): Millis | undefined => (isEnded(job) ? undefined : job.retryAt);
