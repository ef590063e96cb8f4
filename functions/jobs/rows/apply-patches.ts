// Find, read, compare, write what changed: how every job brings rows into profiles.
import { indexForMatching } from '../append/match-index.ts';
import type { Applied, Change, Entry, Forecast, JobContext } from '../define.ts';
import { RetryLater } from '../errors.ts';
import type { Outcome } from '../job.ts';
import { findPeople, type Person } from '../people/find-people.ts';
import { asksForKeys, type Given, giveKeys, releaseKeys, type Turn } from '../people/give-keys.ts';
import { mergePeople } from '../people/merge-people.ts';
import { type KeyChanges, type PersonKey, textOfKey, textsOfKeys } from '../people/person-key.ts';
import type { Client, Ports } from '../ports.ts';
import type { ConsentWord, Profile, ProfileChange, ProfilePatch, Sid } from '../profile.ts';
import { type Decision, decide, type Writer } from './patch-decision.ts';

/** One person's row: who, and what is to be set. */
export interface PatchEntry extends Entry {
  /** The sid of the address, unless `by` says who is meant. */
  key: string;
  /** The address that made the sid, or with which somebody who is missing is created; absent when the row knows none. */
  email?: string;
  /** Who is meant, for rows that do not just name an address: looked for first. */
  by?: PersonKey;
  patch: ProfilePatch;
  /** What the row says about what the person wants, and the row's line; `exact` may also lessen what they do not want. */
  consent?: { to: ConsentWord; line?: number; exact?: boolean };
  /** Templates that the person does not want (true), or wants again. */
  templates?: Readonly<Record<string, boolean>>;
  /** Keys that the person is to have from now on. */
  keys?: KeyChanges;
  /** What becomes of another person who has one of the keys: refused unless it says `merge`. */
  onConflict?: 'merge' | 'error';
}

export interface PatchOptions {
  /** Addresses of this client were changed: those that lead nowhere are looked up. */
  moved?: boolean;
  shape?: Shape | undefined;
}

/** What a row means for someone who is known: what is to be set, and what that counts as; or why they are left alone. */
type Shaped = (Pick<PatchEntry, 'patch' | 'consent'> & { outcome?: Outcome }) | { skip: string };

/** Looks at the person before anything is set. Pure; asked again when the person changed meanwhile. */
export type Shape = (entry: PatchEntry, profile: Profile) => Shaped;

const rounds = 8;

type Context = Pick<JobContext<unknown, unknown>, 'ports' | 'client' | 'job'>;
interface WriterContext {
  ports: Pick<Ports, 'profiles' | 'records' | 'clock'>;
  client: Client;
  writer: Writer;
}

const writerOf = ({ job }: Pick<Context, 'job'>): Writer => ({
  stamp: job.id,
  at: job.startedAt ?? job.createdAt,
  job: job.id,
});

const nobody = 'there is no such person, and no address to create one with';

/**
 * Applies one patch to each person and says what became of each. A change costs one write, no change costs none.
 * Running it again gives the same outcomes: creations and last changes are read off the profile's stamps.
 */
export const applyPatches = (
  { ports, client, job }: Context,
  entries: readonly PatchEntry[],
  options: PatchOptions = {},
): Promise<Applied[]> => writePatches({ ports, client, writer: writerOf({ job }) }, entries, options);

/** The same for whoever writes. Entries that turn out to be about one person are applied one after the other, in their order. */
export const writePatches = async (
  context: WriterContext,
  entries: readonly PatchEntry[],
  { moved = false, shape }: PatchOptions = {},
): Promise<Applied[]> => {
  const applied: Applied[] = new Array(entries.length);
  let open: readonly number[] = [...entries.keys()];
  let [fresh, tries] = [false, 0];
  while (open.length > 0) {
    if (tries === rounds) throw new RetryLater(5, 'profiles kept changing');
    const chosen = open.map((index) => entries[index] as PatchEntry);
    const people = await findPeople(context, chosen, { fresh, moved });
    const { turns, waiting } = takeTurns(entries, open, people, applied);
    const again = await writeTurns(context, turns, applied, shape);
    if (again.length > 0) tries++;
    fresh = true;
    open = [...again, ...waiting].sort((a, b) => a - b);
  }
  return applied;
};

type IndexedTurn = Turn & { index: number };

/** Of several entries about one person only the first has its turn, and whoever is to be found by a key waits for it. */
const takeTurns = (
  entries: readonly PatchEntry[],
  open: readonly number[],
  people: readonly (Person | undefined)[],
  applied: Applied[],
): { turns: IndexedTurn[]; waiting: number[] } => {
  const [turns, waiting, busy]: [IndexedTurn[], number[], Set<Sid>] = [[], [], new Set()];
  const missing: number[] = [];
  for (let place = 0; place < open.length; place++) {
    const index = open[place] as number;
    const [entry, person] = [entries[index] as PatchEntry, people[place]];
    if (!person) missing.push(index);
    else if (busy.has(person.sid)) waiting.push(index);
    else {
      busy.add(person.sid);
      turns.push({ index, entry, person });
    }
  }
  if (missing.length === 0) return { turns, waiting };
  // Somebody may be given that very key just now.
  const promised = new Set(turns.flatMap(({ entry }) => textsOfKeys(entry.keys)));
  for (const index of missing) {
    const by = entries[index]?.by;
    if (by && promised.has(textOfKey(by))) waiting.push(index);
    else applied[index] = { reject: nobody };
  }
  return { turns, waiting };
};

/** Writes what the turns say; the indexes of those that must be looked at anew. */
const writeTurns = async (
  context: WriterContext,
  turns: IndexedTurn[],
  applied: Applied[],
  shape: Shape | undefined,
): Promise<number[]> => {
  const { ports, client, writer } = context;
  const keyed = turns.filter(({ entry }) => asksForKeys(entry));
  const given = new Map<IndexedTurn, Given>();
  for (const [place, each] of (keyed.length === 0 ? [] : await giveKeys(context, keyed, true)).entries())
    given.set(keyed[place] as IndexedTurn, each);
  const again: number[] = [];
  const changes: ProfileChange[] = [];
  for (const turn of turns) {
    const keys = given.get(turn);
    if (keys === 'again') again.push(turn.index);
    else if (keys && 'reject' in keys) applied[turn.index] = keys;
    else {
      const { outcome, change } = decideShaped(keys?.entry ?? turn.entry, turn.person, writer, shape);
      applied[turn.index] = outcome;
      if (change) changes.push(change);
    }
  }
  const before = new Map(turns.map(({ person }) => [person.sid, person.profile]));
  await indexForMatching(ports, client, changes, (sid) => before.get(sid));
  const conflicts = new Set(changes.length === 0 ? [] : await ports.profiles.apply(client.id, changes));
  if (conflicts.size > 0) for (const { index, person } of turns) if (conflicts.has(person.sid)) again.push(index);
  for (const [{ index, person }, keys] of given) {
    if (keys === 'again' || 'reject' in keys || conflicts.has(person.sid)) continue;
    if (person.profile?.keys) await releaseKeys(context, person.profile, keys.entry.patch.more?.keys ?? undefined);
    if (!keys.merge) continue;
    for (const other of keys.merge) await mergePeople(context, person.sid, other, writer);
    again.push(index);
  }
  return again;
};

/** What applying the patches has done, or would do: the same decisions on a consistent read, and no write. */
export const lookAtPatches = async (
  { ports, client, job }: Context,
  entries: readonly PatchEntry[],
  { moved = false, shape }: PatchOptions = {},
): Promise<Forecast[]> => {
  const people = await findPeople({ ports, client }, entries, { fresh: true, moved });
  const turns = entries.map((entry, index) => ({ entry, person: people[index] }));
  const keyed = turns.filter((turn): turn is Turn => turn.person !== undefined && asksForKeys(turn.entry));
  const looked = keyed.length === 0 ? [] : await giveKeys({ ports, client }, keyed, false);
  const given = new Map(keyed.map((turn, place) => [turn.entry, looked[place]]));
  return turns.map(({ entry, person }): Forecast => {
    if (!person) return { outcome: 'rejected', reason: nobody };
    const keys = given.get(entry);
    if (keys && keys !== 'again' && 'reject' in keys) return { outcome: 'rejected', reason: keys.reject };
    const asked = keys && keys !== 'again' ? keys.entry : entry;
    const { outcome, change } = decideShaped(asked, person, writerOf({ job }), shape);
    if (typeof outcome !== 'string') return { outcome: 'skipped', reason: outcome.skip };
    // What the job created it wrote whole: what differs by now is another job's word.
    const written = person.profile?.createdBy === job.id;
    return change && !written ? { outcome, change: describe(entry, person.profile, change) } : { outcome };
  });
};

const decideShaped = (
  entry: PatchEntry,
  person: Person,
  writer: Writer,
  shape: Shape | undefined,
): Omit<Decision, 'outcome'> & { outcome: Outcome | { skip: string } } => {
  if (!shape || !person.profile) return decide(entry, person, writer);
  const shaped = shape(entry, person.profile);
  if ('skip' in shaped) return { outcome: shaped };
  const { patch: _, consent: __, ...named } = entry;
  const decision = decide({ ...named, ...shaped }, person, writer);
  return shaped.outcome ? { ...decision, outcome: shaped.outcome } : decision;
};

const describe = (
  entry: PatchEntry,
  profile: Profile | undefined,
  change: Exclude<ProfileChange, { kind: 'remove' }>,
): Change => {
  const email = entry.email ?? profile?.email ?? '';
  if (change.kind === 'create') {
    const { vars, lists } = change.profile;
    const after = { ...vars, ...shown(change.profile) };
    return { email, before: {}, after, writeUnits: unitsFor(change.profile) + Object.keys(lists).length };
  }
  const { vars = {}, lists = {}, more, ...fields } = change.patch;
  const after = { ...vars, ...fields, ...shown(more) };
  const old: Record<string, unknown> = { ...profile?.vars, ...(profile && shown(profile)), ...pick(profile, fields) };
  const before = Object.fromEntries(Object.keys(after).map((name) => [name, old[name] ?? null]));
  const grown = { ...profile, vars: { ...profile?.vars, ...vars } };
  return { email, before, after, writeUnits: unitsFor(grown) + Object.keys(lists).length };
};

/** Of the fields beside variables, those that a person who plans a job cares for. */
const shown = ({ source, optout, keys }: ProfilePatch['more'] = {}): Record<string, unknown> =>
  Object.fromEntries(Object.entries({ source, optout, keys }).filter(([, value]) => value !== undefined));

const pick = (profile: Profile | undefined, fields: object): Record<string, unknown> =>
  Object.fromEntries(Object.keys(fields).map((name) => [name, profile?.[name as keyof Profile]]));

/** About: one unit for each KB of the profile's item, which is as long as its JSON. */
const unitsFor = (profile: Partial<Profile>): number => Math.ceil(Buffer.byteLength(JSON.stringify(profile)) / 1024);
