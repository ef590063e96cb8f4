// A purchase as callers describe it: of a call, or of a line of an import.
import type { Millis } from '../job.ts';
import { isObject, type JsonObject } from '../json-line.ts';
import { offsetOf } from '../local-time.ts';
import type { Client } from '../ports.ts';
import { readMoment } from '../relative-time.ts';
import { channels, type PurchaseFacts } from './purchase.ts';
import { isRejected, readCharges, readItems } from './read-items.ts';

/** What is wrong with a purchase, and with which part of it. */
export interface BadPurchase {
  reject: string;
  about: 'email' | 'buyer' | 'date' | 'purchase';
}

/** Clocks differ, and days begin at different times: what is said to happen later than this is a mistake. */
const longestAhead = 2 * 24 * 3600_000;
const earliest = Date.UTC(1970, 0, 1);
/** Characters of a purchase as JSON: its record holds no more, with what is added to it. */
const maxCharacters = 90_000;

/** `purchase_keys.extid`, or `extid` beside it, as text. */
export const extidOf = ({ purchase_keys: keys, extid }: JsonObject): string | undefined => {
  const value = isObject(keys) && filled(keys.extid) ? keys.extid : extid;
  if (typeof value !== 'string' && typeof value !== 'number') return undefined;
  const text = String(value).trim();
  return text === '' || text.length > 500 ? undefined : text;
};

const filled = (value: unknown): boolean => value !== undefined && value !== null && value !== '';

/**
 * What was bought, when and how. Without a date it was now, unless `imported`: an import brings what happened before, so a date
 * must stand there and what only applies to a purchase that is just being made is left aside.
 */
export const readFacts = (
  { settings }: Pick<Client, 'settings'>,
  raw: JsonObject,
  now: Millis,
  imported: boolean,
): PurchaseFacts | BadPurchase => {
  const time = filled(raw.date) ? readMoment(String(raw.date), offsetOf(settings.timeZone), now) : now;
  const about = 'date';
  if (imported && !filled(raw.date)) return { reject: 'no date', about };
  if (time === undefined || typeof raw.date === 'object') return { reject: 'the date is not a date', about };
  if (time < earliest) return { reject: 'the date lies before 1970', about };
  if (time > now + longestAhead) return { reject: 'the date lies in the future', about };
  const bought = readContents(raw);
  if ('reject' in bought) return bought;
  const cart = !imported && isTrue(raw.incomplete);
  const message = imported ? undefined : textOf(raw.message_id);
  const facts = {
    time,
    ...bought,
    ...(message !== undefined && { messageId: message }),
    ...(cart && { incomplete: true as const }),
  };
  return JSON.stringify(facts).length > maxCharacters
    ? { reject: 'the purchase has more than 90,000 characters', about: 'purchase' }
    : facts;
};

const readContents = (raw: JsonObject): Omit<PurchaseFacts, 'time'> | BadPurchase => {
  const bad = (reject: string): BadPurchase => ({ reject, about: 'purchase' });
  const items = readItems(raw.items);
  if (isRejected(items)) return bad(items.reject);
  const adjustments = readCharges(raw.adjustments, 'adjustment');
  if (isRejected(adjustments)) return bad(adjustments.reject);
  const tenders = readCharges(raw.tenders, 'tender');
  if (isRejected(tenders)) return bad(tenders.reject);
  const channel = filled(raw.channel) ? channels.find((known) => known === raw.channel) : 'online';
  if (!channel) return bad('the channel is not online, offline or app');
  const price = [...items, ...(adjustments ?? [])].reduce(
    (sum, one) => sum + one.price * ('qty' in one ? one.qty : 1),
    0,
  );
  if (!Number.isSafeInteger(price)) return bad('the total is too large');
  const device = texts({ app_id: raw.app_id, device_id: raw.device_id, user_agent: raw.user_agent });
  const keys = keysOf(raw);
  return {
    items,
    price,
    qty: items.reduce((sum, { qty }) => sum + qty, 0),
    ...(adjustments && { adjustments }),
    ...(tenders && { tenders }),
    channel,
    ...(keys && { keys }),
    ...(isObject(raw.vars) && Object.keys(raw.vars).length > 0 && { vars: raw.vars }),
    ...(device && { device }),
  };
};

/** The keys of the purchase, its `extid` among them wherever it stood. */
const keysOf = (raw: JsonObject): Record<string, string> | undefined => {
  const extid = extidOf(raw);
  return texts({ ...(isObject(raw.purchase_keys) && raw.purchase_keys), ...(extid !== undefined && { extid }) });
};

const texts = (values: JsonObject): Record<string, string> | undefined => {
  const found = Object.entries(values).flatMap(([name, value]): [string, string][] => {
    const text = textOf(value);
    return text === undefined ? [] : [[name, text]];
  });
  return found.length > 0 ? Object.fromEntries(found) : undefined;
};

const textOf = (value: unknown): string | undefined =>
  typeof value === 'number' || (typeof value === 'string' && value.trim() !== '') ? String(value).trim() : undefined;

const isTrue = (value: unknown): boolean => value === true || value === 1 || /^(1|true)$/i.test(String(value));
