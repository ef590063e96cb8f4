// A purchase as it is kept: what was bought, by whom, when, for how much.
import { hash } from 'node:crypto';
import type { ClientId, JobId, Millis } from '../job.ts';
import type { RecordKey } from '../ports.ts';
import type { Sid } from '../profile.ts';

/** 24 lower-case hex digits. */
export type PurchaseId = string;

export const channels = ['online', 'offline', 'app'] as const;
type Channel = (typeof channels)[number];

/** Something that was bought. Amounts are in the smallest unit of the currency (cents). */
export interface Item {
  id?: string;
  title?: string;
  url?: string;
  /** Of one piece. */
  price: number;
  qty: number;
  tags?: string[];
  /** Variables, pictures and whatever else the caller says of it, as it came. */
  more?: Record<string, unknown>;
}

/** What changes the total (an adjustment, which may be negative), or how it was paid (a tender). */
export interface Charge {
  title: string;
  price: number;
}

/** What a caller says of a purchase. */
export interface PurchaseFacts {
  time: Millis;
  items: Item[];
  /** Totals: adjustments change the price, tenders do not. */
  price: number;
  qty: number;
  adjustments?: Charge[];
  tenders?: Charge[];
  channel: Channel;
  /** The mail that led to it. */
  messageId?: string;
  /** The caller's own ids; `extid` is the purchase's. */
  keys?: Record<string, string>;
  vars?: Record<string, unknown>;
  /** A cart that was left: of each person there is at most one, and the next purchase ends it. */
  incomplete?: true;
  /** The app and device that it was made with. */
  device?: Record<string, string>;
}

export interface Purchase extends PurchaseFacts {
  id: PurchaseId;
  sid: Sid;
  email: string;
  /** The job (or the call) that brought it, and the last one that changed it: a second run counts the same. */
  createdBy: JobId;
  changedBy: JobId;
}

const digest = (...parts: string[]): string => hash('sha256', parts.join('\n'), 'hex').slice(0, 24);

/** The id of the purchase that the client calls `extid`: no row needs a lookup, and importing it again replaces it. */
export const purchaseIdOf = (client: ClientId, extid: string): PurchaseId => digest(client, extid);
/** The id of a person's cart. */
export const cartIdOf = (client: ClientId, sid: Sid): PurchaseId => digest(client, 'cart', sid);

// Where things lie in the table. The record by id is the truth. The indexes hold keys only, and may say too much: whoever reads
// one looks at the record.

/** Partitions of a day: as many writers as a busy day needs. */
export const dayShards = 16;

export const recordKeyOf = (id: PurchaseId): RecordKey => ({ part: `id#${id.slice(0, 2)}`, sort: id });

/** Times sort as texts from the year 0 to 9999. */
export const placeOf = (time: Millis, id: PurchaseId): string => `${new Date(time).toISOString()}#${id}`;
export const idAt = (place: string): PurchaseId => place.slice(-24);

/** A part of the log of a day (`yyyy-mm-dd`, UTC). */
export const dayPart = (day: string, shard: number): string => `day#${day}#${shard.toString(16)}`;
export const personPart = (sid: Sid): string => `person#${sid}`;

/** The index records that lead to a purchase. Carts are not in the log. */
export const indexKeysOf = ({ id, sid, time, incomplete }: Purchase): RecordKey[] => {
  const sort = placeOf(time, id);
  const person = { part: personPart(sid), sort };
  if (incomplete) return [person];
  const shard = Number.parseInt(id.slice(0, 1), 16);
  return [{ part: dayPart(sort.slice(0, 10), shard), sort }, person];
};

/** Purchases are kept as they are. */
export const purchaseOf = (value: Record<string, unknown>): Purchase => value as unknown as Purchase;
