// One person at a time, for endpoints: found, changed, forgotten.
import { RetryLater } from '../errors.ts';
import { offsetOf } from '../local-time.ts';
import type { Client, Ports } from '../ports.ts';
import { type KeyName, type Profile, sidOf } from '../profile.ts';
import { handOverPurchases } from '../purchases/hand-over.ts';
import { handOverRecipients } from '../recipients/hand-over.ts';
import { type PatchEntry, writePatches } from '../rows/apply-patches.ts';
import { haveMoved } from './aliases.ts';
import { findNamedLists, type KnownLists, smartList } from './find-lists.ts';
import { findPeople } from './find-people.ts';
import { forgetAliases } from './give-keys.ts';
import { type PersonKey, textOfKey } from './person-key.ts';
import type { PersonUpdate } from './person-update.ts';
import { updateEntry, withLists } from './update-entry.ts';

interface Context {
  ports: Pick<Ports, 'profiles' | 'records' | 'lists' | 'clock'>;
  client: Client;
}

/** On the profiles that no job has written. */
const noJob = '0'.repeat(24);
const rounds = 8;

/** The person with this key, by whatever address they have or had; as last written. */
export const findPerson = async ({ ports, client }: Context, key: PersonKey): Promise<Profile | undefined> => {
  const named = key.name === 'email' ? key.value : undefined;
  const entry: PatchEntry = {
    key: named === undefined ? textOfKey(key) : sidOf(client.id, named),
    by: key,
    patch: {},
    ...(named !== undefined && { email: named }),
  };
  const moved = named !== undefined && (await haveMoved(ports, client.id));
  const [person] = await findPeople({ ports, client }, [entry], { fresh: true, moved });
  return person?.profile;
};

/**
 * Changes a person, or creates one with the address that is known. What it says about consent is taken as it is said: it is
 * about this one person. Undefined when there is no such person and no address.
 */
export const changePerson = async (
  context: Context,
  key: PersonKey,
  update: PersonUpdate,
): Promise<Profile | { reject: string } | undefined> => {
  const { ports, client } = context;
  const at = ports.clock.now();
  const address = key.name === 'email' ? key.value : update.keys?.email;
  if (address === undefined && !(await findPerson(context, key))) return undefined;
  const known: KnownLists = new Map();
  const smart = await findNamedLists(context, Object.entries(update.lists ?? {}), known, { write: true, now: at });
  if (smart.size > 0) return { reject: smartList };
  const entry = withLists(updateEntry(client.id, { who: key }, update), (name) => known.get(name), at);
  if (entry.consent) entry.consent.exact = true;
  const moved = await haveMoved(ports, client.id);
  const [became] = await writePatches({ ports, client, writer: { stamp: noJob, at } }, [entry], { moved });
  if (typeof became === 'object' && 'reject' in became) return became;
  return findPerson(context, update.keys?.email === undefined ? key : { name: 'email', value: update.keys.email });
};

export const clockOf = ({ ports, client }: Context) => ({
  offset: offsetOf(client.settings.timeZone),
  now: ports.clock.now(),
});

/**
 * Forgets a person: the purchases lose their name, the campaigns lose the person, then the profile goes, then the aliases. Whatever stops in between is done by
 * asking again; what could be left behind are hashes that lead nowhere. The person, or undefined when there was none.
 */
export const forgetPerson = async (context: Context, key: PersonKey): Promise<Profile | undefined> => {
  const { ports, client } = context;
  const found = await findPerson(context, key);
  if (!found) return undefined;
  await handOverPurchases(context, found.sid);
  await handOverRecipients(context, found.sid);
  for (let round = 0, profile: Profile | undefined = found; profile; round++) {
    if (round === rounds) throw new RetryLater(5, 'the profile kept changing');
    const change = { kind: 'remove', sid: found.sid, consent: profile.optout ?? 'none' } as const;
    const conflicts = await ports.profiles.apply(client.id, [change]);
    if (conflicts.length === 0) break;
    [profile] = await ports.profiles.read(client.id, [found.sid], { fresh: true });
  }
  const keys = (Object.entries(found.keys ?? {}) as [KeyName, string][]).map(([name, value]) => ({ name, value }));
  const addresses = [...(found.addresses ?? []), found.email].map((value): PersonKey => ({ name: 'email', value }));
  await forgetAliases(context, found.sid, [...keys, ...addresses]);
  return found;
};
