// The order in which jobs are listed, as one text that a store can sort by: unfinished ones first, the next to begin before others;
// then the ended ones, the last to end before others. One index in this order serves every list without a scan.
import type { Job, JobId, Millis } from './job.ts';

const digits = 13;
const farthest = 10 ** digits - 1;

const padded = (at: Millis): string => String(Math.min(Math.max(0, Math.floor(at)), farthest)).padStart(digits, '0');

/** Of equal times the higher id comes first. */
const turned = (id: JobId): string =>
  id.replace(/[0-9a-f]/g, (digit) => (15 - Number.parseInt(digit, 16)).toString(16));

/** What ranks of unfinished jobs, and of ended ones, begin with. */
export const rankPrefix = { unfinished: '0', ended: '1' } as const;

/** Changes only with the job's end. */
export const rankOf = ({
  id,
  beginsAt,
  createdAt,
  finishedAt,
}: Pick<Job, 'id' | 'beginsAt' | 'createdAt' | 'finishedAt'>): string =>
  finishedAt === undefined
    ? `${rankPrefix.unfinished}${padded(beginsAt ?? createdAt)}${turned(id)}`
    : `${rankPrefix.ended}${padded(farthest - finishedAt)}${turned(id)}`;

/** Behind this lie the ranks of jobs that ended before `at`, the last of them first. */
export const endedBefore = (at: Millis): string => rankPrefix.ended + padded(farthest - at + 1);
