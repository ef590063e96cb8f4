// Compares a person's row with the profile as it stands: the rule behind every outcome.

import type { JobId, Millis, Outcome } from '../job.ts';
import type { Person } from '../people/find-people.ts';
import {
  type ConsentWord,
  maxConsents,
  type Profile,
  type ProfileChange,
  type ProfileMore,
  type ProfilePatch,
  seenFields,
} from '../profile.ts';
import type { PatchEntry } from './apply-patches.ts';

export interface Decision {
  outcome: Outcome;
  change?: Extract<ProfileChange, { kind: 'create' | 'update' }>;
}

/** In whose name a change is made, and when: the same for all that a job or a call does. */
export interface Writer {
  /** Stays on the profiles that it creates or changes; what a job does it knows again by this. */
  stamp: JobId;
  at: Millis;
  /** Absent when an endpoint writes. */
  job?: JobId;
}

/** How much a person is spared: what a job may only add to, unless it says `none`. */
export const strictness: Readonly<Record<ConsentWord, number>> = { none: 0, blast: 1, basic: 2, all: 3 };

/** What a person's row means for the profile as it stands: an outcome, and a change unless it says all of it already. */
export const decide = (entry: PatchEntry, person: Person, writer: Writer): Decision => {
  const { patch } = entry;
  const { sid, profile } = person;
  const { stamp, at } = writer;
  const said = entry.consent || entry.templates;
  const more = said
    ? { ...patch.more, ...consentOf(entry, profile, writer), ...templatesOf(entry, profile) }
    : (patch.more ?? {});
  if (!profile) {
    if (entry.email === undefined) throw new Error('nobody is created without an address');
    const created: Profile = {
      sid,
      email: patch.email ?? entry.email,
      vars: withoutNulls(patch.vars),
      lists: joined(patch.lists),
      createdAt: at,
      createdBy: stamp,
      changedBy: stamp,
      signupAt: patch.signupAt ?? at,
      ...(withoutNulls(more) as Partial<ProfileMore>),
    };
    return { outcome: 'created', change: { kind: 'create', profile: created } };
  }
  // Only a row that knows an address can have created anyone.
  const created = entry.email !== undefined && profile.createdBy === stamp;
  const news = difference(profile, said ? { ...patch, more } : patch);
  if (news) {
    const outcome = created ? 'created' : 'updated';
    return { outcome, change: { kind: 'update', sid, job: stamp, patch: news, ...seenIn(profile, news) } };
  }
  if (created) return { outcome: 'created' };
  return { outcome: profile.changedBy === stamp ? 'updated' : 'unchanged' };
};

/** What must still be so when a change is written that was made out of what is there. */
const seenIn = (profile: Profile, { more }: ProfilePatch): Pick<Update, 'consent' | 'seen'> => {
  if (!more) return {};
  const fields = seenFields.filter((field) => field in more);
  return {
    ...('consents' in more && { consent: profile.optout ?? 'none' }),
    ...(fields.length > 0 && { seen: Object.fromEntries(fields.map((field) => [field, profile[field]])) }),
  };
};
type Update = Extract<ProfileChange, { kind: 'update' }>;

/** What a row changes about a person's consent, with the trace of it; undefined when it is what the person says already. */
const consentOf = (
  { consent }: PatchEntry,
  profile: Profile | undefined,
  { job, at }: Writer,
): ProfilePatch['more'] => {
  const from: ConsentWord = profile?.optout ?? 'none';
  if (!consent || consent.to === from) return undefined;
  const { to, line, exact = false } = consent;
  // Whoever wants no mail at all does not get some because a file says that they want no campaigns.
  if (!exact && to !== 'none' && strictness[to] < strictness[from]) return undefined;
  const change = { from, to, at, ...(job !== undefined && { job }), ...(line !== undefined && { line }) };
  const consents = [...(profile?.consents ?? []), change].slice(-maxConsents);
  return { optout: to === 'none' ? null : to, optoutAt: to === 'none' ? null : at, consents };
};

const templatesOf = ({ templates }: PatchEntry, profile: Profile | undefined): ProfilePatch['more'] => {
  if (!templates) return undefined;
  const wanted = new Set(profile?.optoutTemplates);
  for (const name in templates) {
    if (templates[name]) wanted.add(name);
    else wanted.delete(name);
  }
  return { optoutTemplates: wanted.size > 0 ? [...wanted] : null };
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

/** The same object when it holds none, as for most. Entries define properties, so that a variable `__proto__` is one like others. */
const withoutNulls = (values: Record<string, unknown> = {}): Record<string, unknown> => {
  for (const name in values)
    if (values[name] === null || values[name] === undefined)
      return Object.fromEntries(Object.entries(values).filter(([, value]) => value !== null && value !== undefined));
  return values;
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
