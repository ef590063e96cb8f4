// A purchase that a call brings or asks for, beside the jobs that bring many.
import { RetryLater } from '../errors.ts';
import { type Millis, newId } from '../job.ts';
import type { JsonObject } from '../json-line.ts';
import type { Client, Ports } from '../ports.ts';
import { buyerOf, findBuyers } from './buyers.ts';
import type { Writer } from './person.ts';
import { cartIdOf, type Purchase, type PurchaseId, purchaseIdOf, purchaseOf, recordKeyOf } from './purchase.ts';
import { type BadPurchase, extidOf, readFacts } from './read-purchase.ts';
import { endCarts, savePurchases } from './save.ts';

const year = 366 * 24 * 3600_000;

/**
 * Keeps a purchase that is being made. Under an `extid` it replaces the purchase that had it. A cart (`incomplete`) takes the
 * place of the person's last one, and ends with the next purchase.
 */
export const makePurchase = async (ports: Ports, client: Client, raw: JsonObject): Promise<Purchase | BadPurchase> => {
  const at = ports.clock.now();
  const named = buyerOf(raw);
  if ('reject' in named) return { reject: named.reject, about: 'email' };
  const [buyer] = await findBuyers({ ports, client }, [named]);
  if (!buyer) return { reject: 'nobody has that id or key', about: 'buyer' };
  const facts = readFacts(client, raw, at, false);
  if ('reject' in facts) return facts;
  // The stamp of this call: unlike a job it is never made twice.
  const by = newId(at);
  const writer: Writer = { ports, client, by, at };
  const extid = extidOf(raw);
  const paid = extid === undefined ? by : purchaseIdOf(client.id, extid);
  const id = facts.incomplete ? cartIdOf(client.id, buyer.sid) : paid;
  const [became] = await savePurchases(writer, [{ key: id, buyer: named, facts }]);
  if (typeof became === 'object' && 'reject' in became) return { reject: became.reject, about: 'buyer' };
  if (!facts.incomplete) await endCarts(writer, [buyer.sid]);
  const purchase = await read(ports, client, id);
  if (!purchase) throw new RetryLater(1, 'the purchase was replaced at once');
  return purchase;
};

/** The purchase of that id, as long as it is not older than a year. */
export const findPurchase = async (ports: Ports, client: Client, id: PurchaseId): Promise<Purchase | undefined> => {
  const found = await read(ports, client, id);
  return found && isRecent(found.time, ports.clock.now()) ? found : undefined;
};

const isRecent = (time: Millis, now: Millis): boolean => time >= now - year;

const read = async ({ records }: Ports, client: Client, id: PurchaseId): Promise<Purchase | undefined> => {
  const [record] = await records.read(client.id, 'purchases', [recordKeyOf(id)], { fresh: true });
  return record && purchaseOf(record.value);
};
