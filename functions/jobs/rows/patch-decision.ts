// Compares a person's row with the profile as it stands: the rule behind every outcome.

import type { JobId, Millis, Outcome } from '../job.ts';
import type { Profile, ProfileChange, ProfilePatch } from '../profile.ts';
import type { PatchEntry } from './apply-patches.ts';

interface Decision {
  outcome: Outcome;
  change?: ProfileChange;
}

/** What a person's row means for the profile as it stands: an outcome, and a change unless it says all of it already. */
export const decide = (entry: PatchEntry, profile: Profile | undefined, job: JobId, at: Millis): Decision => {
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
