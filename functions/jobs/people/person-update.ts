// What is to change about a person, out of what a client sent: an `update` object, a line of a file, the parameters of a call.
import { normaliseAddress } from '../../files/address.ts';
import type { Millis } from '../job.ts';
import type { Offset } from '../local-time.ts';
import { type ConsentWord, consentWords, keyNames } from '../profile.ts';
import { readMoment } from '../relative-time.ts';
import { isListName } from '../requests/params.ts';
import { type KeyChanges, readKeyValue } from './person-key.ts';

/** A change understood. Lists go by name: true to join, false to leave. */
export interface PersonUpdate {
  /** Null removes a variable. */
  vars?: Record<string, unknown>;
  lists?: Record<string, boolean>;
  optout?: ConsentWord;
  /** True: the person does not want mail of this template; false: they do again. */
  templates?: Record<string, boolean>;
  signupAt?: Millis;
  source?: string;
  keys?: KeyChanges;
  onConflict?: 'merge' | 'error';
}

export interface UpdateClock {
  offset: Offset;
  now: Millis;
}

/** Why something cannot be read; never repeats what was read. */
class Unreadable extends Error {
  override readonly name = 'Unreadable';
}

const maxCharacters = 100_000;
const maxNameLength = 32;
const maxLists = 1000;

type Raw = Readonly<Record<string, unknown>>;

/** The change that the members of `raw` ask for; members that mean nothing here are left alone. */
export const readPersonUpdate = (raw: Raw, clock: UpdateClock): PersonUpdate | { reject: string } => {
  try {
    return readAll(raw, clock);
  } catch (error) {
    if (error instanceof Unreadable) return { reject: error.message };
    throw error;
  }
};

const said = (value: unknown): boolean => value !== undefined && value !== null;

const readAll = (raw: Raw, clock: UpdateClock): PersonUpdate => {
  const update: PersonUpdate = {};
  for (const name of unkept) if (said(raw[name])) throw new Unreadable(`${name} is not kept here`);
  const vars = readVars(raw.vars, raw.delete_vars);
  if (vars) update.vars = vars;
  if (said(raw.lists)) update.lists = readFlags('lists', raw.lists, isListName);
  const optout = said(raw.optout) ? raw.optout : raw.optout_email;
  if (said(optout)) update.optout = readConsent(optout);
  if (said(raw.optout_templates)) update.templates = readFlags('optout_templates', raw.optout_templates, isListName);
  if (said(raw.signup_date)) update.signupAt = readTime(raw.signup_date, clock);
  if (said(raw.source)) update.source = readText('source', raw.source);
  if (said(raw.keys)) update.keys = readKeys(raw.keys);
  if (said(raw.keysconflict)) update.onConflict = readConflict(raw.keysconflict);
  return update;
};

/** What people say about messages to their phones: to take it and not to keep it would be to lose it. */
const unkept = ['optout_sms_status', 'sms_marketing_status', 'pixel_tracking_consent'];

/** The exact word: whatever else stands there is never read as the wish to get mail. */
const readConsent = (value: unknown): ConsentWord => {
  const word = consentWords.find((known) => known === value);
  if (!word) throw new Unreadable(`optout is none of the words ${consentWords.join(', ')}`);
  return word;
};

const entriesOf = (name: string, value: unknown): [string, unknown][] => {
  if (Array.isArray(value) && value.length === 0) return [];
  if (typeof value !== 'object' || value === null || Array.isArray(value)) throw new Unreadable(`${name} is no object`);
  return Object.entries(value);
};

const readVars = (set: unknown, removed: unknown): Record<string, unknown> | undefined => {
  if (!said(set) && !said(removed)) return undefined;
  const names = said(removed) ? readNames('delete_vars', removed) : [];
  const entries: [string, unknown][] = names.map((name) => [name, null]);
  if (said(set)) entries.push(...entriesOf('vars', set));
  for (const [name] of entries)
    if (name === '' || [...name].length > maxNameLength)
      throw new Unreadable(`a variable has a name that is empty or longer than ${maxNameLength} characters`);
  // Entries define properties, so that a variable `__proto__` is one like others.
  const vars: Record<string, unknown> = Object.fromEntries(entries);
  if (JSON.stringify(vars).length > maxCharacters) throw new Unreadable('vars have more than 100,000 characters');
  return vars;
};

const readNames = (what: string, value: unknown): string[] => {
  const names = typeof value === 'string' ? value.split(',').map((name) => name.trim()) : value;
  if (!Array.isArray(names) || !names.every((name) => typeof name === 'string'))
    throw new Unreadable(`${what} is no array of names`);
  return names;
};

/** An object of names with 1 or 0, or an array of names that all mean 1. */
const readFlags = (what: string, value: unknown, fits: (name: string) => boolean): Record<string, boolean> => {
  const entries: [string, unknown][] = Array.isArray(value)
    ? readNames(what, value).map((name) => [name, 1])
    : entriesOf(what, value);
  if (entries.length > maxLists) throw new Unreadable(`${what} has more than ${maxLists} names`);
  return Object.fromEntries(
    entries.map(([name, on]) => {
      if (!fits(name)) throw new Unreadable(`${what} has a name that cannot be one`);
      if (on === 1 || on === true || on === '1' || on === 'true') return [name, true];
      if (on === 0 || on === false || on === '0' || on === 'false') return [name, false];
      throw new Unreadable(`${what} has a value that is neither 1 nor 0`);
    }),
  );
};

const readTime = (value: unknown, { offset, now }: UpdateClock): Millis => {
  const at = typeof value === 'string' ? readMoment(value, offset, now) : undefined;
  if (at === undefined) throw new Unreadable('signup_date is not a date');
  return at;
};

const readText = (what: string, value: unknown): string => {
  const text = typeof value === 'number' ? String(value) : value;
  if (typeof text !== 'string' || text.length > 1000) throw new Unreadable(`${what} is no text`);
  return text;
};

const readKeys = (value: unknown): KeyChanges => {
  const keys: KeyChanges = {};
  const given = new Map(entriesOf('keys', value));
  if (said(given.get('email'))) keys.email = readAddress(given.get('email'));
  for (const name of keyNames) {
    const key = given.get(name);
    if (key === null || key === '') keys[name] = null;
    else if (key !== undefined) {
      const text = readKeyValue(key);
      if (text === undefined) throw new Unreadable(`the key ${name} is no text of 1 to 200 characters`);
      keys[name] = text;
    }
  }
  return keys;
};

const readAddress = (value: unknown): string => {
  const address = typeof value === 'string' ? normaliseAddress(value) : { reason: 'it is no text' };
  if ('reason' in address) throw new Unreadable(`keys.email: ${address.reason}`);
  return address.address;
};

const readConflict = (value: unknown): 'merge' | 'error' => {
  if (value !== 'merge' && value !== 'error') throw new Unreadable('keysconflict is neither merge nor error');
  return value;
};

/** Both, in this order: where they speak of the same, `later` wins. */
export const joinUpdates = (earlier: PersonUpdate, later: PersonUpdate): PersonUpdate => ({
  ...earlier,
  ...later,
  ...((earlier.vars || later.vars) && { vars: both(earlier.vars, later.vars) }),
  ...((earlier.lists || later.lists) && { lists: both(earlier.lists, later.lists) }),
  ...((earlier.templates || later.templates) && { templates: both(earlier.templates, later.templates) }),
  ...((earlier.keys || later.keys) && { keys: { ...earlier.keys, ...later.keys } }),
});

/** Spread defines properties, so that a name `__proto__` is one like others. */
const both = <T>(earlier: Record<string, T> = {}, later: Record<string, T> = {}): Record<string, T> => ({
  ...earlier,
  ...later,
});
