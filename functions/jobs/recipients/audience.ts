// The people who got a campaign, with their profiles: all of them, or those whom a query means.

import { findBlast } from '../campaigns/blasts.ts';
import type { JobContext, Slice } from '../define.ts';
import type { Profile } from '../profile.ts';
import { testOf } from '../query/matching.ts';
import type { Query } from '../query/query.ts';
import { slicesFor } from '../slices.ts';
import type { Happenings } from './happenings.ts';
import { recipientsOf } from './recipient.ts';

type Context = Pick<JobContext<unknown, unknown>, 'ports' | 'client' | 'job'>;

/** Whom to look for. */
export interface Audience {
  blast: number;
  query?: Query | undefined;
}

export interface Reached {
  profile: Profile;
  happenings: Happenings;
}

/** How to cut the work of going through them. */
export const audienceSlices = async ({ ports, client }: Context, blast: number): Promise<Slice[]> =>
  slicesFor((await findBlast(ports, client.id, blast))?.stats?.total.count ?? 0);

/** Those of a slice, in order of sid, in batches. Who has been removed from the base is left out. */
export async function* audience(context: Context, { blast, query }: Audience, slice: Slice): AsyncGenerator<Reached[]> {
  const { ports, client } = context;
  const matches = query ? await testOf(context, query) : () => true;
  for await (const received of recipientsOf(ports, client.id, blast, slice)) {
    const profiles = await ports.profiles.read(
      client.id,
      received.map(({ sid }) => sid),
    );
    const bySid = new Map(profiles.map((profile) => [profile.sid, profile]));
    const reached: Reached[] = [];
    for (const { sid, happenings } of received) {
      const profile = bySid.get(sid);
      if (profile && matches(profile)) reached.push({ profile, happenings });
    }
    if (reached.length > 0) yield reached;
  }
}
