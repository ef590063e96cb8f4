// The ports behind which things are kept: jobs with their ledgers, profiles, lists, and small records.
import type { Channel, ClientId, Counts, Delivery, Job, JobId, Millis } from './job.ts';
import type { ListId, Profile, ProfileChange, Sid } from './profile.ts';
import type { Move } from './states.ts';
import type { Usage } from './usage.ts';

/**
 * The account of a chunk, or of the part of it that one worker did: chunk number into the set, everything else added, in one
 * conditional update.
 */
export interface LedgerEntry {
  chunk: number;
  /** How many rows of the chunk were accounted before: where this part begins. */
  from: number;
  /** How many are accounted with this part, when the rest is left to another worker; absent when the chunk is done. */
  reached?: number;
  counts: Counts;
  /** Rejected and skipped rows by reason. */
  reasons?: Readonly<Record<string, number>>;
  usage?: Partial<Usage>;
  marks?: readonly string[];
  /** The job's next look by the sweeper. */
  due: Millis;
}

export interface Claim {
  client: ClientId;
  /** The Idempotency-Key header, or the name of the event that asks for the job. */
  key: string;
  /** Hash over the whole request; the same key with another fingerprint is a conflict. */
  fingerprint: string;
  job: JobId;
  /** After this the key may be used again. */
  expiresAt: Millis;
}

/** What a worker must know of its job between two batches. */
export type Glance = Pick<Job, 'state' | 'stop' | 'counts' | 'done'>;

/** A part of a client's jobs in the order of `rank.ts`. */
export interface JobPage {
  /** At most 2,000. */
  limit: number;
  /** The rank behind which the page begins. */
  after?: string;
  /** The beginning of ranks before which it ends. */
  before?: string;
  /** Only those that have not ended, or only those that have. */
  only?: 'unfinished' | 'ended';
}

export interface Jobs {
  /** Writes a new job. False when a job with this id exists; nothing is changed then. */
  create(job: Job): Promise<boolean>;
  /** Takes an idempotency key, or returns the claim that holds it. Claims end by the store's own clock. */
  claim(claim: Claim): Promise<Claim>;
  /** The job as last written (a consistent read). */
  read(id: JobId): Promise<Job | undefined>;
  /** Makes a move if the job is in one of the move's prior states: the job after it, or undefined when refused. */
  move(id: JobId, move: Move): Promise<Job | undefined>;
  /** A little of the job, cheap to ask for again and again; may be a moment old. */
  glance(id: JobId): Promise<Glance | undefined>;
  /**
   * Accounts a chunk, or a part of it, once. `accounted` is false when the chunk's number was in the set already or is not below
   * `chunks`, when not exactly `from` of its rows were accounted before, or when the job is neither running nor paused; the job
   * is as it stands either way. Throws when there is no such job.
   */
  account(id: JobId, entry: LedgerEntry): Promise<{ accounted: boolean; job: Job }>;
  /** Writes a delivery if the stored one still has `was` attempts; false also when the job has no such channel. */
  deliver(id: JobId, channel: Channel, was: number, delivery: Delivery): Promise<boolean>;
  /** The client's jobs in the order of their ranks. One indexed query, which costs what the page holds; may be a moment old. */
  list(client: ClientId, page: JobPage): Promise<Job[]>;
  /**
   * The client's jobs whose ids lie in [first, last], in order of id, at most 100. One indexed query. Prefixes of ids will do
   * for ends: `last` takes in all that begin with it.
   */
  between(client: ClientId, first: JobId, last: JobId): Promise<Job[]>;
  /** Up to `limit` jobs whose `due` has passed, oldest first. One indexed query. */
  due(now: Millis, limit: number): Promise<Job[]>;
}

export interface Profiles {
  /** How many rows to read and apply in one go: what is fast for this store. */
  readonly batch: number;
  /** How many such batches at once: more than one where the time goes into waiting. */
  readonly parallel: number;
  /** The profiles of these sids, in any order; missing ones are left out. `fresh` asks for a consistent read. */
  read(client: ClientId, sids: readonly Sid[], options?: { fresh?: boolean }): Promise<Profile[]>;
  /**
   * Applies changes, the member items of a change before its profile. Returns the sids whose `kind` no longer held
   * (someone else created or removed the profile): nothing was written to those profiles. No sid may come twice.
   */
  apply(client: ClientId, changes: readonly ProfileChange[]): Promise<Sid[]>;
  /** The members of a list whose shard is in [from, to), ordered by sid, in batches. The profile decides who is a member. */
  members(client: ClientId, list: ListId, from: number, to: number): AsyncIterable<Profile[]>;
  /** All profiles of the client whose shard is in [from, to), ordered by sid, in batches. */
  scan(client: ClientId, from: number, to: number): AsyncIterable<Profile[]>;
}

/** What a team says of a list. */
export interface ListDetails {
  /** Makes a smart list: nobody joins it, whoever matches the query (as it came over the wire) when it is asked is in it. */
  query?: Record<string, unknown>;
  primary?: boolean;
  publicName?: string;
  /** Variables of the list itself. */
  custom?: Record<string, unknown>;
}

export interface List {
  id: ListId;
  name: string;
  createdAt: Millis;
  /** Variables that imports into this list have set: a guess at an export's columns, checked by the export itself. */
  vars: readonly string[];
  /** About how many members; for planning only. */
  sizeHint: number;
  details: ListDetails;
}

export interface Lists {
  find(client: ClientId, name: string): Promise<List | undefined>;
  /** The list of that name, created when missing. Two callers at once get the same list. */
  ensure(client: ClientId, name: string, now: Millis): Promise<List>;
  /** Sets those details that are given, on the list of that name, which is made when missing. The list after it. */
  describe(client: ClientId, name: string, details: ListDetails, now: Millis): Promise<List>;
  /**
   * Ends lists, however many members they have: these keep an id that nothing leads to any more, and a list made later under
   * the same name has another. A name that belongs to another id by now is left alone. How many lists were ended.
   */
  erase(client: ClientId, lists: readonly Pick<List, 'name' | 'id'>[]): Promise<number>;
  /** All lists of the client, in order of name. */
  all(client: ClientId): Promise<List[]>;
  /** Adds variables to what is known of a list and sets its size hint to at least `size`; `exact`: replaces what was known of both. */
  learn(
    client: ClientId,
    name: string,
    news: { vars?: readonly string[]; exact?: boolean; size?: number },
  ): Promise<void>;
}

/** What is kept besides profiles and lists, a table for each concern. */
export const recordTables = ['aliases', 'purchases', 'content', 'sends', 'blasts', 'recipients', 'appends'] as const;
export type RecordTable = (typeof recordTables)[number];

/** Where a record lies: in a part of a client's table, in the order of `sort` there. Both are texts of ours, at most 500 characters. */
export interface RecordKey {
  part: string;
  sort: string;
}

export interface StoredRecord extends RecordKey {
  /** Changes with every write, and is never 0. */
  version: number;
  value: Record<string, unknown>;
}

export interface RecordWrite extends RecordKey {
  /** What is to be there; absent removes the record. */
  value?: Record<string, unknown>;
  /** The version that was read, 0 for none: the write holds only while it is still so. Absent: whatever is there. */
  was?: number;
  /** When the record may be forgotten; it may be read for some days more. */
  expiresAt?: Millis;
}

/** Small JSON records (up to 100,000 characters) of a client, by key and in ranges. */
export interface Records {
  /** How many records to read and write in one go: what is fast for this store. */
  readonly batch: number;
  /** The records of these keys, in any order; missing ones are left out. `fresh` asks for a consistent read. */
  read(
    client: ClientId,
    table: RecordTable,
    keys: readonly RecordKey[],
    options?: { fresh?: boolean },
  ): Promise<StoredRecord[]>;
  /** Writes each record or not, by its own condition, in any order. The keys whose condition did not hold. No key may come twice. */
  write(client: ClientId, table: RecordTable, writes: readonly RecordWrite[]): Promise<RecordKey[]>;
  /**
   * The records of a part with `sort` in [from, to), in order or the other way round, in batches. May be a moment old, unless
   * `fresh` asks for a consistent read.
   */
  range(
    client: ClientId,
    table: RecordTable,
    part: string,
    options?: { from?: string; to?: string; descending?: boolean; limit?: number; fresh?: boolean },
  ): AsyncIterable<StoredRecord[]>;
}
