// The purchases of people, and what their profiles say of them: counted anew from what is kept, never added up.

import { indexForMatching } from '../append/match-index.ts';
import { RetryLater } from '../errors.ts';
import { inFlight } from '../in-flight.ts';
import type { JobId, Millis } from '../job.ts';
import type { Client, Ports } from '../ports.ts';
import type { Profile, ProfileChange, Sid } from '../profile.ts';
import { idAt, type Purchase, personPart, purchaseOf, recordKeyOf } from './purchase.ts';
import { saysAll, statsOf, withPurchases } from './statistics.ts';

/** Who writes: a job or a call, and the time that it writes down. */
export interface Writer {
  ports: Pick<Ports, 'profiles' | 'records'>;
  client: Client;
  by: JobId;
  at: Millis;
}
type Reader = Pick<Writer, 'ports' | 'client'>;

const rounds = 12;
/** People whose purchases are looked up at once. */
const lookups = 25;

/** All purchases of each person, from consistent reads. */
export const purchasesOf = async ({ ports, client }: Reader, sids: readonly Sid[]): Promise<Map<Sid, Purchase[]>> => {
  const ids = new Set<string>();
  await inFlight(sids, lookups, async (sid) => {
    for await (const page of ports.records.range(client.id, 'purchases', personPart(sid), { fresh: true }))
      for (const { sort } of page) ids.add(idAt(sort));
  });
  const found = new Map<Sid, Purchase[]>(sids.map((sid) => [sid, []]));
  const keys = [...ids].map(recordKeyOf);
  for (const { value } of await ports.records.read(client.id, 'purchases', keys, { fresh: true })) {
    const purchase = purchaseOf(value);
    // The index may lead to what has become another person's.
    found.get(purchase.sid)?.push(purchase);
  }
  return found;
};

/** People's profiles, from a consistent read. */
export const profilesOf = async ({ ports, client }: Reader, sids: readonly Sid[]): Promise<Map<Sid, Profile>> =>
  new Map((await ports.profiles.read(client.id, sids, { fresh: true })).map((profile) => [profile.sid, profile]));

/**
 * Brings the profiles up to what their owners have bought; makes those that are missing, for addresses that are known. The
 * profile is read before the purchases and written on condition that its stats have not changed, so that of several workers
 * the last one has seen all purchases. Consent is never touched.
 */
export const settlePeople = async (writer: Writer, people: ReadonlyMap<Sid, string | undefined>): Promise<void> => {
  const { ports, client } = writer;
  let open = [...people.keys()];
  for (let round = 0; round < rounds && open.length > 0; round++) {
    const profiles = await profilesOf(writer, open);
    const purchases = await purchasesOf(writer, open);
    const changes = open.flatMap((sid) =>
      changeOf(writer, sid, people.get(sid), profiles.get(sid), purchases.get(sid) ?? []),
    );
    await indexForMatching(ports, client, changes, (sid) => profiles.get(sid));
    open = changes.length === 0 ? [] : await ports.profiles.apply(client.id, changes);
  }
  if (open.length > 0) throw new RetryLater(5, 'profiles kept changing');
};

const changeOf = (
  { by, at }: Writer,
  sid: Sid,
  email: string | undefined,
  profile: Profile | undefined,
  purchases: readonly Purchase[],
): ProfileChange[] => {
  const wanted = statsOf(purchases);
  if (profile) {
    if (saysAll(profile.stats, wanted)) return [];
    const stats = withPurchases(profile.stats, wanted);
    return [{ kind: 'update', sid, job: by, patch: { more: { stats } }, statsVersion: profile.stats?.version ?? 0 }];
  }
  if (email === undefined) return [];
  const stamps = { createdAt: at, createdBy: by, changedBy: by, signupAt: at };
  const stats = withPurchases(undefined, wanted);
  return [{ kind: 'create', profile: { sid, email, vars: {}, lists: {}, ...stamps, stats } }];
};
