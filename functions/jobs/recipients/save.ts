// Keeps what happened between people and campaigns, and settles the people whom it is about.

import { findBlast } from '../campaigns/blasts.ts';
import type { Applied, Change, Entry, Forecast } from '../define.ts';
import { RetryLater } from '../errors.ts';
import { inFlight } from '../in-flight.ts';
import type { Millis, Outcome } from '../job.ts';
import type { RecordKey, RecordWrite, StoredRecord } from '../ports.ts';
import type { Sid } from '../profile.ts';
import { profilesOf, type Writer } from '../purchases/person.ts';
import { type Happenings, happening, isSame, keeps, maxKept, union } from './happenings.ts';
import { saysAll } from './person-stats.ts';
import type { BlastEvent } from './read-event.ts';
import { blastKey, happeningsOf, personKey, type Recipient, table, touchedKey } from './recipient.ts';
import { campaignStatsOf, settlePeople } from './settle.ts';

/** An event of a row; rows of the same key tell of the same event. */
export interface EventEntry extends BlastEvent, Entry {}

const rounds = 12;
const lookups = 25;
/** How long it is kept in mind that a campaign is to be counted anew: longer than any job runs. */
const touchedLife = 30 * 24 * 3600_000;
const unknownPerson = 'no profile has that id';
const unknownBlast = 'no campaign has that blast_id';
const tooMany = `more than ${maxKept} events of that kind for one person and campaign`;

/** A recipient, what rows of a batch say of it, and which rows these are. */
interface Group extends Recipient {
  happenings: Happenings;
  rows: number[];
}

/**
 * Keeps events and says what became of each row: `created` when the person's record of that campaign came by this job,
 * `updated` when it learnt something from it, `unchanged` when it said all of that before, `skipped` for an event behind the
 * first hundred of its kind. Running it again gives the same outcomes.
 */
export const saveEvents = async (writer: Writer, entries: readonly EventEntry[]): Promise<Applied[]> => {
  const { refused, groups } = await sortOut(writer, entries);
  const became = entries.map((_, row): Applied => ({ reject: refused.get(row) ?? '' }));
  await touch(writer, groups);
  const records = await writeUnions(
    writer,
    groups.map((group) => ({ key: personKey(group), ...group })),
    writer.by,
  );
  await writeUnions(
    writer,
    groups.map((group) => ({ key: blastKey(group), ...group })),
  );
  for (const [index, { rows }] of groups.entries())
    for (const row of rows) {
      const outcome = outcomeOf(records[index] as Value, entries[row] as EventEntry, writer.by);
      became[row] = outcome === 'skipped' ? { skip: tooMany } : outcome;
    }
  await settlePeople(writer, peopleOf(entries, groups));
  return became;
};

/** Rejects rows that name what is not there, and puts the others together by person and campaign. */
const sortOut = async (
  writer: Writer,
  entries: readonly EventEntry[],
): Promise<{ refused: Map<number, string>; groups: Group[] }> => {
  const blasts = await knownBlasts(writer, entries);
  const named = entries.flatMap(({ sid, email }) => (email === undefined ? [sid] : []));
  const profiles = named.length === 0 ? new Map<Sid, unknown>() : await profilesOf(writer, [...new Set(named)]);
  const refused = new Map<number, string>();
  const groups = new Map<string, Group>();
  for (const [row, { sid, email, blast, kind, event }] of entries.entries()) {
    if (!blasts.has(blast) || (email === undefined && !profiles.has(sid))) {
      refused.set(row, blasts.has(blast) ? unknownPerson : unknownBlast);
      continue;
    }
    const name = `${sid} ${blast}`;
    const group = groups.get(name) ?? { sid, blast, happenings: {}, rows: [] };
    groups.set(name, group);
    group.happenings = union(group.happenings, happening(kind, event));
    group.rows.push(row);
  }
  return { refused, groups: [...groups.values()] };
};

const knownBlasts = async ({ ports, client }: Writer, entries: readonly EventEntry[]): Promise<Set<number>> => {
  const known = new Set<number>();
  await inFlight([...new Set(entries.map(({ blast }) => blast))], lookups, async (blast) => {
    if (await findBlast(ports, client.id, blast)) known.add(blast);
  });
  return known;
};

/** Before anything of them is written: whoever counts afterwards counts too many campaigns rather than too few. */
const touch = async ({ ports, client, by, at }: Writer, groups: readonly Group[]): Promise<void> => {
  const blasts = [...new Set(groups.map(({ blast }) => blast))];
  const writes = blasts.map((blast) => ({ ...touchedKey(by, blast), value: {}, expiresAt: at + touchedLife }));
  await ports.records.write(client.id, table, writes);
};

type Value = Happenings & { createdBy?: string; changedBy?: string };

/**
 * Makes each record the union of what it says and what is to be said; the records after it. With `by`, they name the jobs
 * that made and changed them. Sets only grow: an old reading can lead to a conflict, never to something being lost.
 */
const writeUnions = async (
  { ports, client }: Writer,
  items: readonly { key: RecordKey; happenings: Happenings }[],
  by?: string,
): Promise<Value[]> => {
  const after: Value[] = new Array(items.length);
  let open = [...items.keys()];
  for (let round = 0; open.length > 0; round++) {
    if (round === rounds) throw new RetryLater(5, 'recipients kept changing');
    const keys = open.map((index) => (items[index] as { key: RecordKey }).key);
    const stored = byKey(await ports.records.read(client.id, table, keys, { fresh: round > 0 }));
    const writes: (RecordWrite & { index: number })[] = [];
    for (const index of open) {
      const { key, happenings } = items[index] as (typeof items)[number];
      const found = stored.get(nameOf(key));
      const value = withUnion(found?.value, happenings, by);
      after[index] = value ?? (found?.value as Value);
      if (value) writes.push({ ...key, value, was: found?.version ?? 0, index });
    }
    const conflicts = new Set((await ports.records.write(client.id, table, writes.map(withoutIndex))).map(nameOf));
    open = writes.flatMap((write) => (conflicts.has(nameOf(write)) ? [write.index] : []));
  }
  return after;
};

const withoutIndex = ({ index: _, ...write }: RecordWrite & { index: number }): RecordWrite => write;
const nameOf = ({ part, sort }: RecordKey): string => `${part} ${sort}`;
const byKey = (records: readonly StoredRecord[]): Map<string, StoredRecord> =>
  new Map(records.map((record) => [nameOf(record), record]));

/** What the record is to say; undefined when it says it already. */
const withUnion = (
  value: Record<string, unknown> | undefined,
  happenings: Happenings,
  by?: string,
): Value | undefined => {
  const before = happeningsOf(value ?? {});
  const after = union(before, happenings);
  if (isSame(before, after)) return undefined;
  if (by === undefined) return after;
  return { ...after, createdBy: value ? String(value.createdBy) : by, changedBy: by };
};

const outcomeOf = (record: Value, { kind, event }: BlastEvent, by: string): Outcome => {
  if (!keeps(record, kind, event)) return 'skipped';
  if (record.createdBy === by) return 'created';
  return record.changedBy === by ? 'updated' : 'unchanged';
};

const peopleOf = (entries: readonly EventEntry[], groups: readonly Group[]): Map<Sid, string | undefined> => {
  const people = new Map<Sid, string | undefined>();
  for (const { sid, rows } of groups) for (const row of rows) people.set(sid, entries[row]?.email ?? people.get(sid));
  return people;
};

/** Writes nothing: what keeping the events has done, or would do. */
export const lookAtEvents = async (writer: Writer, entries: readonly EventEntry[]): Promise<Forecast[]> => {
  const { ports, client, by } = writer;
  const { refused, groups } = await sortOut(writer, entries);
  const sids = [...new Set(groups.map(({ sid }) => sid))];
  const [profiles, stats] = [await profilesOf(writer, sids), await campaignStatsOf(writer, sids)];
  const keys = groups.flatMap((group) => [personKey(group), blastKey(group)]);
  const stored = byKey(await ports.records.read(client.id, table, keys, { fresh: true }));
  const forecasts = entries.map((_, row): Forecast => ({ outcome: 'rejected', reason: refused.get(row) ?? '' }));
  for (const group of groups) {
    const [own, other] = [stored.get(nameOf(personKey(group))), stored.get(nameOf(blastKey(group)))];
    const wanted = withUnion(own?.value, group.happenings, by);
    const profile = profiles.get(group.sid);
    const settled = profile && saysAll(profile.stats, stats.get(group.sid) ?? {});
    const done = !wanted && !withUnion(other?.value, group.happenings) && settled;
    for (const row of group.rows) {
      const entry = entries[row] as EventEntry;
      const outcome = outcomeOf(wanted ?? (own?.value as Value), entry, by);
      const reason = outcome === 'skipped' ? { reason: tooMany } : {};
      const change = done ? {} : { change: changeOf(entry, profile?.email ?? entry.email ?? '') };
      forecasts[row] = { outcome, ...reason, ...change };
    }
  }
  return forecasts;
};

/** About: two records and the profile. */
const unitsPerEvent = 3;

const changeOf = ({ blast, kind, event }: BlastEvent, email: string): Change => ({
  email,
  before: {},
  after: { blast_id: blast, event: kind, time: timeOf(event.at), ...(event.url !== undefined && { url: event.url }) },
  writeUnits: unitsPerEvent,
});

const timeOf = (at: Millis): string => new Date(at).toISOString();
