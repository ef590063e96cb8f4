// Names of the objects that chunks write: made from job, chunk number and version, so that nobody writes over what another accounted.
import { createHash } from 'node:crypto';
import type { Job, JobId } from './job.ts';
import type { Place } from './marks.ts';
import type { Ports } from './ports.ts';

export type PartKind = 'rejected' | 'notProcessed' | 'changes' | 'export' | 'selected';

const partsPrefix = (job: JobId): string => `jobs/${job}/parts/`;

/** Of a chunk, or of what a worker did of it behind its first `from` rows. */
export const partKey = (job: JobId, kind: PartKind, { chunk, from, version = '' }: Place): string =>
  `${partsPrefix(job)}${kind}/${String(chunk).padStart(6, '0')}-${from}-${version}`;

/** Names a part by what is in it: whoever writes the same again writes the same object. */
export const versionOf = (content: string): string => createHash('sha256').update(content).digest('hex').slice(0, 12);

export const headerKey = (job: JobId, kind: PartKind): string => `${partsPrefix(job)}${kind}/header`;

const resultNames = {
  rejected: 'rejected.csv',
  notProcessed: 'not-processed.csv',
  changes: 'changes.json',
  output: 'output',
} as const;

export const resultKey = (job: JobId, kind: keyof typeof resultNames): string =>
  `jobs/${job}/results/${resultNames[kind]}`;

/** What a job selected, as one input. */
export const selectionKey = (job: JobId): string => `${partsPrefix(job)}selection`;

/** Unlike the job's id, the name of an export is not shown to anyone but through its link. */
export const exportKey = (job: Job): string => {
  const day = new Date(job.createdAt).toISOString().slice(0, 10).replaceAll('-', '/');
  return `exports/${day}/${createHash('sha256').update(`export ${job.id}`).digest('hex').slice(0, 32)}`;
};

/** Removes what planners and chunks left: an ended job needs none of it. The input itself is kept for a retry. */
export const removeWork = async ({ files }: Pick<Ports, 'files'>, { id }: Job): Promise<void> =>
  files.remove([...(await files.list(partsPrefix(id))), ...(await files.list(`jobs/${id}/plan-`))]);
