// Compares a person's row with the profile as it stands: the rule behind every outcome.

import type { JobId, Millis, Outcome } from '../job.ts';
import {
  type ConsentWord,
  maxConsents,
  type Profile,
  type ProfileChange,
  type ProfileMore,
  type ProfilePatch,
} from '../profile.ts';
import type { PatchEntry } from './apply-patches.ts';

interface Decision {
  outcome: Outcome;
  change?: ProfileChange;
}

/** What a person's row means for the profile as it stands: an outcome, and a change unless it says all of it already. */
export const decide = (entry: PatchEntry, profile: Profile | undefined, job: JobId, at: Millis): Decision => {
  const { key: sid, email, patch } = entry;
  const consent = entry.consent && changeOfConsent(entry.consent, profile, job, at);
  if (!profile) {
    const created: Profile = {
      sid,
      email,
      vars: patch.vars ?? {},
      lists: joined(patch.lists),
      createdAt: at,
      createdBy: job,
      changedBy: job,
      signupAt: patch.signupAt ?? at,
      ...withoutNulls({ ...patch.more, ...consent }),
    };
    return { outcome: 'created', change: { kind: 'create', profile: created } };
  }
  const news = difference(profile, consent ? { ...patch, more: { ...patch.more, ...consent } } : patch);
  if (news) {
    const outcome = profile.createdBy === job ? 'created' : 'updated';
    const seen: { consent?: ConsentWord } = consent ? { consent: profile.optout ?? 'none' } : {};
    return { outcome, change: { kind: 'update', sid, job, patch: news, ...seen } };
  }
  if (profile.createdBy === job) return { outcome: 'created' };
  return { outcome: profile.changedBy === job ? 'updated' : 'unchanged' };
};

/** What a row changes about a person's consent, with the trace of it; undefined when it is what the person says already. */
const changeOfConsent = (
  { to, line }: NonNullable<PatchEntry['consent']>,
  profile: Profile | undefined,
  job: JobId,
  at: Millis,
): ProfilePatch['more'] => {
  const from: ConsentWord = profile?.optout ?? 'none';
  if (from === to) return undefined;
  const change = { from, to, at, job, ...(line !== undefined && { line }) };
  const consents = [...(profile?.consents ?? []), change].slice(-maxConsents);
  return { optout: to === 'none' ? null : to, optoutAt: to === 'none' ? null : at, consents };
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
    const at = patch.lists[list] ?? null;
    if ((profile.lists[list] === undefined) === (at === null)) continue;
    news.lists = { ...news.lists, [list]: at };
    any = true;
  }
  if (patch.signupAt !== undefined && patch.signupAt !== profile.signupAt) {
    news.signupAt = patch.signupAt;
    any = true;
  }
  if (patch.email !== undefined && patch.email !== profile.email) {
    news.email = patch.email;
    any = true;
  }
  for (const field in patch.more) {
    const value = patch.more[field as keyof ProfileMore];
    if (value === undefined || same(profile[field as keyof ProfileMore], value)) continue;
    news.more = { ...news.more, [field]: value };
    any = true;
  }
  return any ? news : undefined;
};

const joined = (lists: ProfilePatch['lists']): Profile['lists'] => {
  if (lists && !Object.values(lists).includes(null)) return lists as Profile['lists'];
  return Object.fromEntries(
    Object.entries(lists ?? {}).filter((entry): entry is [string, Millis] => entry[1] !== null),
  );
};

const withoutNulls = (more: ProfilePatch['more'] = {}): Partial<ProfileMore> =>
  Object.fromEntries(Object.entries(more).filter(([, value]) => value !== null));

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
