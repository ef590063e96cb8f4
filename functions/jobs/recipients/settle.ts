// Brings people's profiles up to what campaigns they got, and what they did with them.
import { indexForMatching } from '../append/match-index.ts';
import { RetryLater } from '../errors.ts';
import { inFlight } from '../in-flight.ts';
import type { Profile, ProfileChange, Sid } from '../profile.ts';
import { profilesOf, type Writer } from '../purchases/person.ts';
import { type CampaignStats, PersonStats, saysAll, withCampaigns } from './person-stats.ts';
import { campaignsOf } from './recipient.ts';

const rounds = 12;
/** People whose campaigns are looked up at once. */
const lookups = 25;

/** What the campaigns of each person amount to. */
export const campaignStatsOf = async (
  { ports, client }: Pick<Writer, 'ports' | 'client'>,
  sids: readonly Sid[],
): Promise<Map<Sid, CampaignStats>> => {
  const found = new Map<Sid, CampaignStats>();
  await inFlight(sids, lookups, async (sid) => {
    const stats = new PersonStats();
    for await (const page of campaignsOf(ports, client.id, sid)) for (const happenings of page) stats.add(happenings);
    found.set(sid, stats.read());
  });
  return found;
};

/**
 * Writes the stats that changed; makes profiles that are missing, for addresses that are known. A profile is read before the
 * campaigns and written on condition that its stats have not changed since, so that of several workers the last one has seen
 * everything. Consent is never touched: whoever is made here has not said anything yet.
 */
export const settlePeople = async (writer: Writer, people: ReadonlyMap<Sid, string | undefined>): Promise<void> => {
  const { ports, client } = writer;
  let open = [...people.keys()];
  for (let round = 0; round < rounds && open.length > 0; round++) {
    const profiles = await profilesOf(writer, open);
    const stats = await campaignStatsOf(writer, open);
    const changes = open.flatMap((sid) =>
      changeOf(writer, { sid, email: people.get(sid), profile: profiles.get(sid), wanted: stats.get(sid) ?? {} }),
    );
    await indexForMatching(ports, client, changes, (sid) => profiles.get(sid));
    open = changes.length === 0 ? [] : await ports.profiles.apply(client.id, changes);
  }
  if (open.length > 0) throw new RetryLater(5, 'profiles kept changing');
};

interface Person {
  sid: Sid;
  email: string | undefined;
  profile: Profile | undefined;
  wanted: CampaignStats;
}

const changeOf = ({ by, at }: Writer, { sid, email, profile, wanted }: Person): ProfileChange[] => {
  if (profile) {
    if (saysAll(profile.stats, wanted)) return [];
    const stats = withCampaigns(profile.stats, wanted);
    return [{ kind: 'update', sid, job: by, patch: { more: { stats } }, statsVersion: profile.stats?.version ?? 0 }];
  }
  if (email === undefined) return [];
  const stamps = { createdAt: at, createdBy: by, changedBy: by, signupAt: at };
  const stats = withCampaigns(undefined, wanted);
  return [{ kind: 'create', profile: { sid, email, vars: {}, lists: {}, ...stamps, stats } }];
};
