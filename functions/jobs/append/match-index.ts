// The index that records are matched by, kept for clients that switched matching on. It may say too much: the profile decides.
import { createHash } from 'node:crypto';
import type { Client, Ports, RecordWrite } from '../ports.ts';
import type { Profile, ProfileChange, Sid } from '../profile.ts';
import { addressKeys, type Facts, matchFields, placeKeys } from './match-keys.ts';

const table = 'aliases';
/** People under one key; of more than these none can be told from the others anyway. */
const mostPeople = 100;
const lookups = 16;

/** Hashed: nothing readable is left behind when a person is forgotten. */
const partOf = (key: string): string => `match-${createHash('sha256').update(key).digest('hex').slice(0, 40)}`;

/** What a profile says under the names of the append API; its variables have the names that the client set. */
export const factsOf = (vars: Readonly<Record<string, unknown>>, { settings: { matching = {} } }: Client): Facts => {
  const facts: Facts = {};
  for (const field of matchFields) {
    const name = matching[field] ?? field;
    const value = Object.hasOwn(vars, name) ? vars[name] : undefined;
    if (typeof value === 'string' || typeof value === 'number') facts[field] = String(value);
  }
  return facts;
};

const keysOf = (change: ProfileChange, client: Client, before: (sid: Sid) => Profile | undefined): string[] => {
  if (change.kind === 'create')
    return [...placeKeys(factsOf(change.profile.vars, client)), ...addressKeys(change.profile.email)];
  if (change.kind !== 'update') return [];
  const { vars, email } = change.patch;
  const place = vars ? placeKeys(factsOf({ ...before(change.sid)?.vars, ...vars }, client)) : [];
  return email === undefined ? place : [...place, ...addressKeys(email)];
};

/** To be called before the changes are written. Costs nothing for clients without matching. */
export const indexForMatching = async (
  { records }: Pick<Ports, 'records'>,
  client: Client,
  changes: readonly ProfileChange[],
  before: (sid: Sid) => Profile | undefined,
): Promise<void> => {
  if (!client.settings.matching) return;
  const writes = new Map<string, RecordWrite>();
  for (const change of changes) {
    const sid = change.kind === 'create' ? change.profile.sid : change.sid;
    for (const key of keysOf(change, client, before))
      writes.set(`${key} ${sid}`, { part: partOf(key), sort: sid, value: {} });
  }
  if (writes.size > 0) await records.write(client.id, table, [...writes.values()]);
};

/** The people under each key, as the index says. */
export const readMatches = async (
  { records }: Pick<Ports, 'records'>,
  client: Client,
  keys: readonly string[],
): Promise<Map<string, Sid[]>> => {
  const found = new Map<string, Sid[]>();
  const wanted = [...new Set(keys)];
  for (let at = 0; at < wanted.length; at += lookups)
    await Promise.all(
      wanted.slice(at, at + lookups).map(async (key) => {
        const sids: Sid[] = [];
        for await (const page of records.range(client.id, table, partOf(key), { limit: mostPeople }))
          sids.push(...page.map(({ sort }) => sort));
        found.set(key, sids);
      }),
    );
  return found;
};
