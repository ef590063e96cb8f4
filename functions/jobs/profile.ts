// One user of a client, and the changes that jobs make to it.
import { hash } from 'node:crypto';
import type { ClientId, JobId, Millis } from './job.ts';

/** 24 lower-case hex digits; the same address of the same client always has the same one. */
export type Sid = string;
/** 24 lower-case hex digits; erasing a list gives its name a new one. */
export type ListId = string;

type Optout = 'all' | 'basic' | 'blast';
type MailStatus = 'valid' | 'softbounce' | 'hardbounce';

/** Activity counters and times that exports show; absent means none. */
export interface Stats {
  opens?: number;
  clicks?: number;
  pageviews?: number;
  lastOpen?: Millis;
  lastClick?: Millis;
  lastPageview?: Millis;
  messages?: number;
  firstPurchase?: Millis;
  purchases?: number;
  purchasePrice?: number;
  purchasesIncomplete?: number;
  lastPurchase?: Millis;
  largestItemPrice?: number;
  topDevice?: string;
  city?: string;
  state?: string;
  country?: string;
  zip?: string;
}

export interface Profile {
  sid: Sid;
  /** Normalised: trimmed, lower case, domain in ASCII form. */
  email: string;
  vars: Record<string, unknown>;
  /** List id to the time of joining. */
  lists: Record<ListId, Millis>;
  createdAt: Millis;
  /** The job that created it; never changes, so that a re-run of a chunk counts the same. */
  createdBy: JobId;
  /** The job that changed it last, for the same reason. */
  changedBy: JobId;
  signupAt: Millis;
  source?: string;
  optout?: Optout;
  optoutAt?: Millis;
  status?: MailStatus;
  statusAt?: Millis;
  stats?: Stats;
}

/** What a job may set on a profile, field by field: absent fields are left alone. */
export interface ProfilePatch {
  vars?: Record<string, unknown>;
  lists?: Record<ListId, Millis>;
  signupAt?: Millis;
  source?: string;
}

/**
 * One write to one profile. `create` holds only while no profile has that sid, `update` only while one has:
 * when it turns out otherwise the store reports a conflict, and the caller reads again and decides anew.
 */
export type ProfileChange =
  | { kind: 'create'; profile: Profile }
  | { kind: 'update'; sid: Sid; job: JobId; patch: ProfilePatch };

/** The id of an address: the first 12 bytes of SHA-256 over client and normalised address, so that a row needs no lookup. */
export const sidOf = (client: ClientId, email: string): Sid =>
  hash('sha256', `${client}\n${email}`, 'hex').slice(0, 24);

/** The first byte of a sid, 0 to 255: profiles and members are stored and streamed by it. */
export const shardOf = (sid: Sid): number => Number.parseInt(sid.slice(0, 2), 16);
export const shardCount = 256;
