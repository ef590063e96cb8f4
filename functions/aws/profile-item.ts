// A profile as an item: variables and lists are maps, so that an update can set one entry and leave the others.
import type { DeleteCommandInput } from '@aws-sdk/lib-dynamodb';
import { type ConsentWord, keyNames, type Profile, type ProfileChange } from '../jobs/profile.ts';
import { Update } from './expression.ts';
import { type Key, profileKey } from './layout.ts';
import { asWord, fromWord } from './words.ts';

type Item = Record<string, unknown>;
type ProfileRemoval = Extract<ProfileChange, { kind: 'remove' }>;
type ProfileUpdate = Extract<ProfileChange, { kind: 'update' }>;

/** An expression may have 4 KB and 300 operators; an entry of it takes two placeholders. */
const entriesPerUpdate = 100;

/**
 * Texts, truth values and plain numbers are kept as such; anything else as JSON in a map `{j}`: lists and maps may be
 * deeper than DynamoDB takes or have names that it refuses, and its numbers end where JavaScript's go on.
 */
const asValue = (value: unknown): unknown => {
  if (typeof value === 'string' || typeof value === 'boolean' || Number.isSafeInteger(value)) return value;
  return { j: JSON.stringify(value) };
};
const fromValue = (value: unknown): unknown =>
  typeof value === 'object' && value !== null && 'j' in value ? JSON.parse(String(value.j)) : value;

export const toItem = (client: string, { sid, vars, ...rest }: Profile): Item => ({
  ...profileKey(client, sid),
  ...rest,
  vars: Object.fromEntries(
    Object.entries(vars)
      .filter(([, value]) => value !== undefined && value !== null)
      .map(([name, value]) => [asWord(name), asValue(value)]),
  ),
});

export const fromItem = ({ pk, sk, vars, ...rest }: Item): Profile =>
  ({
    sid: String(sk),
    ...rest,
    // Made from entries, so that a variable `__proto__` is one like any other.
    vars: Object.fromEntries(Object.entries(vars ?? {}).map(([word, value]) => [fromWord(word), fromValue(value)])),
  }) as unknown as Profile;

/** The updates of one change. More than one only for very many variables; the last one carries the mark of the job. */
export const updatesOf = ({ job, patch, consent, statsVersion, seen = {} }: ProfileUpdate): Update[] => {
  const steps: ((update: Update) => void)[] = [
    ...Object.entries(patch.vars ?? {}).map(([name, value]) => (update: Update) => {
      if (value === null || value === undefined) update.remove(['vars', asWord(name)]);
      else update.set(['vars', asWord(name)], asValue(value));
    }),
    ...Object.entries(patch.lists ?? {}).map(([list, at]) => (update: Update) => {
      if (at === null) update.remove(['lists', list]);
      else update.set(['lists', list], at);
    }),
  ];
  const { vars: _, lists: __, more, ...fields } = patch;
  steps.push((update) => {
    for (const [name, value] of Object.entries({ ...fields, ...more, changedBy: job })) {
      if (value === null) update.remove(name);
      else if (value !== undefined) update.set(name, value);
    }
  });
  const updates: Update[] = [];
  for (let at = 0; at < steps.length; at += entriesPerUpdate) {
    const update = new Update();
    update.when(`attribute_exists(${update.path('pk')})`);
    if (consent !== undefined) whenConsentIs(update, consent);
    if (statsVersion !== undefined) whenStatsAre(update, statsVersion);
    for (const [name, value] of Object.entries(seen)) whenFieldIs(update, name, value);
    for (const step of steps.slice(at, at + entriesPerUpdate)) step(update);
    updates.push(update);
  }
  return updates;
};

const whenConsentIs = (update: Update, consent: ConsentWord): void => {
  const optout = update.path('optout');
  update.when(consent === 'none' ? `attribute_not_exists(${optout})` : `${optout}=${update.value(consent)}`);
};

/** An expression may have 300 operators. */
const comparedEntries = 100;

/** Entry by entry: the emulator that tests run on compares no lists and maps. */
const whenFieldIs = (update: Update, name: string, value: Profile['keys'] | string[]): void => {
  const path = update.path(name);
  if (value === undefined) update.when(`attribute_not_exists(${path})`);
  else if (Array.isArray(value)) {
    update.when(`size(${path})=${update.value(value.length)}`);
    for (const [index, entry] of value.slice(0, comparedEntries).entries())
      update.when(`${path}[${index}]=${update.value(entry)}`);
  } else
    for (const key of keyNames) {
      const entry = update.path([name, key]);
      const expected = value[key];
      update.when(expected === undefined ? `attribute_not_exists(${entry})` : `${entry}=${update.value(expected)}`);
    }
};

const whenStatsAre = (update: Update, wanted: number): void => {
  const version = update.path(['stats', 'version']);
  update.when(wanted === 0 ? `attribute_not_exists(${version})` : `${version}=${update.value(wanted)}`);
};

/** The deletion of a profile, on the same conditions as an update. */
export const removalOf = ({ consent }: ProfileRemoval, table: string, key: Key): DeleteCommandInput => {
  const update = new Update();
  update.when(`attribute_exists(${update.path('pk')})`);
  if (consent !== undefined) whenConsentIs(update, consent);
  const { UpdateExpression: _, ...input } = update.input(table, key);
  return input;
};

export const keysOf = (client: string, sids: readonly string[]): Key[] =>
  [...new Set(sids)].map((sid) => profileKey(client, sid));
