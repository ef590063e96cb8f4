// What the domain asks of the world. Two sets of implementations keep these promises: functions/aws and functions/embedded.
import type { Client, Clients } from './client.ts';
import type { Channel, ClientId, Counts, Delivery, DoorName, Job, JobId, Links, Millis } from './job.ts';
import type { ListId, Profile, ProfileChange, Sid } from './profile.ts';
import type { Move } from './states.ts';
import type { Tuning } from './tuning.ts';
import type { Usage } from './usage.ts';

export { type Client, type ClientSettings, type Clients, defaultSettings } from './client.ts';

interface Clock {
  now(): Millis;
}

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

export interface FileInfo {
  size: number;
  /** Changes whenever the object does. */
  etag: string;
}

/** Objects by key. The first segment of a key is its area: `uploads/`, `exports/` or `jobs/`. Keys never come from callers' text. */
export interface Files {
  /** Streams bytes into an object, whole or not at all. Throws Refusal `too_large` past `maxBytes`. */
  put(
    key: string,
    body: AsyncIterable<Uint8Array> | Uint8Array | string,
    options?: { contentType?: string; filename?: string; maxBytes?: number },
  ): Promise<FileInfo>;
  /** Streams an object, or bytes [start, end) of it. Throws FileGone when it is missing or no longer has `etag`. */
  get(key: string, options?: { start?: number; end?: number; etag?: string }): AsyncIterable<Uint8Array>;
  head(key: string): Promise<FileInfo | undefined>;
  /** Makes one object out of `parts` in their order, without passing large parts through this process where the store can. */
  join(key: string, parts: readonly string[], options: { contentType: string; filename: string }): Promise<FileInfo>;
  /** A URL by which anyone may GET the object until `expiresAt`; the object's own filename and type go with it. */
  link(key: string, expiresAt: Millis): Promise<string>;
  /**
   * A URL by which anyone may PUT one object at `key` until `expiresAt`. Whoever reads it looks at its size first: not every
   * store refuses more than `maxBytes`.
   */
  putLink(key: string, options: { maxBytes: number; expiresAt: Millis }): Promise<string>;
  /**
   * A form by which anyone may put one object of exactly `size` bytes at `key` until `expiresAt`: a multipart POST to `url` of
   * all `fields`, then the part `file`.
   */
  ticket(
    key: string,
    options: { size: number; expiresAt: Millis },
  ): Promise<{ url: string; fields: Record<string, string> }>;
  /** The keys that begin with `prefix`, in order. */
  list(prefix: string): Promise<string[]>;
  /** Removes objects; missing ones are fine. */
  remove(keys: readonly string[]): Promise<void>;
}

/** The object is not there, or is not the one it was. */
export class FileGone extends Error {
  override readonly name = 'FileGone';
}

/** Messages carry ids and are only hints: any may come twice, late, or for a job that has nothing left to do. */
export type Message =
  | { v: 1; kind: 'plan'; job: JobId }
  /** `tell`: the chunk could not be done in all its tries. Nothing of it is written any more; what was done is told. */
  | { v: 1; kind: 'chunk'; job: JobId; chunk: number; tell?: true }
  | { v: 1; kind: 'report'; job: JobId; channel: Channel };

/** `plan`, `report`, or `lane-<job type>`. */
export type QueueName = 'plan' | 'report' | `lane-${string}`;

/** How long the caller of the engine may still run, in milliseconds; a Lambda's remaining time. */
export type TimeLeft = () => number;

export interface Work {
  /** Sends all messages or throws. `group` (the client) lets queues be fair between clients. Delay at most 900 s. */
  send(
    queue: QueueName,
    messages: readonly Message[],
    options: { group: ClientId; delaySeconds?: number },
  ): Promise<void>;
}

export interface MailMessage {
  /** Same id, same mail: a store that can tell drops the second. */
  id: string;
  to: string;
  subject: string;
  text: string;
  html: string;
}

export interface Mail {
  send(message: MailMessage): Promise<void>;
}

/** What happened, for other systems of whoever runs this one. May come twice, late, and in any order. */
export interface DomainEvent {
  /** The same thing that happened has the same id, however often it is told. */
  id: string;
  kind: 'job.ended' | 'send.due' | 'user.event';
  client: ClientId;
  at: Millis;
  /** Ids, codes and numbers only, as in a log. */
  detail: Readonly<Record<string, string | number | boolean | Readonly<Record<string, number>>>>;
}

export interface Events {
  /** Tells all events or throws: some may have been told then. */
  publish(events: readonly DomainEvent[]): Promise<void>;
}

/** Posts a body to a URL that a client named. */
export interface Hooks {
  /** The HTTP status. Throws BlockedAddress for an address that must not be reached, any other error for a failed attempt. */
  post(url: string, body: string, headers: Record<string, string>): Promise<number>;
  /** The same for a GET. */
  get(url: string): Promise<number>;
}

/** Reads a URL that a client named. */
export interface Pulls {
  /** Streams the body. Throws BlockedAddress, Refusal `too_large`, PullFailed. */
  open(url: string, maxBytes: number): AsyncIterable<Uint8Array>;
  /** Throws BlockedAddress when the URL is not http(s) or names a forbidden address literally. Looks nothing up. */
  check(url: string): void;
}

export class BlockedAddress extends Error {
  override readonly name = 'BlockedAddress';
}

/** The other server did not give the file: `again` when it might later, `timeout` when all the time there is was used up. */
export class PullFailed extends Error {
  override readonly name = 'PullFailed';
  readonly reason: 'again' | 'refused' | 'timeout';
  constructor(message: string, reason: 'again' | 'refused' | 'timeout') {
    super(message);
    this.reason = reason;
  }
}

export interface Rates {
  /**
   * Counts one call in the bucket's current window, the one of `seconds` that holds this second; the calls so far in it, this
   * one included. A bucket always has the same windows.
   */
  hit(bucket: string, second: number, seconds?: number): Promise<number>;
  /** The calls so far in that window, without counting one; may be a moment old. */
  seen(bucket: string, second: number, seconds?: number): Promise<number>;
}

/** Ids, codes and numbers only: no address, value, list name, secret, signature, hash or link ever goes into a log. */
export interface Log {
  info(code: string, fields?: Record<string, string | number | boolean>): void;
  warn(code: string, fields?: Record<string, string | number | boolean>): void;
  error(code: string, fields?: Record<string, string | number | boolean>): void;
}

/** How a door words the message about an ended job. */
export interface Dialect {
  /** The postback: a form body and its content type, signed as the door's protocol asks. */
  postback(job: Job, client: Client, links: Links): { body: string; contentType: string };
  /** Where the protocol has messages of its own, to several addresses or none: these instead. */
  notices?(ports: Ports, job: Job, client: Client): Promise<Notice[]>;
}

/** A message about an ended job: a GET without a body, or a POST. */
export interface Notice {
  url: string;
  post?: { body: string; contentType: string };
}

export interface Ports {
  clock: Clock;
  tuning: Tuning;
  jobs: Jobs;
  profiles: Profiles;
  lists: Lists;
  records: Records;
  files: Files;
  work: Work;
  events: Events;
  mail: Mail;
  hooks: Hooks;
  pulls: Pulls;
  clients: Clients;
  rates: Rates;
  log: Log;
  dialects: Partial<Record<DoorName, Dialect>>;
}
