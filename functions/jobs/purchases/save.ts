// Brings purchases into what is kept: read, decide, write on condition of what was read, then bring the buyers' profiles up to it.
import type { Applied, Change, Entry, Forecast } from '../define.ts';
import { RetryLater } from '../errors.ts';
import type { Outcome } from '../job.ts';
import type { StoredRecord } from '../ports.ts';
import type { Sid } from '../profile.ts';
import { type IndexedWrite, writeIndexed } from '../rows/indexed-records.ts';
import { type Buyer, findBuyers, type NamedBuyer } from './buyers.ts';
import { profilesOf, purchasesOf, settlePeople, type Writer } from './person.ts';
import { cartIdOf, indexKeysOf, type Purchase, type PurchaseFacts, purchaseOf, recordKeyOf } from './purchase.ts';
import { saysAll, statsOf } from './statistics.ts';

/** A purchase that is to be kept under an id. */
export interface PurchaseEntry extends Entry {
  /** Its id. */
  key: string;
  buyer: NamedBuyer;
  facts: PurchaseFacts;
}

interface Decision {
  outcome: Outcome;
  /** Absent when it is kept already. */
  purchase?: Purchase;
}

const table = 'purchases';
const rounds = 8;
const unknownBuyer = 'no profile has that id or key';

/** The whole purchase: another one under the same id is replaced, not merged. */
const decide = ({ key, facts }: PurchaseEntry, { sid, email }: Buyer, by: string, old?: Purchase): Decision => {
  const { createdBy, changedBy, ...kept } = old ?? { createdBy: by, changedBy: '' };
  const wanted = { ...facts, id: key, sid, email };
  if (same(kept, wanted)) return { outcome: createdBy === by ? 'created' : changedBy === by ? 'updated' : 'unchanged' };
  return { outcome: createdBy === by ? 'created' : 'updated', purchase: { ...wanted, createdBy, changedBy: by } };
};

/** Objects that were read and written as JSON; the order of their names is ours at the top, the caller's below. */
const same = (one: object, other: object): boolean => sortedText(one) === sortedText(other);
const sortedText = (value: object): string =>
  JSON.stringify(Object.entries(value).sort(([left], [right]) => (left < right ? -1 : 1)));

/**
 * Keeps purchases, one for each id, and says what became of each. A purchase that was there is replaced. Running it again gives
 * the same outcomes. A buyer who is not known yet gets a profile; nobody's consent is touched.
 */
export const savePurchases = async (writer: Writer, entries: readonly PurchaseEntry[]): Promise<Applied[]> => {
  const { ports, client, by } = writer;
  const buyers = await findBuyers(
    writer,
    entries.map(({ buyer }) => buyer),
  );
  const became: Applied[] = entries.map(() => ({ reject: unknownBuyer }));
  const people = new Map<Sid, string | undefined>();
  let open = [...entries.keys()].filter((index) => buyers[index]);
  for (let round = 0; open.length > 0; round++) {
    if (round === rounds) throw new RetryLater(5, 'purchases kept changing');
    const chosen = open.map((index) => entries[index] as PurchaseEntry);
    const stored = await read(writer, chosen, round > 0);
    const writes: (IndexedWrite & { index: number })[] = [];
    for (const [place, index] of open.entries()) {
      const entry = chosen[place] as PurchaseEntry;
      const record = stored.get(entry.key);
      const old = record && purchaseOf(record.value);
      const buyer = buyers[index] as Buyer;
      const { outcome, purchase } = decide(entry, buyer, by, old);
      became[index] = outcome;
      people.set(buyer.sid, buyer.email);
      if (old && old.sid !== buyer.sid) people.set(old.sid, undefined);
      if (purchase) writes.push({ index, ...writeOf(purchase, record) });
    }
    const conflicts = await writeIndexed(ports.records, client.id, table, writes);
    open = writes.flatMap(({ index, sort }) => (conflicts.has(sort) ? [index] : []));
  }
  await settlePeople(writer, people);
  return became;
};

const read = async (
  { ports, client }: Writer,
  entries: readonly PurchaseEntry[],
  fresh: boolean,
): Promise<Map<string, StoredRecord>> => {
  const keys = entries.map(({ key }) => recordKeyOf(key));
  return new Map((await ports.records.read(client.id, table, keys, { fresh })).map((record) => [record.sort, record]));
};

const writeOf = (purchase: Purchase, record: StoredRecord | undefined): IndexedWrite => ({
  ...recordKeyOf(purchase.id),
  value: { ...purchase },
  was: record?.version ?? 0,
  indexes: indexKeysOf(purchase),
  before: record ? indexKeysOf(purchaseOf(record.value)) : [],
});

/** Ends the carts of people who have bought. */
export const endCarts = async (writer: Writer, sids: readonly Sid[]): Promise<void> => {
  const { ports, client } = writer;
  const keys = sids.map((sid) => recordKeyOf(cartIdOf(client.id, sid)));
  const carts = await ports.records.read(client.id, table, keys, { fresh: true });
  if (carts.length === 0) return;
  const removals = carts.map(({ part, sort, version, value }) => {
    const before = indexKeysOf(purchaseOf(value));
    return { part, sort, was: version, indexes: [], before };
  });
  await writeIndexed(ports.records, client.id, table, removals);
  await settlePeople(writer, new Map(sids.map((sid) => [sid, undefined])));
};

/** Writes nothing: what keeping the purchases has done, or would do. */
export const lookAtPurchases = async (writer: Writer, entries: readonly PurchaseEntry[]): Promise<Forecast[]> => {
  const buyers = await findBuyers(
    writer,
    entries.map(({ buyer }) => buyer),
  );
  const sids = [...new Set(buyers.flatMap((buyer) => buyer?.sid ?? []))];
  const [profiles, purchases] = [await profilesOf(writer, sids), await purchasesOf(writer, sids)];
  const stored = await read(writer, entries, true);
  return entries.map((entry, index): Forecast => {
    const { facts } = entry;
    const buyer = buyers[index];
    if (!buyer) return { outcome: 'rejected', reason: unknownBuyer };
    const { sid, email } = buyer;
    const profile = profiles.get(sid);
    const record = stored.get(entry.key);
    const old = record && purchaseOf(record.value);
    const { outcome, purchase } = decide(entry, buyer, writer.by, old);
    const told = profile && saysAll(profile.stats, statsOf(purchases.get(sid) ?? []));
    if (!purchase && told) return { outcome };
    const change: Change = {
      email,
      before: old ? shown(old) : {},
      after: shown(facts),
      // The record, its two indexes, the profile.
      writeUnits: (purchase ? Math.ceil(JSON.stringify(purchase).length / 1024) + 2 : 0) + 1,
    };
    return { outcome, change };
  });
};

/** What a person who plans a job cares for. */
const shown = ({ time, price, qty, items, keys }: PurchaseFacts): Record<string, unknown> => ({
  ...(keys?.extid !== undefined && { extid: keys.extid }),
  time: new Date(time).toISOString(),
  price,
  qty,
  items: items.length,
});
