// Who may not be sent what: asked when a send is accepted, and once more when it falls due.
import type { ClientId } from '../job.ts';
import type { Ports } from '../ports.ts';
import { type Profile, type Sid, sidOf } from '../profile.ts';

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
  { profiles }: Pick<Ports, 'profiles'>,
  client: ClientId,
  addresses: readonly string[],
): Promise<Map<string, Profile>> => {
  const sids = new Map<Sid, string>(addresses.map((address) => [sidOf(client, address), address]));
  const found = new Map<string, Profile>();
  const wanted = [...sids.keys()];
  for (let at = 0; at < wanted.length; at += profiles.batch)
    for (const profile of await profiles.read(client, wanted.slice(at, at + profiles.batch), { fresh: true }))
      found.set(sids.get(profile.sid) ?? profile.email, profile);
  return found;
};
