// What a job took: seconds by phase, speed, units, requests, bytes, and what AWS would ask for them.
import { accountedRows, isEnded, type Job, type Millis, type Phase } from '../job.ts';
import type { Usage } from '../usage.ts';
import { prices } from './prices.ts';

export interface Receipt {
  /** Seconds from the beginning of each phase to the beginning of the next; `waiting` before the first, `total` all in all. */
  seconds: Partial<Record<Phase | 'waiting' | 'total', number>>;
  rowsPerSecond: number;
  usage: Usage;
  costUsd: number;
  /** What the writes of a job in mode `plan` would cost. */
  plannedCostUsd?: number;
}

const order: readonly Phase[] = ['downloading', 'splitting', 'processing', 'finishing'];

/** The receipt of an ended job; undefined before. */
export const receiptOf = (job: Job): Receipt | undefined => {
  const { finishedAt, startedAt = finishedAt, usage } = job;
  if (!isEnded(job) || finishedAt === undefined || startedAt === undefined) return undefined;
  const seconds: Receipt['seconds'] = { waiting: secondsFrom(job.createdAt, startedAt) };
  const passed = order.filter((phase) => job.times[phase] !== undefined);
  for (const [index, phase] of passed.entries()) {
    const next = passed[index + 1];
    const until = next === undefined ? finishedAt : (job.times[next] ?? finishedAt);
    seconds[phase] = secondsFrom(job.times[phase] ?? until, until);
  }
  seconds.total = secondsFrom(job.createdAt, finishedAt);
  const rows = job.counts.exported ?? accountedRows(job.counts) - (job.counts.not_processed ?? 0);
  const busy = Math.max(1, finishedAt - startedAt) / 1000;
  return {
    seconds,
    rowsPerSecond: Math.round(rows / busy),
    usage,
    costUsd: costOf(usage),
    ...(job.mode === 'plan' && { plannedCostUsd: usage.plannedUnits * prices.writeUnit }),
  };
};

/** The clocks of two functions may differ: no time is less than none. */
const secondsFrom = (from: Millis, until: Millis): number => Math.max(0, until - from) / 1000;

/** What AWS asks for so much, in US dollars. */
export const costOf = (usage: Usage): number =>
  usage.readUnits * prices.readUnit +
  usage.writeUnits * prices.writeUnit +
  usage.puts * prices.put +
  usage.gets * prices.get +
  usage.messages * prices.message +
  usage.gbSeconds * prices.gbSecond;
