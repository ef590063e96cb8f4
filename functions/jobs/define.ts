// How a job type is written down: one file under types/, one line in the registry. Everything else follows by loops.
import type { z } from 'zod';
import type { Header, InputRow } from '../files/rows.ts';
import type { ClientId, Job, Outcome } from './job.ts';
import type { Client, Ports, RecordTable } from './ports.ts';

export { outcomes } from './job.ts';
export { recordTables } from './ports.ts';

/** What a type's work touches; infra turns each word into the least grants that allow it. */
export type Need =
  | 'profiles:read'
  | 'profiles:write'
  | 'lists:read'
  | 'lists:write'
  | 'lists:erase'
  | 'exports:write'
  | `${RecordTable}:${'read' | 'write'}`;

/** A slice of the user base: the members whose shard is in [from, to). */
export interface Slice {
  from: number;
  to: number;
}

/** What the work of one job sees. `prepared` is what the type's own `prepare` returned, the same for every chunk. */
export interface JobContext<P, S> {
  ports: Ports;
  client: Client;
  job: Job;
  params: P;
  prepared: S;
}

/** A row understood. Rows of one job with the same key are one person's: they are merged in file order. */
export interface Entry {
  key: string;
}

/** What became of an entry, or would become of it. */
export interface Forecast {
  outcome: Outcome;
  /** Absent when nothing is left to be written for it. */
  change?: Change;
}

/** What would be written. */
export interface Change {
  /** For the person who plans the job: whose, from what, to what. */
  email: string;
  before: Readonly<Record<string, unknown>>;
  after: Readonly<Record<string, unknown>>;
  /** About how many DynamoDB write units it costs. */
  writeUnits: number;
}

/** Work over the rows of a file, a URL or a list of addresses. */
export interface RowWork<P, S, E extends Entry> {
  kind: 'rows';
  /** The refusal when the request names no source. */
  noSource: string;
  /** Once, after the whole input was planned and before any row runs: the first writes (none in mode `plan`). Must be repeatable. */
  prepare(context: Omit<JobContext<P, never>, 'prepared'>, header: Header): Promise<S>;
  /** Checks the header before anything is written; throws Reject, or returns warnings. */
  check?(params: P, header: Header): string[];
  /** One row understood, or the reason why it is rejected. Pure. */
  parse(context: JobContext<P, S>, row: InputRow): E | { reject: string };
  /** Two rows of one key: `later` wins where both speak. Pure. */
  merge(earlier: E, later: E): E;
  /** Writes what is to be written; one outcome for each entry, in their order. No key comes twice. Must be repeatable. */
  apply(context: JobContext<P, S>, entries: readonly E[]): Promise<Outcome[]>;
  /** Writes nothing: what `apply` has done, or would do. One forecast for each entry, in their order, from a consistent read. */
  look(context: JobContext<P, S>, entries: readonly E[]): Promise<Forecast[]>;
  /** Once all chunks are accounted; not in mode `plan`. Must be repeatable. */
  finish?(context: JobContext<P, S>): Promise<void>;
}

/** What a slice of an export wrote. */
export interface SliceResult {
  rows: number;
  /** Facts that `settle` needs to judge the plan by. */
  marks: string[];
}

/** Work over slices of the user base that writes one file. */
export interface SliceWork<P, S> {
  kind: 'slices';
  contentType: string;
  filename(params: P): string;
  /** How to cut the work, and the guess that all slices share. */
  prepare(context: Omit<JobContext<P, never>, 'prepared'>): Promise<{ slices: Slice[]; prepared: S }>;
  /** The file's first bytes. */
  header(context: JobContext<P, S>): string;
  /** Streams a slice's lines; returns what it saw. */
  write(context: JobContext<P, S>, slice: Slice): AsyncGenerator<string, SliceResult>;
  /** After all slices, with all their marks in order: a better guess when the one they shared was wrong (they run again), or undefined when it was right. */
  settle(prepared: S, marks: readonly string[]): S | undefined;
  /** Once the file is written. Must be repeatable. */
  finish?(context: JobContext<P, S>): Promise<void>;
}

export interface JobType<P = unknown, S = unknown, E extends Entry = Entry> {
  /** Its wire name in the Sailthru API, in the registry, in queue and function names. */
  name: string;
  /** Other names that clients send. */
  aliases?: readonly string[];
  params: z.ZodType<P>;
  /** Lookups that decide whether the request can become a job; throws Refusal. */
  admit?(params: P, client: ClientId, ports: Pick<Ports, 'lists'>): Promise<void>;
  /** The generated name of a job. */
  title(params: P): string;
  /** Keys that answers repeat. */
  echo(params: P): Record<string, unknown>;
  needs: readonly Need[];
  /** Who is hurt when jobs of this type fail, for the alarm's text. */
  hurt: string;
  work: RowWork<P, S, E> | SliceWork<P, S>;
}

/** Types its argument; the registry holds the result without the type parameters. */
export const defineJobType = <P, S, E extends Entry>(type: JobType<P, S, E>): JobType => type as unknown as JobType;
