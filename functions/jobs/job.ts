// What a job is: the one record that the engine stores, and the words for its parts.
import { randomBytes } from 'node:crypto';

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

/** Where a job's rows come from. Every source but `url` already lies in the store when the job is written. */
export type Source =
  | { kind: 'addresses'; key: string }
  | { kind: 'file'; key: string; filename?: string }
  | { kind: 'url'; url: string };

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

/** URLs of a job's files, as they are shown. */
export interface Links {
  export?: string;
  rejected?: string;
  /** True when the job made an export whose link has ended. */
  expired?: boolean;
}

export type Channel = 'mail' | 'postback';

/** One report on its way. `attempts` also serves as the version that guards concurrent deliveries. */
export interface Delivery {
  state: 'due' | 'sending' | 'delivered' | 'failed';
  attempts: number;
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
  state: State;
  phase?: Phase;
  createdAt: Millis;
  startedAt?: Millis;
  finishedAt?: Millis;
  /** When the sweeper looks at the job again; absent when nothing is left to do for it. */
  due?: Millis;
  /** Failed tries of the present step, and when the next one comes: set while a download waits for its next try. */
  tries?: number;
  retryAt?: Millis;
  /** Key of the plan; absent until planned. Each planning has its own, so that two planners cannot mix. */
  plan?: string;
  /** How many chunks the plan has; absent until planned. */
  chunks?: number;
  /** Data rows that the planner counted; absent until planned. */
  rows?: number;
  /** The ledger: chunk numbers that are accounted. */
  done: readonly number[];
  /** The ledger: outcomes of the accounted chunks. */
  counts: Counts;
  /** Facts that chunks reported besides counts, as a set of words; `marks.ts` writes and reads them. */
  marks: readonly string[];
  /** Notes for the person who sent the file, such as an ignored column. */
  warnings: readonly string[];
  /** Files for the caller, by what they are. */
  files: { export?: ResultFile; rejected?: ResultFile };
  failure?: JobFailure;
  reportEmail?: string;
  postbackUrl?: string;
  deliveries: Partial<Record<Channel, Delivery>>;
}

export const terminalStates: readonly State[] = ['completed', 'incomplete', 'failed', 'cancelled'];

/** True when nothing can change the job's state any more. */
export const isEnded = (job: Pick<Job, 'state'>): boolean => terminalStates.includes(job.state);

/** A new id for a job (or anything else that wears the ObjectId shape) made at `now`. */
export const newId = (now: Millis): string =>
  Math.floor(now / 1000)
    .toString(16)
    .padStart(8, '0') + randomBytes(8).toString('hex');

/** Rows that have an outcome so far. */
export const accountedRows = (counts: Counts): number =>
  outcomes.reduce((sum, outcome) => sum + (counts[outcome] ?? 0), 0);
