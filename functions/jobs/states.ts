// How a job moves: each move names the prior states it is allowed from, and the store turns that into its write's condition.
import type { JobResult } from './define.ts';
import {
  type Channel,
  type Counts,
  type Delivery,
  type Job,
  type JobFailure,
  type JobFiles,
  type Millis,
  type Phase,
  type Source,
  type State,
  type Stop,
  terminalStates,
  unfinishedStates,
} from './job.ts';
import type { Usage } from './usage.ts';

/** Fields that a move may set. `null` removes the field. */
export interface JobPatch {
  state?: State;
  phase?: Phase | null;
  source?: Source;
  ticket?: null;
  startedAt?: Millis;
  finishedAt?: Millis;
  times?: Job['times'];
  pausedAt?: Millis | null;
  resumeTo?: 'scheduled' | 'pending' | null;
  stop?: Stop;
  due?: Millis | null;
  tries?: number;
  retryAt?: Millis | null;
  plan?: string;
  chunks?: number;
  rows?: number;
  /** Replaces all counts. */
  counts?: Counts;
  /** Replaces all usage. */
  usage?: Usage;
  /** Replaces all marks. */
  marks?: readonly string[];
  warnings?: readonly string[];
  files?: JobFiles;
  failure?: JobFailure;
  result?: JobResult;
  deliveries?: Partial<Record<Channel, Delivery>>;
  held?: true;
  standing?: Job['standing'] & object;
  closed?: true;
}

export interface Move {
  /** For logs and tests. */
  name: string;
  from: readonly State[];
  /** When given, the job must also be in one of these phases. */
  phases?: readonly Phase[];
  /** When true, every chunk must be accounted: the size of the ledger's set equals `chunks`. */
  balanced?: boolean;
  /** When given, the ledger's set must have this size: nobody accounted a chunk since the caller looked. */
  accounts?: number;
  /** When given, the job's plan must still be this one, null for none: what a late caller decided on an older plan is void. */
  plan?: string | null;
  /** When given, the job must be stopping for this reason, null for not at all. */
  stop?: Stop | null;
  /** When given, whether the job must be waiting for an upload. */
  awaiting?: boolean;
  set: JobPatch;
}

/** Whether a job, as read, would satisfy a move: the same rule that stores write as a condition. */
export const allows = (move: Move, job: Job): boolean =>
  move.from.includes(job.state) &&
  (!move.phases || (job.phase !== undefined && move.phases.includes(job.phase))) &&
  (!move.balanced || job.done.length === job.chunks) &&
  (move.accounts === undefined || job.done.length === move.accounts) &&
  (move.plan === undefined || (job.plan ?? null) === move.plan) &&
  (move.stop === undefined || (job.stop ?? null) === move.stop) &&
  (move.awaiting === undefined || (job.ticket !== undefined) === move.awaiting);

/** The times of the phases, with `phase` entered at `now` unless it was entered before. */
const entered = (job: Job, phase: Phase, now: Millis): Job['times'] => ({ [phase]: now, ...job.times });

/** The plan and the stop that the caller saw: what it decided must not hold under others. */
const asSeen = (job: Job): Pick<Move, 'plan' | 'stop'> => ({ plan: job.plan ?? null, stop: job.stop ?? null });

/** The time has come, or the upload: a worker may begin. */
export const launch = (due: Millis): Move => ({
  name: 'launch',
  from: ['scheduled'],
  awaiting: false,
  set: { state: 'pending', due },
});

/** The awaited file lies in the store. A paused job stays paused; one whose time is still to come stays scheduled. */
export const arrive = (job: Job, source: Source, now: Millis, due: Millis): Move => ({
  name: 'arrive',
  from: [job.state],
  awaiting: true,
  set: {
    source,
    ticket: null,
    due,
    ...(job.state === 'scheduled' && (job.beginsAt ?? 0) <= now && { state: 'pending' }),
  },
});

/** A worker begins the job, or begins it again after a crash or a pause; `startedAt` stays what it first was. */
export const begin = (job: Job, phase: 'downloading' | 'splitting', now: Millis, due: Millis): Move => {
  // A second planner does not take the step back under the first one's feet, and a resumed job keeps its plan.
  const goesOn = job.phase === undefined || job.phase === 'downloading' ? phase : job.phase;
  return {
    name: 'begin',
    ...(job.state === 'running'
      ? { from: ['running'], phases: ['downloading', 'splitting'] as const }
      : { from: ['pending'], plan: job.plan ?? null }),
    set: {
      state: 'running',
      phase: goesOn,
      startedAt: job.startedAt ?? now,
      times: entered(job, goesOn, now),
      retryAt: null,
      due,
    },
  };
};

/** The input could not be fetched; it is tried again at `retryAt`. */
export const postpone = (tries: number, retryAt: Millis, due: Millis): Move => ({
  name: 'postpone',
  from: ['running'],
  // A planner that died after its download left the job splitting.
  phases: ['downloading', 'splitting'],
  set: { tries, retryAt, due },
});

/** The input lies in the store: planning goes on. */
export const fetched = (job: Job, now: Millis, due: Millis): Move => ({
  name: 'fetched',
  from: ['running'],
  phases: ['downloading', 'splitting'],
  set: { phase: 'splitting', times: entered(job, 'splitting', now), due },
});

/** The plan is written: chunks may run. */
export const startChunks = (
  job: Job,
  now: Millis,
  set: { plan: string; chunks: number; rows?: number; warnings: readonly string[]; usage: Usage; due: Millis },
): Move => ({
  name: 'start chunks',
  from: ['running'],
  phases: ['splitting'],
  set: { phase: 'processing', times: entered(job, 'processing', now), tries: 0, ...set },
});

/** Every chunk is accounted: exactly one caller wins this. */
export const gather = (job: Job, now: Millis, due: Millis): Move => ({
  name: 'gather',
  from: ['running'],
  phases: ['processing'],
  balanced: true,
  set: { phase: 'finishing', times: entered(job, 'finishing', now), due },
});

/** The finisher made a better plan, or one of the rows that were selected: new chunks run (the old ones stay in the ledger's set). */
export const planAgain = (job: Job, plan: string, chunks: number, due: Millis, rows?: number): Move => ({
  name: 'plan again',
  from: ['running'],
  phases: ['finishing'],
  ...asSeen(job),
  set: { phase: 'processing', plan, chunks, counts: {}, marks: [], due, ...(rows !== undefined && { rows }) },
});

/** Finishing failed in all tries of a message: another one tries. */
export const finishAgain = (tries: number, due: Millis): Move => ({
  name: 'finish again',
  from: ['running'],
  phases: ['finishing'],
  set: { tries, due },
});

/** What every end sets. */
export interface Ending {
  finishedAt: Millis;
  deliveries: JobPatch['deliveries'] & object;
  due: Millis | null;
}

/** Results are written: the end. */
export const end = (
  job: Job,
  state: Extract<State, 'completed' | 'incomplete' | 'failed' | 'cancelled'>,
  set: Ending & {
    rows: number;
    counts: Counts;
    usage: Usage;
    files: JobFiles;
    failure?: JobFailure;
    result?: JobResult;
  },
): Move => ({
  name: 'end',
  from: ['running'],
  phases: ['finishing'],
  ...asSeen(job),
  set: { state, phase: null, ...set },
});

/** The work cannot be done: `incomplete` when rows were applied and kept, else `failed`; a job that was to be cancelled is. Allowed from any unfinished state, or only in `phases` when the caller knows no more than these. */
export const fail = (
  job: Job,
  state: 'incomplete' | 'failed' | 'cancelled',
  set: Ending & { failure: JobFailure; counts: Counts },
  phases?: readonly Phase[],
): Move => ({
  name: 'fail',
  from: phases ? ['running'] : unfinishedStates,
  ...(phases && { phases }),
  // The counts are those that were looked at.
  accounts: job.done.length,
  set: { state, phase: null, ...set },
});

/** Holds the job: workers hand over what they have done and stop. Not while it is being stopped for good. */
export const pause = (job: Job, now: Millis, due: Millis): Move => ({
  name: 'pause',
  from: [job.state],
  stop: null,
  set: {
    state: 'paused',
    pausedAt: now,
    resumeTo: job.state === 'scheduled' ? 'scheduled' : 'pending',
    held: true,
    due,
  },
});

/** Lets a paused job go on where it was; when its time has passed meanwhile, it may begin. */
export const resume = (job: Job, now: Millis, due: Millis): Move => ({
  name: 'resume',
  from: ['paused'],
  set: {
    state: job.resumeTo === 'scheduled' && (job.ticket || (job.beginsAt ?? 0) > now) ? 'scheduled' : 'pending',
    pausedAt: null,
    resumeTo: null,
    due,
  },
});

/** Ends at once a job that has written nothing: one without a plan, or an export. */
export const cancel = (job: Job, set: Ending): Move => ({
  name: 'cancel',
  from: unfinishedStates,
  ...asSeen(job),
  set: { state: 'cancelled', phase: null, ...set },
});

/**
 * Begins the early end of a job over rows: chunks that were never sent are left out, those that may be in work are told what
 * they did. The size of the ledger tells which those are, so nobody may account a chunk between the look and the move.
 */
export const stop = (job: Job, why: Stop, chunks: number, due: Millis): Move => ({
  name: 'stop',
  from: ['pending', 'running', 'paused'],
  phases: ['processing', 'finishing'],
  accounts: job.done.length,
  ...asSeen(job),
  set: { state: 'running', stop: why, chunks: Math.min(chunks, job.chunks ?? 0), pausedAt: null, resumeTo: null, due },
});

/**
 * Says when to look again, and of a job that stands still, where; without any other change. Only while the job is in the state in
 * which it was seen: whoever moved it on has said when to look at it, and a late word must not put that off.
 */
export const lookAgain = ({ state }: Pick<Job, 'state'>, due: Millis | null, standing?: Job['standing']): Move => ({
  name: 'look',
  from: [state],
  set: { due, ...(standing && { standing }) },
});

/** What every end asks for is done, and the reports are on their way. */
export const close = (due: Millis | null): Move => ({
  name: 'close',
  from: terminalStates,
  set: { closed: true, due },
});

/** Result files are gone from the store. */
export const forget = (files: JobFiles, due: Millis | null): Move => ({
  name: 'forget',
  from: terminalStates,
  set: { files, due },
});
