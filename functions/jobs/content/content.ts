// A page or product of a client's content library, as it is kept.
import { hash } from 'node:crypto';
import type { ClientId, JobId, Millis } from '../job.ts';
import type { RecordKey } from '../ports.ts';

/** 24 lower-case hex digits, made of the URL. */
export type ContentId = string;

/** What a caller may say of it beside its URL; names as on the wire. */
export interface ContentFacts {
  title?: string;
  /** When it was published. */
  date?: Millis;
  /** From then on it is not to be shown. */
  expire_date?: Millis;
  tags?: string[];
  vars?: Record<string, unknown>;
  images?: Record<string, unknown>;
  /** Longitude and latitude, as the caller writes them. */
  location?: unknown[];
  /** Cents. */
  price?: number;
  inventory?: number;
  description?: string;
  site_name?: string;
  author?: string;
  override_exclude?: 1;
  sku?: string;
}

export interface Content extends ContentFacts {
  id: ContentId;
  url: string;
  date: Millis;
  /** The job (or the call) that brought it, and the last one that changed it: a second run counts the same. */
  createdBy: JobId;
  changedBy: JobId;
}

/** What is left of deleted content for some days: who deleted it, so that a second run counts the same, and where indexes led to it. */
export interface Deleted {
  deletedBy: JobId;
  id: ContentId;
  date: Millis;
  sku?: string;
}

export const isDeleted = (value: Content | Deleted): value is Deleted => 'deletedBy' in value;

const digest = (...parts: string[]): string => hash('sha256', parts.join('\n'), 'hex').slice(0, 24);

export const contentIdOf = (client: ClientId, url: string): ContentId => digest(client, url);

// Where things lie in the table. The record by id is the truth. The indexes hold keys only, and may say too much: whoever reads
// one looks at the record.

export const contentShards = 256;
const hex = (byte: number): string => byte.toString(16).padStart(2, '0');

export const contentPart = (shard: number): string => `id#${hex(shard)}`;
export const contentKey = (id: ContentId): RecordKey => ({ part: `id#${id.slice(0, 2)}`, sort: id });

/** Leads from a SKU to the content that has it; of several the last one that said so. */
export const skuKey = (client: ClientId, sku: string): RecordKey => {
  const sort = digest(client, sku);
  return { part: `sku#${sort.slice(0, 2)}`, sort };
};

/** Partitions of a month, so that one import does not wait for one of them. */
export const monthShards = 8;
/** The months in which anything was published: listings begin with the last one. */
export const monthsPart = 'months';
const monthOf = (date: Millis): string => new Date(date).toISOString().slice(0, 7);
export const monthKey = (date: Millis): RecordKey => ({ part: monthsPart, sort: monthOf(date) });
export const monthPart = (month: string, shard: number): string => `month#${month}#${shard}`;
export const idAt = (place: string): ContentId => place.slice(-24);
export const placeOf = ({ date, id }: Pick<Content, 'date' | 'id'>): RecordKey => ({
  part: monthPart(monthOf(date), Number.parseInt(id.slice(0, 1), 16) % monthShards),
  sort: `${new Date(date).toISOString()}#${id}`,
});

/** Content is kept as it is. */
export const contentOf = (value: Record<string, unknown>): Content | Deleted => value as unknown as Content | Deleted;
