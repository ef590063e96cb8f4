// The ledger's rule in one place: when a chunk may be accounted, and what that adds to the job.
import type { Counts, Job } from './job.ts';
import type { LedgerEntry } from './ports.ts';
import { addUsage } from './usage.ts';

/** The condition that stores put on the write of an entry. */
export const mayAccount = (job: Job, { chunk, from }: LedgerEntry): boolean =>
  (job.state === 'running' || job.state === 'paused') &&
  chunk < (job.chunks ?? 0) &&
  !job.done.includes(chunk) &&
  (job.reached[chunk] ?? 0) === from;

/** The job with an entry that may be accounted. */
export const accounted = (job: Job, entry: LedgerEntry): Job => {
  const { [entry.chunk]: _, ...others } = job.reached;
  return {
    ...job,
    done: entry.reached === undefined ? [...job.done, entry.chunk].sort((a, b) => a - b) : job.done,
    reached: entry.reached === undefined ? others : { ...others, [entry.chunk]: entry.reached },
    counts: addCounts(job.counts, entry.counts),
    reasons: addNumbers(job.reasons, entry.reasons ?? {}),
    usage: addUsage(job.usage, entry.usage ?? {}),
    marks: [...new Set([...job.marks, ...(entry.marks ?? [])])],
    due: entry.due,
  };
};

const addNumbers = (numbers: Readonly<Record<string, number>>, more: Readonly<Record<string, number>>) => {
  const sum: Record<string, number> = { ...numbers };
  for (const [name, n] of Object.entries(more)) sum[name] = (sum[name] ?? 0) + n;
  return sum;
};

const addCounts = (counts: Counts, more: Counts): Counts =>
  addNumbers(counts as Record<string, number>, more as Record<string, number>);
