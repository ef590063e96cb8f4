// Makes one person of two who turn out to be the same. The one who stays has the last word, but in what either does not want.
import { RetryLater } from '../errors.ts';
import type { Client, Ports } from '../ports.ts';
import {
  type ConsentWord,
  type KeyName,
  maxAddresses,
  maxConsents,
  type Profile,
  type ProfileMore,
  type ProfilePatch,
  type Sid,
} from '../profile.ts';
import { handOverPurchases } from '../purchases/hand-over.ts';
import { handOverRecipients } from '../recipients/hand-over.ts';
import { strictness, type Writer } from '../rows/patch-decision.ts';
import { type AliasWrite, noteMove, readAliases, writeAliases } from './aliases.ts';
import type { PersonKey } from './person-key.ts';
import { textOfKey } from './person-key.ts';

interface Context {
  ports: Pick<Ports, 'profiles' | 'records' | 'clock'>;
  client: Client;
}

const rounds = 8;

/**
 * Brings what is known of `other` to `sid`, and removes `other`. In this order: the aliases, the profile that stays, the purchases and campaigns, the removal;
 * so whatever stops in between is done by doing it again, and nothing is lost. Nothing to do when `other` is gone.
 */
export const mergePeople = async (context: Context, sid: Sid, other: Sid, writer: Writer): Promise<void> => {
  const { ports, client } = context;
  for (let round = 0; round < rounds; round++) {
    const read = await ports.profiles.read(client.id, [sid, other], { fresh: true });
    const [stays, goes] = [sid, other].map((wanted) => read.find((profile) => profile.sid === wanted));
    if (!goes) return;
    if (!stays) throw new RetryLater(5, 'the person who was to stay is gone');
    await takeAliases(context, stays, goes);
    const { keys, addresses, optoutTemplates } = stays;
    const conflicts = await ports.profiles.apply(client.id, [
      {
        kind: 'update',
        sid,
        job: writer.stamp,
        patch: mergedPatch(stays, goes, writer),
        consent: stays.optout ?? 'none',
        seen: { keys, addresses, optoutTemplates },
        ...(goes.stats && { statsVersion: stays.stats?.version ?? 0 }),
      },
    ]);
    if (conflicts.length > 0) continue;
    const heir = { sid, email: stays.email, by: writer.stamp };
    await handOverPurchases(context, other, heir);
    await handOverRecipients(context, other, heir);
    const removed = await ports.profiles.apply(client.id, [
      { kind: 'remove', sid: other, consent: goes.optout ?? 'none' },
    ]);
    if (removed.length === 0) return;
  }
  throw new RetryLater(5, 'profiles kept changing');
};

/** All that led to the one who goes leads to the one who stays: keys, addresses, and the address that made the sid. */
const takeAliases = async ({ ports, client }: Context, stays: Profile, goes: Profile): Promise<void> => {
  const keys = (Object.entries(goes.keys ?? {}) as [KeyName, string][]).map(([name, value]) => ({ name, value }));
  const addresses = [...(goes.addresses ?? []), goes.email].map((value): PersonKey => ({ name: 'email', value }));
  const wanted: PersonKey[] = [...keys, ...addresses];
  const aliases = await readAliases(ports, client.id, wanted);
  const writes = new Map<string, AliasWrite>();
  for (const key of wanted) {
    const seen = aliases.get(textOfKey(key));
    if (seen?.sid !== stays.sid) writes.set(textOfKey(key), { key, to: stays.sid, seen });
  }
  if (writes.size > 0) await noteMove(ports, client.id);
  const lost = await writeAliases(ports, client.id, [...writes.values()]);
  if (lost.length > 0) throw new RetryLater(5, 'a key changed hands');
};

const mailStatuses = ['valid', 'softbounce', 'hardbounce'] as const;

/** What of the one who goes the one who stays does not say yet. Giving it twice changes nothing. */
const mergedPatch = (stays: Profile, goes: Profile, { job, at }: Writer): ProfilePatch => {
  const mine = <T>(a: Record<string, T>, b: Record<string, T>): Record<string, T> =>
    Object.fromEntries(Object.entries(b).filter(([name]) => !Object.hasOwn(a, name)));
  const [from, to]: ConsentWord[] = [stays.optout ?? 'none', goes.optout ?? 'none'];
  const stricter = strictness[to ?? 'none'] > strictness[from ?? 'none'];
  const consents = [...(stays.consents ?? []), ...(goes.consents ?? [])].sort((a, b) => a.at - b.at);
  const distinct = [...new Map(consents.map((change) => [JSON.stringify(change), change])).values()];
  if (stricter && from && to) distinct.push({ from, to, at, ...(job !== undefined && { job }) });
  const templates = [...new Set([...(stays.optoutTemplates ?? []), ...(goes.optoutTemplates ?? [])])];
  const addresses = [...new Set([...(goes.addresses ?? []), goes.email, ...(stays.addresses ?? [])])];
  const worse = mailStatuses.indexOf(goes.status ?? 'valid') > mailStatuses.indexOf(stays.status ?? 'valid');
  const keys = { ...goes.keys, ...stays.keys };
  const more: Partial<ProfileMore> = {
    ...(stays.source === undefined && goes.source !== undefined && { source: goes.source }),
    ...(stricter && goes.optout && { optout: goes.optout, optoutAt: goes.optoutAt ?? at }),
    ...(distinct.length > 0 && { consents: distinct.slice(-maxConsents) }),
    ...(templates.length > 0 && { optoutTemplates: templates }),
    ...(worse &&
      goes.status && { status: goes.status, ...(goes.statusAt !== undefined && { statusAt: goes.statusAt }) }),
    // Never added up: a merge may be done twice.
    ...(goes.stats && { stats: { ...goes.stats, ...stays.stats, version: (stays.stats?.version ?? 0) + 1 } }),
    ...(Object.keys(keys).length > 0 && { keys }),
    addresses: addresses.filter((address) => address !== stays.email).slice(-maxAddresses),
  };
  return {
    vars: mine(stays.vars, goes.vars),
    lists: mine(stays.lists, goes.lists),
    signupAt: Math.min(stays.signupAt, goes.signupAt),
    more,
  };
};
