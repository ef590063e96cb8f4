// Read, compare, write what changed: how every job brings rows into profiles.
import type { Entry, JobContext } from './define.ts';
import { RetryLater } from './errors.ts';
import type { JobId, Millis, Outcome } from './job.ts';
import type { Profile, ProfileChange, ProfilePatch } from './profile.ts';

/** One person's row: who, and what is to be set. */
export interface PatchEntry extends Entry {
  /** The sid. */
  key: string;
  email: string;
  patch: ProfilePatch;
}

const rounds = 8;

/**
 * Applies one patch to each person and says what became of each. A change costs one write, no change costs none.
 * Running it again gives the same outcomes: creations and last changes are read off the profile's stamps.
 */
export const applyPatches = async (
  context: Pick<JobContext<unknown, unknown>, 'ports' | 'client' | 'job'>,
  entries: readonly PatchEntry[],
): Promise<Outcome[]> => {
  const { ports, client, job } = context;
  const at = job.startedAt ?? job.createdAt;
  const outcomes: Outcome[] = new Array(entries.length);
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
      const { outcome, change } = decide(entry, found.get(entry.key), job.id, at);
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

interface Decision {
  outcome: Outcome;
  change?: ProfileChange;
}

const decide = (entry: PatchEntry, profile: Profile | undefined, job: JobId, at: Millis): Decision => {
  const { key: sid, email, patch } = entry;
  if (!profile) {
    const created: Profile = {
      sid,
      email,
      vars: patch.vars ?? {},
      lists: patch.lists ?? {},
      createdAt: at,
      createdBy: job,
      changedBy: job,
      signupAt: patch.signupAt ?? at,
      ...(patch.source !== undefined && { source: patch.source }),
    };
    return { outcome: 'created', change: { kind: 'create', profile: created } };
  }
  const news = difference(profile, patch);
  if (news) {
    const outcome = profile.createdBy === job ? 'created' : 'updated';
    return { outcome, change: { kind: 'update', sid, job, patch: news } };
  }
  if (profile.createdBy === job) return { outcome: 'created' };
  return { outcome: profile.changedBy === job ? 'updated' : 'unchanged' };
};

/** What of the patch the profile does not say yet; undefined when nothing. Joining a list twice keeps the first time. */
const difference = (profile: Profile, patch: ProfilePatch): ProfilePatch | undefined => {
  const news: ProfilePatch = {};
  let any = false;
  if (patch.vars) {
    const vars = changedVars(profile.vars, patch.vars);
    if (vars) {
      news.vars = vars;
      any = true;
    }
  }
  for (const list in patch.lists) {
    if (profile.lists[list] !== undefined) continue;
    news.lists = { ...news.lists, [list]: patch.lists[list] ?? 0 };
    any = true;
  }
  if (patch.signupAt !== undefined && patch.signupAt !== profile.signupAt) {
    news.signupAt = patch.signupAt;
    any = true;
  }
  if (patch.source !== undefined && patch.source !== profile.source) {
    news.source = patch.source;
    any = true;
  }
  return any ? news : undefined;
};

const changedVars = (
  old: Record<string, unknown>,
  vars: Record<string, unknown>,
): Record<string, unknown> | undefined => {
  let changed: Record<string, unknown> | undefined;
  for (const name in vars) {
    const value = vars[name];
    const before = Object.hasOwn(old, name) ? old[name] : undefined;
    if (same(before, value)) continue;
    // No prototype: a variable may be called __proto__.
    changed ??= Object.create(null) as Record<string, unknown>;
    changed[name] = value;
  }
  return changed;
};

const same = (before: unknown, value: unknown): boolean =>
  before === value ||
  (value === null && before === undefined) ||
  (typeof value === 'object' && typeof before === 'object' && JSON.stringify(before) === JSON.stringify(value));
