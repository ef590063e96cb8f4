// Brings content into the library: read, put what was said over what was there, write on condition of what was read.
import type { Applied, Entry, Forecast } from '../define.ts';
import { RetryLater } from '../errors.ts';
import type { JobId, Millis, Outcome } from '../job.ts';
import type { Client, Ports, StoredRecord } from '../ports.ts';
import { type IndexedWrite, type IndexRecord, writeIndexed } from '../rows/indexed-records.ts';
import {
  type Content,
  type ContentFacts,
  contentKey,
  contentOf,
  isDeleted,
  monthKey,
  placeOf,
  skuKey,
} from './content.ts';
import { mergeFacts } from './read-content.ts';

/** Content that is to be kept under an id. */
export interface ContentEntry extends Entry {
  /** Its id. */
  key: string;
  url: string;
  facts: ContentFacts;
}

/** Who writes: a job or a call, and the time that it writes down. */
export interface Writer {
  ports: Pick<Ports, 'records'>;
  client: Client;
  by: JobId;
  at: Millis;
}

const table = 'content';
const rounds = 8;
/** What a record holds, less what comes around it. */
const maxCharacters = 95_000;
const tooLarge = { reject: 'the content has more than 95,000 characters with what is known of it already' };

type Decision = { outcome: Outcome; content?: Content } | { reject: string };

/** The record of what was there, also when it was deleted. */
const decide = ({ key, url, facts }: ContentEntry, { by, at }: Writer, record?: StoredRecord): Decision => {
  const stored = record && contentOf(record.value);
  if (!stored || isDeleted(stored)) {
    const content: Content = { ...facts, id: key, url, date: facts.date ?? at, createdBy: by, changedBy: by };
    return { outcome: 'created', content };
  }
  const { id, createdBy, changedBy, ...old } = stored;
  const merged = mergeFacts(old, facts);
  const wanted = { ...merged, url, date: merged.date ?? old.date };
  if (sortedText(old) === sortedText(wanted))
    return { outcome: createdBy === by ? 'created' : changedBy === by ? 'updated' : 'unchanged' };
  const content = { ...wanted, id, createdBy, changedBy: by };
  if (JSON.stringify(content).length > maxCharacters) return tooLarge;
  return { outcome: createdBy === by ? 'created' : 'updated', content };
};

/** The order of names is ours at the top, the caller's below. */
const sortedText = (value: object): string =>
  JSON.stringify(Object.entries(value).sort(([left], [right]) => (left < right ? -1 : 1)));

/**
 * Keeps content, one entry for each id, and says what became of each. Of what was there, it changes what the entry speaks of.
 * Running it again gives the same outcomes.
 */
export const saveContent = async (writer: Writer, entries: readonly ContentEntry[]): Promise<Applied[]> => {
  const { ports, client } = writer;
  const became: Applied[] = new Array(entries.length);
  let open = [...entries.keys()];
  for (let round = 0; open.length > 0; round++) {
    if (round === rounds) throw new RetryLater(5, 'content kept changing');
    const stored = await readContents(
      writer,
      open.map((index) => (entries[index] as ContentEntry).key),
      round > 0,
    );
    const writes: (IndexedWrite & { index: number })[] = [];
    for (const index of open) {
      const entry = entries[index] as ContentEntry;
      const record = stored.get(entry.key);
      const decision = decide(entry, writer, record);
      became[index] = 'reject' in decision ? decision : decision.outcome;
      if ('content' in decision && decision.content)
        writes.push({ index, ...writeOf(writer, decision.content, record) });
    }
    await openMonths(writer, writes);
    const conflicts = await writeIndexed(ports.records, client.id, table, writes);
    open = writes.flatMap(({ index, sort }) => (conflicts.has(sort) ? [index] : []));
  }
  return became;
};

/** The records of these ids, those of deleted content among them. */
export const readContents = async (
  { ports, client }: Pick<Writer, 'ports' | 'client'>,
  ids: readonly string[],
  fresh: boolean,
): Promise<Map<string, StoredRecord>> => {
  const found = await ports.records.read(client.id, table, ids.map(contentKey), { fresh });
  return new Map(found.map((record) => [record.sort, record]));
};

/** The index records that lead to it. */
export const indexesOf = (client: Client, { id, date, sku }: Pick<Content, 'id' | 'date' | 'sku'>): IndexRecord[] => [
  placeOf({ date, id }),
  ...(sku === undefined ? [] : [{ ...skuKey(client.id, sku), to: id }]),
];

const writeOf = ({ client }: Writer, content: Content, record: StoredRecord | undefined): IndexedWrite => {
  const old = record && contentOf(record.value);
  return {
    ...contentKey(content.id),
    value: { ...content },
    was: record?.version ?? 0,
    indexes: indexesOf(client, content),
    before: old ? indexesOf(client, old) : [],
  };
};

/** Listings find their months by these records, one for each, which hardly ever has to be written. */
const openMonths = async ({ ports, client }: Writer, writes: readonly IndexedWrite[]): Promise<void> => {
  const dates = writes.map(({ value }) => Number(value?.date));
  const wanted = new Map(dates.map((date) => [monthKey(date).sort, monthKey(date)]));
  if (wanted.size === 0) return;
  for (const { sort } of await ports.records.read(client.id, table, [...wanted.values()])) wanted.delete(sort);
  const missing = [...wanted.values()].map((key) => ({ ...key, value: {} }));
  if (missing.length > 0) await ports.records.write(client.id, table, missing);
};

/** Writes nothing: what keeping the content has done, or would do. */
export const lookAtContent = async (writer: Writer, entries: readonly ContentEntry[]): Promise<Forecast[]> => {
  const stored = await readContents(
    writer,
    entries.map(({ key }) => key),
    true,
  );
  return entries.map((entry): Forecast => {
    const record = stored.get(entry.key);
    const decision = decide(entry, writer, record);
    if ('reject' in decision) return { outcome: 'rejected', reason: decision.reject };
    const { outcome, content } = decision;
    if (!content) return { outcome };
    const old = record && contentOf(record.value);
    const before = !old || isDeleted(old) ? {} : pick(old, entry.facts);
    // The record and its indexes.
    const writeUnits = Math.ceil(JSON.stringify(content).length / 1024) + indexesOf(writer.client, content).length;
    return { outcome, change: { email: entry.url, before, after: pick(content, entry.facts), writeUnits } };
  });
};

const pick = (content: Content, facts: ContentFacts): Record<string, unknown> =>
  Object.fromEntries(Object.keys(facts).map((name) => [name, content[name as keyof ContentFacts] ?? null]));
