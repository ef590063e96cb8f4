// Who bought: by address, also one that somebody was given later, or by another key of a person who is there.
import type { JsonObject } from '../json-line.ts';
import { haveMoved } from '../people/aliases.ts';
import { findPeople } from '../people/find-people.ts';
import { type PersonKey, readPersonKey } from '../people/person-key.ts';
import type { Client, Ports } from '../ports.ts';
import { type Sid, sidOf } from '../profile.ts';

/** A buyer as a caller names one. */
export interface NamedBuyer {
  /** Present when it is an address: somebody who is missing is created with it. */
  email?: string;
  by: PersonKey;
}

/** A buyer with a profile, or an address to make one with. */
export interface Buyer {
  sid: Sid;
  email: string;
}

/** The buyer by `email`, or by `id` under `key`. */
export const buyerOf = ({ email, id, key }: JsonObject): NamedBuyer | { reject: string } => {
  const isNamed = email !== undefined && email !== null && email !== '';
  const by = isNamed ? readPersonKey(email, 'email') : readPersonKey(id, key);
  if ('reject' in by) return isNamed || id !== undefined ? by : { reject: 'no address' };
  return by.name === 'email' ? { by, email: by.value } : { by };
};

/** The buyers, in their order; undefined where nobody is found and no address is known. */
export const findBuyers = async (
  { ports, client }: { ports: Pick<Ports, 'profiles' | 'records'>; client: Client },
  named: readonly NamedBuyer[],
): Promise<(Buyer | undefined)[]> => {
  const moved = await haveMoved(ports, client.id);
  const rows = named.map(({ by, email }) => ({
    key: email === undefined ? '' : sidOf(client.id, email),
    ...(email === undefined ? { by } : { email }),
    patch: {},
  }));
  const people = await findPeople({ ports, client }, rows, { fresh: true, moved });
  return people.map((person, index) => {
    const email = named[index]?.email ?? person?.profile?.email;
    return person && email !== undefined ? { sid: person.sid, email } : undefined;
  });
};
