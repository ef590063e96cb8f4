// One user of a client, and the changes that jobs make to it.
import { hash } from 'node:crypto';
import type { ClientId, JobId, Millis } from './job.ts';

/** 24 lower-case hex digits; the same address of the same client always has the same one. */
export type Sid = string;
/** 24 lower-case hex digits; erasing a list gives its name a new one. */
export type ListId = string;

/** What a person does not want: `all` mail, all but `basic` (transactional) mail, or campaigns (`blast`). */
export type Optout = 'all' | 'basic' | 'blast';
/** The same, and the wish to get mail again. Any other word is refused, never read as that wish. */
export const consentWords = ['all', 'basic', 'blast', 'none'] as const;
export type ConsentWord = (typeof consentWords)[number];
type MailStatus = 'valid' | 'softbounce' | 'hardbounce';

/** A change of consent, and what made it. */
interface ConsentChange {
  from: ConsentWord;
  to: ConsentWord;
  at: Millis;
  /** The job, and the line of its input; absent when an endpoint made it. */
  job?: JobId;
  line?: number;
}

/** Names of other keys by which a person can be found. */
export const keyNames = ['extid', 'sms', 'fb', 'twitter', 'cookie'] as const;
export type KeyName = (typeof keyNames)[number];

/** Activity counters and times that exports show; absent means none. */
export interface Stats {
  /** How often they were written on condition of what they were (`statsVersion` of a change). */
  version?: number;
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
  /** Degrees. */
  latitude?: number;
  longitude?: number;
  /** How often seen in each place, by the names that `city`, `state` and `country` use. */
  places?: Partial<Record<'city' | 'state' | 'country', Record<string, number>>>;
  /** Score by tag, out of purchases and clicks. */
  interests?: Record<string, number>;
  /** Opens by day (`yyyymmdd`, UTC) of the last hundred days on which there were any. */
  openDays?: Record<string, number>;
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
  /** Templates that the person does not want. */
  optoutTemplates?: string[];
  /** The last changes of consent, oldest first, at most `maxConsents`. */
  consents?: ConsentChange[];
  status?: MailStatus;
  statusAt?: Millis;
  stats?: Stats;
  /** Other keys of the person; each leads here through the aliases. */
  keys?: Partial<Record<KeyName, string>>;
  /** Addresses by which the person was reached before, oldest first, at most `maxAddresses`: they lead here too. */
  addresses?: string[];
}

export const maxConsents = 50;
export const maxAddresses = 50;

/** What may be set on a profile, field by field: absent fields are left alone. */
export interface ProfilePatch {
  /** Null removes a variable. */
  vars?: Record<string, unknown>;
  /** Null leaves a list. */
  lists?: Record<ListId, Millis | null>;
  signupAt?: Millis;
  /** The address by which the person is reached from now on; the sid stays. */
  email?: string;
  /** Each of these replaces what was there, null removes it. */
  more?: Partial<{ [Field in keyof ProfileMore]: ProfileMore[Field] | null }>;
}

/** Fields that most profiles do not have. */
export type ProfileMore = Omit<
  Profile,
  'sid' | 'email' | 'vars' | 'lists' | 'createdAt' | 'createdBy' | 'changedBy' | 'signupAt'
>;
export const moreFields = [
  'source',
  'optout',
  'optoutAt',
  'optoutTemplates',
  'consents',
  'status',
  'statusAt',
  'stats',
  'keys',
  'addresses',
] as const satisfies readonly (keyof ProfileMore)[];

/**
 * One write to one profile. `create` holds only while no profile has that sid, `update` and `remove` only while one has (with
 * what they say was read): when it turns out otherwise the store reports a conflict, and the caller reads again and decides anew.
 */
export type ProfileChange =
  | { kind: 'create'; profile: Profile }
  | {
      kind: 'update';
      sid: Sid;
      job: JobId;
      patch: ProfilePatch;
      /** The consent that was read: the update holds only while it is still this, so that each change of it is one of its own. */
      consent?: ConsentWord;
      /** The version of the stats that was read, 0 for none: likewise, so that nobody's counts are written over. */
      statsVersion?: number;
      /** What was read of fields that are written as one (undefined: nothing): likewise. */
      seen?: { [Field in SeenField]?: Profile[Field] | undefined };
    }
  /** What an index says of the person stays, and leads nowhere. */
  | { kind: 'remove'; sid: Sid; consent?: ConsentWord };

/** Fields whose new value is made out of the old one. */
export const seenFields = ['keys', 'addresses', 'optoutTemplates'] as const satisfies readonly (keyof ProfileMore)[];
type SeenField = (typeof seenFields)[number];

/** The sid that a change is about. */
export const sidOfChange = (change: ProfileChange): Sid => (change.kind === 'create' ? change.profile.sid : change.sid);

/** The id of an address: the first 12 bytes of SHA-256 over client and normalised address, so that a row needs no lookup. */
export const sidOf = (client: ClientId, email: string): Sid =>
  hash('sha256', `${client}\n${email}`, 'hex').slice(0, 24);

/** The first byte of a sid, 0 to 255: profiles and members are stored and streamed by it. */
export const shardOf = (sid: Sid): number => Number.parseInt(sid.slice(0, 2), 16);
export const shardCount = 256;
