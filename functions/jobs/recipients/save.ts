// Keeps what happened between people and campaigns, and settles the people whom it is about.
import { findBlast } from '../campaigns/blasts.ts';
import type { Applied, Change, Entry, Forecast } from '../define.ts';
import { inFlight } from '../in-flight.ts';
import type { Outcome } from '../job.ts';
import { findPeople } from '../people/find-people.ts';
import type { Sid } from '../profile.ts';
import { profilesOf, type Writer } from '../purchases/person.ts';
import { happening, keeps, maxKept, union } from './happenings.ts';
import { saysAll } from './person-stats.ts';
import type { BlastEvent } from './read-event.ts';
import { table, touchedKey } from './recipient.ts';
import { campaignStatsOf, settlePeople } from './settle.ts';
import { type OwnRecord, otherUnion, ownUnion, readPairs, type Saying, writeUnions } from './unions.ts';

/** An event of a row; rows of the same key tell of the same event. */
export interface EventEntry extends BlastEvent, Entry {}

export interface EventWriter extends Writer {
  /** Addresses of this client were changed: those that lead nowhere are looked up. */
  moved: boolean;
}

const lookups = 25;
/** How long it is kept in mind that a campaign is to be counted anew: longer than any job runs. */
const touchedLife = 30 * 24 * 3600_000;

const unknownPerson = 'there is no such person, and no address to create one with';
const unknownBlast = 'no campaign has that blast_id';
const tooMany = `more than ${maxKept} events of that kind for one person and campaign`;

/** What rows of a batch say of a recipient, and which rows these are. */
interface Group extends Saying {
  rows: number[];
}

interface Sorted {
  groups: Group[];
  /** Why rows are rejected. */
  refused: Map<number, string>;
}

/**
 * Keeps events and says what became of each row: `created` when the person's record of that campaign came by this job,
 * `updated` when it learnt something from it, `unchanged` when it said all of that before, `skipped` for an event behind the
 * first hundred of its kind. Running it again gives the same outcomes.
 */
export const saveEvents = async (writer: EventWriter, entries: readonly EventEntry[]): Promise<Applied[]> => {
  const { groups, refused } = await sortOut(writer, entries);
  await touch(writer, groups);
  const records = await writeUnions(writer, groups, writer.by);
  await settlePeople(writer, peopleOf(entries, groups));
  const became = entries.map((_, row): Applied => ({ reject: refused.get(row) ?? unknownPerson }));
  for (const [index, { rows }] of groups.entries())
    for (const row of rows) {
      const outcome = outcomeOf(records[index] as OwnRecord, entries[row] as EventEntry, writer.by);
      became[row] = outcome === 'skipped' ? { skip: tooMany } : outcome;
    }
  return became;
};

/** Puts rows together by person and campaign, and finds those that name what is not there. */
const sortOut = async (writer: EventWriter, entries: readonly EventEntry[]): Promise<Sorted> => {
  const blasts = await knownBlasts(writer, entries);
  const sids = await sidsOf(writer, entries);
  const refused = new Map<number, string>();
  const groups = new Map<string, Group>();
  for (const [row, { blast, kind, event }] of entries.entries()) {
    const sid = sids[row];
    if (!blasts.has(blast) || sid === undefined) {
      refused.set(row, blasts.has(blast) ? unknownPerson : unknownBlast);
      continue;
    }
    const name = `${sid} ${blast}`;
    const group = groups.get(name) ?? { sid, blast, happenings: {}, rows: [] };
    groups.set(name, group);
    group.happenings = union(group.happenings, happening(kind, event));
    group.rows.push(row);
  }
  return { groups: [...groups.values()], refused };
};

const knownBlasts = async ({ ports, client }: Writer, entries: readonly EventEntry[]): Promise<Set<number>> => {
  const known = new Set<number>();
  await inFlight([...new Set(entries.map(({ blast }) => blast))], lookups, async (blast) => {
    if (await findBlast(ports, client.id, blast)) known.add(blast);
  });
  return known;
};

/** Whom each row is about; most by their addresses alone. */
const sidsOf = async (writer: EventWriter, entries: readonly EventEntry[]): Promise<(Sid | undefined)[]> => {
  const { moved } = writer;
  const sids = entries.map(({ by, sid }): Sid | undefined => (by || moved ? undefined : sid));
  const asked = entries.flatMap(({ sid, by, email }, row) =>
    by || moved ? [{ row, key: sid, patch: {}, ...(by && { by }), ...(email !== undefined && { email }) }] : [],
  );
  if (asked.length === 0) return sids;
  const people = await findPeople(writer, asked, { fresh: true, moved });
  for (const [place, { row }] of asked.entries()) sids[row] = people[place]?.sid;
  return sids;
};

/** Before anything of them is written: whoever counts afterwards counts too many campaigns rather than too few. */
const touch = async ({ ports, client, by, at }: Writer, groups: readonly Group[]): Promise<void> => {
  const blasts = [...new Set(groups.map(({ blast }) => blast))];
  const writes = blasts.map((blast) => ({ ...touchedKey(by, blast), value: {}, expiresAt: at + touchedLife }));
  await ports.records.write(client.id, table, writes);
};

const outcomeOf = (record: OwnRecord, { kind, event }: BlastEvent, by: string): Outcome => {
  if (!keeps(record, kind, event)) return 'skipped';
  if (record.createdBy === by) return 'created';
  return record.changedBy === by ? 'updated' : 'unchanged';
};

/** With the addresses by which those who are missing are made. */
const peopleOf = (entries: readonly EventEntry[], groups: readonly Group[]): Map<Sid, string | undefined> => {
  const people = new Map<Sid, string | undefined>();
  for (const { sid, rows } of groups) for (const row of rows) people.set(sid, entries[row]?.email ?? people.get(sid));
  return people;
};

/** Writes nothing: what keeping the events has done, or would do. */
export const lookAtEvents = async (writer: EventWriter, entries: readonly EventEntry[]): Promise<Forecast[]> => {
  const { groups, refused } = await sortOut(writer, entries);
  const sids = [...new Set(groups.map(({ sid }) => sid))];
  const [profiles, stats] = [await profilesOf(writer, sids), await campaignStatsOf(writer, sids)];
  const pairs = await readPairs(writer, groups);
  const forecasts = entries.map((_, row): Forecast => ({ outcome: 'rejected', reason: refused.get(row) ?? '' }));
  for (const [index, { sid, happenings, rows }] of groups.entries()) {
    const { own, other } = pairs[index] ?? {};
    const wanted = ownUnion(own?.value, happenings, writer.by);
    const profile = profiles.get(sid);
    const settled = profile && saysAll(profile.stats, stats.get(sid) ?? {});
    const done = !wanted && !otherUnion(other?.value, happenings) && settled;
    for (const row of rows) {
      const entry = entries[row] as EventEntry;
      const outcome = outcomeOf(wanted ?? (own?.value as OwnRecord), entry, writer.by);
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
  after: {
    blast_id: blast,
    event: kind,
    time: new Date(event.at).toISOString(),
    ...(event.url !== undefined && { url: event.url }),
  },
  writeUnits: unitsPerEvent,
});
