// How a job moves: each move names the prior states it is allowed from, and the store turns that into its write's condition.
import type { Channel, Counts, Delivery, Job, JobFailure, Millis, Phase, State } from './job.ts';

/** Fields that a move may set. `null` removes the field. */
export interface JobPatch {
  state?: State;
  phase?: Phase | null;
  startedAt?: Millis;
  finishedAt?: Millis;
  due?: Millis | null;
  tries?: number;
  retryAt?: Millis | null;
  plan?: string;
  chunks?: number;
  rows?: number;
  /** Replaces all counts. */
  counts?: Counts;
  /** Replaces all marks. */
  marks?: readonly string[];
  warnings?: readonly string[];
  files?: Job['files'];
  failure?: JobFailure;
  deliveries?: Partial<Record<Channel, Delivery>>;
}

export interface Move {
  /** For logs and tests. */
  name: string;
  from: readonly State[];
  /** When given, the job must also be in one of these phases. */
  phases?: readonly Phase[];
  /** When true, every chunk must be accounted: the size of the ledger's set equals `chunks`. */
  balanced?: boolean;
  /** When given, the job's plan must still be this one: what a late caller decided on an older plan is void. */
  plan?: string;
  set: JobPatch;
}

/** A worker begins the job, or begins it again after a crash; `startedAt` stays what it first was. */
export const begin = (job: Job, phase: 'downloading' | 'splitting', now: Millis, due: Millis): Move => ({
  name: 'begin',
  ...(job.state === 'running'
    ? { from: ['running'], phases: ['downloading', 'splitting'] as const }
    : { from: ['pending'] }),
  // A second planner does not take the step back under the first one's feet.
  set: {
    state: 'running',
    phase: job.phase === 'splitting' ? 'splitting' : phase,
    startedAt: job.startedAt ?? now,
    retryAt: null,
    due,
  },
});

/** The input could not be fetched; it is tried again at `retryAt`. */
export const postpone = (tries: number, retryAt: Millis, due: Millis): Move => ({
  name: 'postpone',
  from: ['running'],
  // A planner that died after its download left the job splitting.
  phases: ['downloading', 'splitting'],
  set: { tries, retryAt, due },
});

/** The input lies in the store: planning goes on. */
export const fetched = (due: Millis): Move => ({
  name: 'fetched',
  from: ['running'],
  phases: ['downloading', 'splitting'],
  set: { phase: 'splitting', due },
});

/** The plan is written: chunks may run. */
export const startChunks = (set: {
  plan: string;
  chunks: number;
  rows?: number;
  warnings: readonly string[];
  due: Millis;
}): Move => ({
  name: 'start chunks',
  from: ['running'],
  phases: ['splitting'],
  set: { phase: 'processing', ...set },
});

/** Every chunk is accounted: exactly one caller wins this. */
export const gather = (due: Millis): Move => ({
  name: 'gather',
  from: ['running'],
  phases: ['processing'],
  balanced: true,
  set: { phase: 'finishing', due },
});

/** The finisher found that the chunks must run anew under a better plan (the old ones stay in the ledger's set). */
export const planAgain = (job: Job, plan: string, chunks: number, due: Millis): Move => ({
  name: 'plan again',
  from: ['running'],
  phases: ['finishing'],
  ...samePlan(job),
  set: { phase: 'processing', plan, chunks, counts: {}, marks: [], due },
});

const samePlan = ({ plan }: Job): Pick<Move, 'plan'> => (plan === undefined ? {} : { plan });

/** Results are written: the end. */
export const end = (
  job: Job,
  state: 'completed' | 'incomplete',
  set: {
    finishedAt: Millis;
    rows: number;
    files: Job['files'];
    deliveries: JobPatch['deliveries'] & object;
    due: Millis | null;
  },
): Move => ({
  name: 'end',
  from: ['running'],
  phases: ['finishing'],
  ...samePlan(job),
  set: { state, phase: null, ...set },
});

/** The work cannot be done. Allowed from any unfinished state, or only in `phases` when the caller knows no more than these. */
export const fail = (
  set: {
    failure: JobFailure;
    finishedAt: Millis;
    deliveries: JobPatch['deliveries'] & object;
    due: Millis | null;
  },
  phases?: readonly Phase[],
): Move => ({
  name: 'fail',
  from: phases ? ['running'] : ['scheduled', 'pending', 'running', 'paused'],
  ...(phases && { phases }),
  set: { state: 'failed', phase: null, ...set },
});

/** Says when to look again, without any other change. */
export const lookAgain = (due: Millis | null): Move => ({
  name: 'look',
  from: ['scheduled', 'pending', 'running', 'paused', 'completed', 'incomplete', 'failed', 'cancelled'],
  set: { due },
});

/** Result files are gone from the store. */
export const forget = (files: Job['files'], due: Millis | null): Move => ({
  name: 'forget',
  from: ['completed', 'incomplete', 'failed', 'cancelled'],
  set: { files, due },
});

/** Whether a job, as read, would satisfy a move: the same rule that stores write as a condition. */
export const allows = (move: Move, job: Job): boolean =>
  move.from.includes(job.state) &&
  (!move.phases || (job.phase !== undefined && move.phases.includes(job.phase))) &&
  (!move.balanced || job.done.length === job.chunks) &&
  (move.plan === undefined || job.plan === move.plan);
