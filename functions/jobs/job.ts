// What a job is: the one record that the engine stores, and the words for its parts.
import { randomBytes } from 'node:crypto';
import type { JobResult } from './define.ts';
import type { Usage } from './usage.ts';

/** 24 lower-case hex digits; the first 8 are the creation time in Unix seconds (ObjectId shape, as clients expect). */
export type JobId = string;
/** A tenant's id. Nothing ever crosses from one client to another. */
export type ClientId = string;
/** Milliseconds since the Unix epoch, UTC. */
export type Millis = number;

/** The stored state. What a door shows for each is that door's business. */
export type State =
  | 'scheduled'
  | 'pending'
  | 'running'
  | 'paused'
  | 'completed'
  | 'incomplete'
  | 'failed'
  | 'cancelled';

/** What a running job is doing. */
export type Phase = 'downloading' | 'splitting' | 'processing' | 'finishing';

/** What became of a row: exactly one for each. */
export const outcomes = [
  'created',
  'updated',
  'unchanged',
  'duplicate',
  'skipped',
  'rejected',
  'not_processed',
] as const;
export type Outcome = (typeof outcomes)[number];
/** Outcomes of rows read, and rows that an export wrote. */
export type Counts = Partial<Record<Outcome | 'exported', number>>;

export type DoorName = 'sailthru' | 'greenarrow' | 'append' | 'console' | 'drop';

/** Where a job's rows come from. */
export type Source =
  | { kind: 'addresses'; key: string }
  | { kind: 'file'; key: string; filename?: string }
  | { kind: 'url'; url: string }
  /** What the type selects out of what is kept, and once that was done where it was written down. */
  | { kind: 'selection' }
  /** The rows that an ended job rejected or did not process, out of its result files. */
  | { kind: 'rest'; of: JobId };

/** A promise to take one file of exactly `size` bytes at `key`: the job waits for it until `expiresAt`. */
export interface Ticket {
  key: string;
  filename: string;
  size: number;
  /** True when `size` is the most that the file may have. */
  upTo?: true;
  expiresAt: Millis;
}

/** Why a job over rows is being brought to its end early: somebody asked for it, or too many rows were rejected. */
export type Stop = 'cancel' | 'errors';

/** When a job is going so wrong that it must stop: more than `maxErrors` rows rejected, or more than `maxErrorPct` of 100. */
export interface ErrorBudget {
  maxErrors?: number;
  maxErrorPct?: number;
}

/** Why a job failed: `input` the caller's data, `remote` another server, `timeout` a time limit, `internal` ours. */
export interface JobFailure {
  class: 'input' | 'remote' | 'timeout' | 'internal';
  message: string;
}

/** A file that a job made. `expiresAt` is when its link and the object itself end. */
export interface ResultFile {
  key: string;
  filename: string;
  size: number;
  expiresAt: Millis;
  removed?: boolean;
}

/** What a job may leave behind for its caller. */
export const fileKinds = ['export', 'rejected', 'notProcessed', 'changes'] as const;
export type FileKind = (typeof fileKinds)[number];
export type JobFiles = Partial<Record<FileKind, ResultFile>>;

/** URLs of a job's files, as they are shown. */
export interface Links extends Partial<Record<FileKind, string>> {
  /** True when the job made an export whose link has ended. */
  expired?: boolean;
}

export type Channel = 'mail' | 'postback';

/** One report on its way. `attempts` also serves as the version that guards concurrent deliveries. */
export interface Delivery {
  state: 'due' | 'sending' | 'delivered' | 'failed';
  attempts: number;
  /** How many of the attempts were made before somebody asked for the report once more: the delays begin anew behind them. */
  before?: number;
  /** When the last attempt was made. */
  at?: Millis;
  /** What came of it: an HTTP status or a word such as `refused`. Never a body. */
  answer?: string;
}

export interface Job {
  id: JobId;
  client: ClientId;
  /** Name of the job type in the registry. */
  type: string;
  door: DoorName;
  /** The generated name that is shown, such as `List Import: Main`. */
  name: string;
  /** The parameters as the job type's schema returned them. */
  params: Record<string, unknown>;
  /** Keys that a door repeats in its answers, such as `list`. */
  echo: Record<string, unknown>;
  source?: Source;
  /** `plan`: the whole input is read and matched, and nothing is written. */
  mode?: 'plan';
  /** The job whose rows this one brings again. */
  parent?: JobId;
  errorBudget?: ErrorBudget;
  state: State;
  phase?: Phase;
  createdAt: Millis;
  /** Not before this; absent when it may begin at once. */
  beginsAt?: Millis;
  /** The upload that the job waits for. */
  ticket?: Ticket;
  startedAt?: Millis;
  finishedAt?: Millis;
  /** When each phase was first entered. */
  times: Partial<Record<Phase, Millis>>;
  /** Of a paused job: since when, and where resuming leads. */
  pausedAt?: Millis;
  resumeTo?: 'scheduled' | 'pending';
  /** Set while the job is being brought to an early end: from then on nothing more is written to the user base. */
  stop?: Stop;
  /** When the sweeper looks at the job again; absent when nothing is left to do for it. */
  due?: Millis;
  /** Failed tries of the present step, and when the next one comes: set while a download waits for its next try. */
  tries?: number;
  retryAt?: Millis;
  /** Key of the plan; absent until planned. Each planning has its own, so that two planners cannot mix. */
  plan?: string;
  /** How many chunks are to be accounted: those of the plan, fewer once the job is being stopped; absent until planned. */
  chunks?: number;
  /** Data rows that the planner counted; absent until planned. */
  rows?: number;
  /** The ledger: chunk numbers that are accounted. */
  done: readonly number[];
  /** The ledger: of chunks that were handed over half-way, how many of their rows are accounted. */
  reached: Readonly<Record<number, number>>;
  /** The ledger: outcomes of the accounted rows. */
  counts: Counts;
  /** The ledger: rejected and skipped rows by reason. Reasons are sentences of ours and never hold what was read. */
  reasons: Readonly<Record<string, number>>;
  /** The ledger: what the work has used so far. */
  usage: Usage;
  /** Facts that chunks reported besides counts, as a set of words; `marks.ts` writes and reads them. */
  marks: readonly string[];
  /** Notes for the person who sent the file, such as an ignored column. */
  warnings: readonly string[];
  /** Files for the caller, by what they are. */
  files: JobFiles;
  failure?: JobFailure;
  /** What the job found out, for its answers. */
  result?: JobResult;
  reportEmail?: string;
  postbackUrl?: string;
  deliveries: Partial<Record<Channel, Delivery>>;
  /** Set once a person has paused the job: its time is no measure of ours. */
  held?: true;
  /** Where the sweeper found the job at its last look, in a word, and since when it had stood there. */
  standing?: { at: string; since: Millis };
  /** The event of the job's end is out, and its work removed. */
  closed?: true;
}

export const terminalStates: readonly State[] = ['completed', 'incomplete', 'failed', 'cancelled'];
export const unfinishedStates: readonly State[] = ['scheduled', 'pending', 'running', 'paused'];

/** True when nothing can change the job's state any more. */
export const isEnded = (job: Pick<Job, 'state'>): boolean => terminalStates.includes(job.state);

/** A new id for a job (or anything else that wears the ObjectId shape) made at `now`. */
export const newId = (now: Millis): string =>
  Math.floor(now / 1000)
    .toString(16)
    .padStart(8, '0') + randomBytes(8).toString('hex');

/** Rows that are in the user base as they were sent. */
export const appliedRows = ({ created = 0, updated = 0, unchanged = 0, duplicate = 0 }: Counts): number =>
  created + updated + unchanged + duplicate;

/** Rows that have an outcome so far. */
export const accountedRows = (counts: Counts): number =>
  outcomes.reduce((sum, outcome) => sum + (counts[outcome] ?? 0), 0);
