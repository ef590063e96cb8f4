// Who may not be sent what: asked when a send is accepted, and once more when it falls due.
import type { ClientId } from '../job.ts';
import { haveMoved } from '../people/aliases.ts';
import { findPeople } from '../people/find-people.ts';
import type { Ports } from '../ports.ts';
import { type Profile, sidOf } from '../profile.ts';

/** Why a person is not sent something: they want no mail, none by this template, only what is basic; or their mailbox is no more. */
export type Refused = 'all' | 'template' | 'basic' | 'hardbounce';

/** What the consent of a person is asked about. */
export interface Asked {
  template: string;
  /** The template goes to those as well who want nothing but what they must get. */
  basic: boolean;
}

/** Undefined when the person may be sent it. Those who only want no campaigns may: a send is none. */
export const refusalOf = (profile: Profile | undefined, { template, basic }: Asked): Refused | undefined => {
  if (!profile) return undefined;
  if (profile.optout === 'all') return 'all';
  if (profile.optout === 'basic' && !basic) return 'basic';
  if (profile.optoutTemplates?.includes(template)) return 'template';
  return profile.status === 'hardbounce' ? 'hardbounce' : undefined;
};

/** The people at these addresses (normalised), by address; those whom nobody knows are left out. As last written. */
export const peopleAt = async (
  ports: Pick<Ports, 'profiles' | 'records'>,
  client: ClientId,
  addresses: readonly string[],
): Promise<Map<string, Profile>> => {
  const moved = await haveMoved(ports, client);
  const found = new Map<string, Profile>();
  for (let at = 0; at < addresses.length; at += ports.profiles.batch) {
    const some = addresses.slice(at, at + ports.profiles.batch);
    const entries = some.map((email) => ({ key: sidOf(client, email), email, patch: {} }));
    const people = await findPeople({ ports, client: { id: client } }, entries, { fresh: true, moved });
    for (const [index, email] of some.entries()) {
      const profile = people[index]?.profile;
      if (profile) found.set(email, profile);
    }
  }
  return found;
};
