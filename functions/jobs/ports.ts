// What the domain asks of the world. Two sets of implementations keep these promises: functions/aws and functions/embedded.
import type { Client, Clients } from './client.ts';
import type { Channel, ClientId, DoorName, Job, JobId, Links, Millis } from './job.ts';
import type { Jobs, Lists, Profiles, Records } from './stores.ts';
import type { Tuning } from './tuning.ts';

export { type Client, type ClientSettings, defaultSettings } from './client.ts';
export * from './stores.ts';

interface Clock {
  now(): Millis;
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
