// How a job type is written down: one file under types/, one line in the registry. Everything else follows by loops.
import type { z } from 'zod';
import type { GivenColumns } from '../files/given-columns.ts';
import type { Header, InputRow } from '../files/rows.ts';
import type { ClientId, Job, Outcome } from './job.ts';
import type { Client, ClientSettings, Ports, RecordTable } from './ports.ts';

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

/** A slice of what a type works through: of the user base the profiles whose shard is in [from, to), else what the type says. */
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

/** A row understood. Rows of one job with the same key are about one thing: they are merged in file order. */
export interface Entry {
  key: string;
}

/**
 * What became of an entry: an outcome, that it was skipped for a reason, or that its rows are rejected after all, since what they
 * name is not there. With a `text` where the work has an `output`.
 */
export type Applied = Outcome | (({ outcome: Outcome } | { skip: string } | { reject: string }) & { text?: string });

/** What became of an entry, or would become of it. */
export interface Forecast {
  outcome: Outcome;
  /** Absent when nothing is left to be written for it. */
  change?: Change;
  /** Why, when the outcome is `rejected` or `skipped`. */
  reason?: string;
}

/** What would be written. */
export interface Change {
  /** For the person who plans the job: whose (the address, or the name of what is changed), from what, to what. */
  email: string;
  before: Readonly<Record<string, unknown>>;
  after: Readonly<Record<string, unknown>>;
  /** About how many DynamoDB write units it costs. */
  writeUnits: number;
}

/** Rows that are chosen out of what is kept: slices are read in parallel, and what they choose is written down before any of it is changed. */
interface Selection<P> {
  /** Whether the request asks for it; asked only when it names no other source. */
  selects(raw: Record<string, unknown>): boolean;
  slices(context: SelectionContext<P>): Promise<Slice[]>;
  /** Streams the lines that the slice chooses, without line ends. Must be repeatable. */
  lines(context: SelectionContext<P>, slice: Slice): AsyncGenerator<string[]>;
}
type SelectionContext<P> = Omit<JobContext<P, never>, 'prepared'>;

/** What a job found out, under the keys that answers show it. At most 100,000 characters as JSON. */
export type JobResult = Record<string, unknown>;

/** Where the rows of a type may come from. A file may come with the request, by `url`, or later by a ticket. */
export type RowSource = 'file' | 'emails' | 'selection' | 'params';

/** A file with a text for each row, in the order of the rows: the texts are joined by `between`, and stand between `head` and `tail`. */
export interface RowOutput<P, S> {
  contentType: string;
  name(context: JobContext<P, S>): string;
  head: string;
  between: string;
  tail: string;
}

/** How a table is written, when the request says so; what is left out is detected. */
export interface Reading {
  columns: GivenColumns;
  /** Of bytes that came from elsewhere. */
  latin1?: boolean;
  /** Cells are enclosed in single quotes instead of double ones. */
  singleQuotes?: boolean;
}

/** Work over the rows of a file, a URL, a list of addresses, or of what the type itself selects. */
export interface RowWork<P, S, E extends Entry> {
  kind: 'rows';
  sources: readonly RowSource[];
  /** The refusal when the request names no source. */
  noSource: string;
  /** Rows that stand in the request's own parameters (source `params`), one a line. Throws Refusal. */
  given?(raw: Record<string, unknown>): string[];
  /** Source `selection`. */
  select?: Selection<P>;
  /**
   * Present when the input is no table: every line is a row with one cell. The key of a line: rows that share it belong together.
   * Pure, and quick: it is asked of every line before any is parsed. Undefined for a line that has none.
   */
  keyOf?(line: string): string | undefined;
  /** Beside `keyOf`: several JSON objects on one line, separated by spaces, are rows of their own. */
  objects?: true;
  /** Makes lines of an input that is written otherwise, as a stream. */
  toLines?(bytes: AsyncIterable<Uint8Array>): AsyncIterable<Uint8Array>;
  /** The texts that `apply` gives become a file for the caller. Such work sets no rows apart: `keyOf` gives no keys. */
  output?: RowOutput<P, S>;
  /** How the file of the job is to be read; undefined to find out by looking at it. */
  reading?(params: P): Reading | undefined;
  /** Once, after the whole input was planned and before any row runs: the first writes (none in mode `plan`). Must be repeatable. */
  prepare(context: Omit<JobContext<P, never>, 'prepared'>, header: Header): Promise<S>;
  /** Checks the header before anything is written; throws Reject, or returns warnings. */
  check?(params: P, header: Header): string[];
  /** One row understood, or the reason why it is rejected. Pure. */
  parse(context: JobContext<P, S>, row: InputRow): E | { reject: string };
  /** Two rows of one key: `later` wins where both speak. Pure. */
  merge(earlier: E, later: E): E;
  /** Writes what is to be written; what became of each entry, in their order. No key comes twice. Must be repeatable. */
  apply(context: JobContext<P, S>, entries: readonly E[]): Promise<Applied[]>;
  /** Writes nothing: what `apply` has done, or would do. One forecast for each entry, in their order, from a consistent read. */
  look(context: JobContext<P, S>, entries: readonly E[]): Promise<Forecast[]>;
  /** Once all chunks are accounted; not in mode `plan`. May tell what was found out. Must be repeatable. */
  finish?(context: JobContext<P, S>): Promise<JobResult | undefined>;
}

/** What a slice of an export wrote. */
export interface SliceResult {
  rows: number;
  /** Facts that `settle` needs to judge the plan by. */
  marks: string[];
}

/** The file that the texts of all slices are joined into. */
export interface SliceFile<P, S> {
  contentType: string;
  name(context: JobContext<P, S>): string;
  /** The file's first bytes. */
  header(context: JobContext<P, S>): string;
}

/** Work over slices of what is kept that writes one file, or finds something out. */
export interface SliceWork<P, S> {
  kind: 'slices';
  file?: SliceFile<P, S>;
  /** How to cut the work, and the guess that all slices share. */
  prepare(context: Omit<JobContext<P, never>, 'prepared'>): Promise<{ slices: Slice[]; prepared: S }>;
  /** Streams a slice's text; returns what it saw. */
  write(context: JobContext<P, S>, slice: Slice): AsyncGenerator<string, SliceResult>;
  /** After all slices, with all their marks in order: a better guess when the one they shared was wrong (they run again), or undefined when it was right. */
  settle?(prepared: S, marks: readonly string[]): S | undefined;
  /** Once all slices are written, with the texts of the slices in order. May tell what was found out. Must be repeatable. */
  finish?(context: JobContext<P, S>, texts: AsyncIterable<string>): Promise<JobResult | undefined>;
}

export interface JobType<P = unknown, S = unknown, E extends Entry = Entry> {
  /** Its wire name in the Sailthru API, in the registry, in queue and function names. */
  name: string;
  /** Other names that clients send. */
  aliases?: readonly string[];
  params: z.ZodType<P>;
  /** Lookups that decide whether the request can become a job; throws Refusal. */
  admit?(
    params: P,
    client: ClientId,
    ports: Pick<Ports, 'lists' | 'records' | 'clock'>,
    settings: ClientSettings,
  ): Promise<void>;
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
