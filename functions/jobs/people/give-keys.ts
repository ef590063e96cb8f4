// Gives people other keys and new addresses. A key belongs to one person: first the index says so, then the profile.
import type { Client, Ports } from '../ports.ts';
import { type KeyName, keyNames, maxAddresses, type Profile, type ProfilePatch, type Sid, sidOf } from '../profile.ts';
import type { PatchEntry } from '../rows/apply-patches.ts';
import { type Alias, type AliasWrite, noteMove, readAliases, writeAliases } from './aliases.ts';
import type { Person } from './find-people.ts';
import { answersTo, type KeyChanges, type PersonKey, textOfKey } from './person-key.ts';

/** An entry and whom it was found to be about. */
export interface Turn {
  entry: PatchEntry;
  person: Person;
}

/** What became of the keys that an entry asks for. */
export type Given =
  /** The entry with all that is to be written on the profile. `merge`: people who hold a key that is asked for, to be merged first. */
  | { entry: PatchEntry; merge?: Sid[] }
  | { reject: string }
  /** Somebody took a key meanwhile: to be looked at anew. */
  | 'again';

interface Context {
  ports: Pick<Ports, 'profiles' | 'records' | 'clock'>;
  client: Client;
}

/**
 * An alias whose profile does not say so may be one that is just being given: its writer has this long to write the profile.
 * Longer than any worker runs.
 */
const settling = 20 * 60_000;

/** Whether an entry is about keys at all: most are not, and cost nothing here. */
export const asksForKeys = ({ by, keys }: PatchEntry): boolean =>
  keys !== undefined || (by !== undefined && by.name !== 'sid' && by.name !== 'email');

/** Reserves the keys that entries ask for; `write` false only looks. What is given must be written on the profiles afterwards. */
export const giveKeys = async (context: Context, turns: readonly Turn[], write: boolean): Promise<Given[]> => {
  const { ports, client } = context;
  const wishes = turns.map((turn) => wishesOf(client, turn));
  const all = wishes.flat();
  if (all.length === 0) return turns.map((turn) => ({ entry: withKeys(turn, []) }));
  const aliases = await readAliases(ports, client.id, all);
  const holders = await readHolders(context, all, aliases);
  const writes = new Map<string, AliasWrite>();
  const given = turns.map((turn, index): Given => {
    const { entry, person } = turn;
    const taken: PersonKey[] = [];
    const merge = new Set<Sid>();
    const claims: AliasWrite[] = [];
    for (const wish of wishes[index] ?? []) {
      const text = textOfKey(wish);
      const seen = aliases.get(text);
      const holder = holderOf(client, wish, seen, holders, person.sid);
      if (holder) {
        if (entry.onConflict !== 'merge') return { reject: conflictReason(wish) };
        taken.push(wish);
        merge.add(holder.sid);
      } else if (writes.has(text)) return 'again';
      else if (seen && seen.sid !== person.sid && ports.clock.now() - seen.at < settling)
        return { reject: `${conflictReason(wish)}, or is just being given to one` };
      else if (needsAlias(client, wish, person.sid) && seen?.sid !== person.sid)
        claims.push({ key: wish, to: person.sid, seen });
    }
    for (const claim of claims) writes.set(textOfKey(claim.key), claim);
    return { entry: withKeys(turn, taken), ...(merge.size > 0 && { merge: [...merge] }) };
  });
  if (!write || writes.size === 0) return given;
  if ([...writes.values()].some(({ key }) => key.name === 'email')) await noteMove(ports, client.id);
  const lost = new Set((await writeAliases(ports, client.id, [...writes.values()])).map(({ key }) => textOfKey(key)));
  if (lost.size === 0) return given;
  return given.map((each, index) => (wishes[index]?.some((wish) => lost.has(textOfKey(wish))) ? 'again' : each));
};

const conflictReason = ({ name }: PersonKey): string =>
  name === 'email' ? 'the new address belongs to another person' : `the key ${name} belongs to another person`;

/** The keys that an entry asks for and the person does not have yet. */
const wishesOf = (client: Client, { entry, person }: Turn): PersonKey[] => {
  const { by, keys = {} } = entry;
  const wanted: PersonKey[] = [];
  if (by && by.name !== 'sid' && by.name !== 'email' && keys[by.name] === undefined) wanted.push(by);
  for (const [name, value] of Object.entries(keys))
    if (typeof value === 'string') wanted.push({ name: name as PersonKey['name'], value });
  // Whoever is created by the address has it by the sid alone.
  return wanted.filter((key) => {
    if (person.profile) return !isHeld(person.profile, key);
    return key.name !== 'email' || sidOf(client.id, key.value) !== person.sid;
  });
};

/** As it is now: an earlier address is to become the present one again. */
const isHeld = (profile: Profile, key: PersonKey): boolean =>
  key.name === 'email' ? profile.email === key.value : answersTo(profile, key);

const needsAlias = (client: Client, { name, value }: PersonKey, sid: Sid): boolean =>
  name !== 'email' || sidOf(client.id, value) !== sid;

const readHolders = async (
  { ports, client }: Context,
  wishes: readonly PersonKey[],
  aliases: ReadonlyMap<string, Alias>,
): Promise<Map<Sid, Profile>> => {
  const sids = new Set([...aliases.values()].map(({ sid }) => sid));
  for (const { name, value } of wishes) if (name === 'email') sids.add(sidOf(client.id, value));
  const profiles = sids.size === 0 ? [] : await ports.profiles.read(client.id, [...sids], { fresh: true });
  return new Map(profiles.map((profile) => [profile.sid, profile]));
};

/** Somebody else who has the key: by the index, or since their sid was made of the address. */
const holderOf = (
  client: Client,
  wish: PersonKey,
  alias: Alias | undefined,
  holders: ReadonlyMap<Sid, Profile>,
  sid: Sid,
): Profile | undefined => {
  const byAlias = alias && alias.sid !== sid ? holders.get(alias.sid) : undefined;
  if (byAlias && answersTo(byAlias, wish)) return byAlias;
  if (wish.name !== 'email') return undefined;
  const born = sidOf(client.id, wish.value);
  return born === sid ? undefined : holders.get(born);
};

/** The entry with its keys as fields of the profile; those in `taken` belong to others still. */
const withKeys = ({ entry, person: { profile } }: Turn, taken: readonly PersonKey[]): PatchEntry => {
  const { by, keys = {}, patch } = entry;
  const isTaken = (name: string) => taken.some((key) => key.name === name);
  const next: Profile['keys'] = { ...profile?.keys };
  const changes: KeyChanges = { ...(by && isKey(by) && { [by.name]: by.value }), ...keys };
  for (const name of keyNames) {
    const value = changes[name];
    if (value === undefined || isTaken(name)) continue;
    if (value === null) delete next[name];
    else next[name] = value;
  }
  const email = keys.email !== undefined && !isTaken('email') ? keys.email : undefined;
  const moved: ProfilePatch = email === undefined || !profile || profile.email === email ? {} : { email };
  const addresses = moved.email !== undefined && { addresses: movedFrom(profile, moved.email) };
  const more = { ...patch.more, keys: Object.keys(next).length > 0 ? next : null, ...addresses };
  return { ...entry, patch: { ...patch, ...moved, more } };
};

const isKey = ({ name }: PersonKey): boolean => (keyNames as readonly string[]).includes(name);

const movedFrom = (profile: Profile | undefined, email: string): string[] =>
  [...(profile?.addresses ?? []), profile?.email ?? ''].filter((old) => old !== email).slice(-maxAddresses);

/** Keys of a person that were replaced or taken away, once the profile is written: they lead nowhere any more. */
export const releaseKeys = async (context: Context, before: Profile, after: Profile['keys']): Promise<void> => {
  const gone = (Object.entries(before.keys ?? {}) as [KeyName, string][])
    .filter(([name, value]) => after?.[name] !== value)
    .map(([name, value]): PersonKey => ({ name, value }));
  await forgetAliases(context, before.sid, gone);
};

/** Removes the aliases of these keys as far as they lead to the person. */
export const forgetAliases = async (
  { ports, client }: Context,
  sid: Sid,
  keys: readonly PersonKey[],
): Promise<void> => {
  const aliases = await readAliases(ports, client.id, keys);
  const mine = keys.flatMap((key): AliasWrite[] => {
    const seen = aliases.get(textOfKey(key));
    return seen?.sid === sid ? [{ key, to: undefined, seen }] : [];
  });
  await writeAliases(ports, client.id, mine);
};
