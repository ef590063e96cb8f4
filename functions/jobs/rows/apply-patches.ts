// Read, compare, write what changed: how every job brings rows into profiles.
import type { Applied, Change, Entry, Forecast, JobContext } from '../define.ts';
import { RetryLater } from '../errors.ts';
import type { JobId, Millis, Outcome } from '../job.ts';
import type { ConsentWord, Profile, ProfileChange, ProfilePatch } from '../profile.ts';
import { decide } from './patch-decision.ts';

/** One person's row: who, and what is to be set. */
export interface PatchEntry extends Entry {
  /** The sid. */
  key: string;
  email: string;
  patch: ProfilePatch;
  /** What the row says about what the person wants, and the row's line. */
  consent?: { to: ConsentWord; line?: number };
}

/** What a row means for someone who is known: what is to be set, and what that counts as; or why they are left alone. */
export type Shaped = (Pick<PatchEntry, 'patch' | 'consent'> & { outcome?: Outcome }) | { skip: string };

/** Looks at the person before anything is set. Pure; asked again when the person changed meanwhile. */
export type Shape = (entry: PatchEntry, profile: Profile) => Shaped;

const rounds = 8;

type Context = Pick<JobContext<unknown, unknown>, 'ports' | 'client' | 'job'>;

/**
 * Applies one patch to each person and says what became of each. A change costs one write, no change costs none.
 * Running it again gives the same outcomes: creations and last changes are read off the profile's stamps.
 */
export const applyPatches = async (
  context: Context,
  entries: readonly PatchEntry[],
  shape?: Shape,
): Promise<Applied[]> => {
  const { ports, client, job } = context;
  const at = job.startedAt ?? job.createdAt;
  const outcomes: Applied[] = new Array(entries.length);
  let open: readonly number[] = [...entries.keys()];
  for (let round = 0; round < rounds; round++) {
    const chosen = round === 0 ? entries : open.map((index) => entries[index] as PatchEntry);
    const found = new Map<string, Profile>();
    const sids = chosen.map((entry) => entry.key);
    for (const profile of await ports.profiles.read(client.id, sids, { fresh: round > 0 }))
      found.set(profile.sid, profile);
    const changes: ProfileChange[] = [];
    for (const index of open) {
      const entry = entries[index] as PatchEntry;
      const { outcome, change } = decideShaped(entry, found.get(entry.key), job.id, at, shape);
      outcomes[index] = outcome;
      if (change) changes.push(change);
    }
    const conflicts = changes.length === 0 ? [] : await ports.profiles.apply(client.id, changes);
    if (conflicts.length === 0) return outcomes;
    const again = new Set(conflicts);
    open = open.filter((index) => again.has(entries[index]?.key ?? ''));
  }
  throw new RetryLater(5, 'profiles kept changing');
};

/** What applying the patches has done, or would do: the same decisions on a consistent read, and no write. */
export const lookAtPatches = async (
  context: Context,
  entries: readonly PatchEntry[],
  shape?: Shape,
): Promise<Forecast[]> => {
  const { ports, client, job } = context;
  const sids = entries.map((entry) => entry.key);
  const profiles = await ports.profiles.read(client.id, sids, { fresh: true });
  const found = new Map(profiles.map((profile) => [profile.sid, profile]));
  return entries.map((entry) => {
    const profile = found.get(entry.key);
    const { outcome, change } = decideShaped(entry, profile, job.id, job.startedAt ?? job.createdAt, shape);
    if (typeof outcome !== 'string') return { outcome: 'skipped', reason: outcome.skip };
    // What the job created it wrote whole: what differs by now is another job's word.
    const written = profile?.createdBy === job.id;
    return change && !written ? { outcome, change: describe(entry, profile, change) } : { outcome };
  });
};

const decideShaped = (
  entry: PatchEntry,
  profile: Profile | undefined,
  job: JobId,
  at: Millis,
  shape: Shape | undefined,
): { outcome: Outcome | { skip: string }; change?: ProfileChange } => {
  if (!shape || !profile) return decide(entry, profile, job, at);
  const shaped = shape(entry, profile);
  if ('skip' in shaped) return { outcome: shaped };
  const { key, email } = entry;
  const decision = decide({ key, email, ...shaped }, profile, job, at);
  return shaped.outcome ? { ...decision, outcome: shaped.outcome } : decision;
};

const describe = ({ email }: PatchEntry, profile: Profile | undefined, change: ProfileChange): Change => {
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
