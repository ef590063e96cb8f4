// The words of the append API for how batches stand, and for the containers that they make up.
import { isEnded, type Job, type Millis } from '../job.ts';
import type { StandingBatch } from './containers.ts';

export const batchStates = ['WAITING_FOR_UPLOAD', 'QUEUED', 'IN_PROGRESS', 'COMPLETED', 'FAILED', 'MALFORMED'] as const;
export type BatchState = (typeof batchStates)[number];

/** A batch whose job was not written within this time never will be. */
const patience: Millis = 15 * 60_000;

const endedState = ({ state, failure, counts, rows = 0 }: Job): BatchState => {
  // Records of which none can be used are no records.
  if (state === 'completed') return rows > 0 && counts.rejected === rows ? 'MALFORMED' : 'COMPLETED';
  return state === 'failed' && failure?.class === 'input' ? 'MALFORMED' : 'FAILED';
};

const stateOfJob = (job: Job): BatchState => {
  if (isEnded(job)) return endedState(job);
  if (job.startedAt !== undefined) return 'IN_PROGRESS';
  return job.ticket ? 'WAITING_FOR_UPLOAD' : 'QUEUED';
};

export const stateOfBatch = ({ batch, job }: StandingBatch, now: Millis): BatchState => {
  if (job) return stateOfJob(job);
  return now - batch.createdAt > patience ? 'FAILED' : 'QUEUED';
};

const terminal: readonly BatchState[] = ['COMPLETED', 'FAILED', 'MALFORMED'];
const isTerminal = (state: BatchState): boolean => terminal.includes(state);

/** Of a container: derived from its batches, never stored. */
export const stateOfContainer = (states: readonly BatchState[]): BatchState => {
  const has = (state: BatchState): boolean => states.includes(state);
  const ended = states.filter(isTerminal).length;
  if (states.length === 0) return 'QUEUED';
  if (has('IN_PROGRESS') || (ended > 0 && ended < states.length)) return 'IN_PROGRESS';
  if (has('QUEUED')) return 'QUEUED';
  if (has('WAITING_FOR_UPLOAD')) return 'WAITING_FOR_UPLOAD';
  if (has('COMPLETED')) return 'COMPLETED';
  return states.every((state) => state === 'MALFORMED') ? 'MALFORMED' : 'FAILED';
};

/** How many batches stand how, by the state. */
export const countStates = (states: readonly BatchState[]): Record<BatchState, number> =>
  Object.fromEntries(batchStates.map((state) => [state, states.filter((each) => each === state).length])) as Record<
    BatchState,
    number
  >;

/**
 * Whether this job's end is the one that ended its container: of several batches that ended, the last. So each time a container
 * ends exactly one of them tells it.
 */
export const endsContainer = (job: Job, batches: readonly StandingBatch[], now: Millis): boolean => {
  if (!batches.every((batch) => isTerminal(stateOfBatch(batch, now)))) return false;
  const ends = batches.flatMap(({ job: each }) => (each?.finishedAt === undefined ? [] : [each]));
  const last = ends.sort((a, b) => (a.finishedAt ?? 0) - (b.finishedAt ?? 0) || (a.id < b.id ? -1 : 1)).at(-1);
  return last?.id === job.id;
};
