// Finds the people whom rows are about: most by their sid alone, some by another key or by an address that came later.
import type { Client, Ports } from '../ports.ts';
import { type Profile, type Sid, sidOf } from '../profile.ts';
import type { PatchEntry } from '../rows/apply-patches.ts';
import { readAliases } from './aliases.ts';
import { answersTo, type PersonKey, textOfKey } from './person-key.ts';

/** A person, or the sid that one who is missing would have. */
export interface Person {
  sid: Sid;
  profile?: Profile;
}

interface Context {
  ports: Pick<Ports, 'profiles' | 'records'>;
  client: Pick<Client, 'id'>;
}

/** `moved`: addresses of this client were changed, so that one without a profile may be somebody's later address. */
export interface FindOptions {
  fresh: boolean;
  moved: boolean;
}

/** Whom each entry is about; undefined where nobody is found and no address is known to create somebody with. */
export const findPeople = async (
  { ports, client }: Context,
  entries: readonly PatchEntry[],
  { fresh, moved }: FindOptions,
): Promise<(Person | undefined)[]> => {
  const keys = entries.flatMap(({ by }) => (by && isAliased(by) ? [by] : []));
  const aliases = await readAliases(ports, client.id, keys);
  const places = entries.map(({ key, by, email }): Place => {
    if (!by) return { named: key, addressed: key };
    const named = isAliased(by)
      ? aliases.get(textOfKey(by))?.sid
      : by.name === 'sid'
        ? by.value
        : sidOf(client.id, by.value);
    return { named, addressed: email === undefined ? undefined : sidOf(client.id, email) };
  });
  const known = new Map<Sid, Profile>();
  const load = async (sids: readonly (Sid | undefined)[], consistent: boolean): Promise<void> => {
    const wanted = [...new Set(sids)].filter((sid) => sid !== undefined);
    const read = wanted.length === 0 ? [] : await ports.profiles.read(client.id, wanted, { fresh: consistent });
    for (const profile of read) known.set(profile.sid, profile);
  };
  const sids = places.map(({ named }) => named);
  for (const { named, addressed } of places) if (addressed !== named) sids.push(addressed);
  await load(sids, fresh);
  const people = entries.map(({ by }, index): Person | undefined => {
    const { named, addressed } = places[index] as Place;
    const profile = known.get(named ?? '');
    if (profile && (!by || !isAliased(by) || answersTo(profile, by))) return { sid: profile.sid, profile };
    if (addressed === undefined) return undefined;
    const other = known.get(addressed);
    return { sid: addressed, ...(other && { profile: other }) };
  });
  if (!moved) return people;
  const asked = entries.map(({ by, email }, index): PersonKey[] => {
    if (people[index]?.profile) return [];
    const addresses = [by?.name === 'email' ? by.value : undefined, email].filter((value) => value !== undefined);
    return addresses.map((value) => ({ name: 'email', value }));
  });
  const moves = await readAliases(ports, client.id, asked.flat());
  await load(
    [...moves.values()].map(({ sid }) => sid),
    true,
  );
  return people.map((person, index) => {
    for (const key of asked[index] ?? []) {
      const profile = known.get(moves.get(textOfKey(key))?.sid ?? '');
      if (profile && answersTo(profile, key)) return { sid: profile.sid, profile };
    }
    return person;
  });
};

/** Where a row's person may be: by the name that the row gives, and by the address with which they would be created. */
interface Place {
  named: Sid | undefined;
  addressed: Sid | undefined;
}

/** Only other keys are looked up: an address and a sid lead to the profile by themselves. */
const isAliased = ({ name }: PersonKey): boolean => name !== 'sid' && name !== 'email';
