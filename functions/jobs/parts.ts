// Names of the objects that chunks write: made from job and chunk number, so that a second run overwrites the first.
import { createHash } from 'node:crypto';
import type { Job, JobId } from './job.ts';
import type { Ports } from './ports.ts';

export type PartKind = 'rejected' | 'export';

const partsPrefix = (job: JobId): string => `jobs/${job}/parts/`;

/** Padded, so that the order of names is the order of chunks. */
export const partKey = (job: JobId, kind: PartKind, chunk: number): string =>
  `${partsPrefix(job)}${kind}/${String(chunk).padStart(6, '0')}`;

export const headerKey = (job: JobId, kind: PartKind): string => `${partsPrefix(job)}${kind}/header`;

export const rejectedKey = (job: JobId): string => `jobs/${job}/results/rejected.csv`;

/** Unlike the job's id, the name of an export is not shown to anyone but through its link. */
export const exportKey = (job: Job): string => {
  const day = new Date(job.createdAt).toISOString().slice(0, 10).replaceAll('-', '/');
  return `exports/${day}/${createHash('sha256').update(`export ${job.id}`).digest('hex').slice(0, 32)}`;
};

/** Removes what planners and chunks left: an ended job needs none of it. The input itself is kept for a retry. */
export const removeWork = async ({ files }: Pick<Ports, 'files'>, { id }: Job): Promise<void> =>
  files.remove([...(await files.list(partsPrefix(id))), ...(await files.list(`jobs/${id}/plan-`))]);
