// Takes content out of the library: what fits is chosen first, part by part, and then deleted, so that the count is exact.
import type { Applied, Entry, Forecast } from '../define.ts';
import { RetryLater } from '../errors.ts';
import type { JobId, Millis } from '../job.ts';
import type { StoredRecord } from '../ports.ts';
import { type IndexedWrite, writeIndexed } from '../rows/indexed-records.ts';
import {
  type Content,
  type ContentId,
  contentKey,
  contentOf,
  contentPart,
  type Deleted,
  isDeleted,
} from './content.ts';
import { indexesOf, readContents, type Writer } from './save.ts';

/** Which content is to go: published in [start, end), and expired by then. */
export interface Doomed {
  start?: Millis;
  end?: Millis;
  expiredBy?: Millis;
}

/** One that was chosen. `createdBy` tells it from another one that takes its URL later. */
export interface DeletionEntry extends Entry {
  /** Its id. */
  key: ContentId;
  createdBy: JobId;
}

const table = 'content';
const rounds = 8;
/** How long it is kept who deleted it: longer than a job takes, retries among them. */
const traceLife = 10 * 24 * 3600_000;

const fits = (content: Content, { start, end, expiredBy }: Doomed): boolean =>
  (start === undefined || content.date >= start) &&
  (end === undefined || content.date < end) &&
  (expiredBy === undefined || (content.expire_date !== undefined && content.expire_date <= expiredBy));

/** The lines that a part of the library makes: an id and who created it. */
export async function* doomedLines(
  { ports, client }: Pick<Writer, 'ports' | 'client'>,
  doomed: Doomed,
  { from, to }: { from: number; to: number },
): AsyncGenerator<string[]> {
  for (let shard = from; shard < to; shard++)
    for await (const page of ports.records.range(client.id, table, contentPart(shard)))
      yield page.flatMap(({ value }) => {
        const content = contentOf(value);
        return isDeleted(content) || !fits(content, doomed) ? [] : [`${content.id} ${content.createdBy}`];
      });
}

/** What a line says; undefined for one that is none of ours. */
export const readDoomedLine = (line: string): DeletionEntry | undefined => {
  const [, key, createdBy] = /^([0-9a-f]{24}) ([0-9a-f]{24})$/.exec(line) ?? [];
  return key === undefined || createdBy === undefined ? undefined : { key, createdBy };
};

type Fate = 'gone' | 'deleted' | Content;

/** What has become of it: deleted by this writer, gone (or another's, or saved by a change), or still to be deleted. */
const fateOf = ({ createdBy }: DeletionEntry, by: JobId, doomed: Doomed, record?: StoredRecord): Fate => {
  const stored = record && contentOf(record.value);
  if (!stored) return 'gone';
  if (isDeleted(stored)) return stored.deletedBy === by ? 'deleted' : 'gone';
  return stored.createdBy === createdBy && fits(stored, doomed) ? stored : 'gone';
};

/** Deletes what was chosen: `updated` for what this job (or call) deleted, `skipped` for what no longer was there to be deleted. */
export const deleteContent = async (
  writer: Writer,
  entries: readonly DeletionEntry[],
  doomed: Doomed,
): Promise<Applied[]> => {
  const { ports, client, by } = writer;
  const became: Applied[] = new Array(entries.length);
  let open = [...entries.keys()];
  for (let round = 0; open.length > 0; round++) {
    if (round === rounds) throw new RetryLater(5, 'content kept changing');
    const stored = await readContents(
      writer,
      open.map((index) => (entries[index] as DeletionEntry).key),
      true,
    );
    const writes: (IndexedWrite & { index: number })[] = [];
    for (const index of open) {
      const entry = entries[index] as DeletionEntry;
      const record = stored.get(entry.key);
      const fate = fateOf(entry, by, doomed, record);
      became[index] = fate === 'gone' ? 'skipped' : 'updated';
      // What was deleted before is written once more: whoever did it may have died before the indexes were removed.
      if (fate !== 'gone' && record) writes.push({ index, ...traceOf(writer, record) });
    }
    const conflicts = await writeIndexed(ports.records, client.id, table, writes);
    open = writes.flatMap(({ index, sort }) => (conflicts.has(sort) ? [index] : []));
  }
  return became;
};

const traceOf = ({ client, by, at }: Writer, { sort: id, version, value }: StoredRecord): IndexedWrite => {
  const { date, sku } = contentOf(value);
  const trace: Deleted = { deletedBy: by, id, date, ...(sku !== undefined && { sku }) };
  const before = indexesOf(client, trace);
  return { ...contentKey(id), value: { ...trace }, was: version, expiresAt: at + traceLife, indexes: [], before };
};

/** Writes nothing: what deleting has done, or would do. */
export const lookAtDeletions = async (
  writer: Writer,
  entries: readonly DeletionEntry[],
  doomed: Doomed,
): Promise<Forecast[]> => {
  const stored = await readContents(
    writer,
    entries.map(({ key }) => key),
    true,
  );
  return entries.map((entry): Forecast => {
    const fate = fateOf(entry, writer.by, doomed, stored.get(entry.key));
    if (fate === 'gone') return { outcome: 'skipped' };
    if (fate === 'deleted') return { outcome: 'updated' };
    const { url, title = null, date } = fate;
    const before = { url, title, date: new Date(date).toISOString() };
    // The trace, and the indexes that are removed.
    const writeUnits = 1 + indexesOf(writer.client, fate).length;
    return { outcome: 'updated', change: { email: url, before, after: {}, writeUnits } };
  });
};
