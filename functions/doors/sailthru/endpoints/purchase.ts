// POST /purchase and GET /purchase: one purchase.
import type { Client } from '../../../jobs/ports.ts';
import { findPurchase, makePurchase } from '../../../jobs/purchases/call.ts';
import { type Purchase, purchaseIdOf } from '../../../jobs/purchases/purchase.ts';
import { rfc2822 } from '../dates.ts';
import { ApiError, missing } from '../errors.ts';
import type { Answer, Endpoint } from './endpoint.ts';

/** What is shown of a purchase. */
export const shownPurchase = (purchase: Purchase, { settings }: Client): Answer => {
  const { items, price, qty, time, keys, adjustments, tenders, vars, messageId } = purchase;
  return {
    items: items.map(({ more, ...item }) => ({ ...item, ...more })),
    ...(adjustments && { adjustments }),
    ...(tenders && { tenders }),
    price,
    qty,
    time: rfc2822(time, settings.timeZone),
    ...(keys?.extid !== undefined && { unique_id: keys.extid }),
    channel: purchase.channel,
    ...(messageId !== undefined && { message_id: messageId }),
    ...(vars && { vars }),
    ...(purchase.incomplete && { incomplete: 1 }),
    purchase_keys: keys ?? {},
  };
};

const textOf = (value: unknown): string | undefined =>
  (typeof value === 'string' && value !== '') || typeof value === 'number' ? String(value) : undefined;

export const purchase: Endpoint = {
  async POST({ ports, client, params }) {
    const made = await makePurchase(ports, client, params);
    if ('id' in made) return { purchase: { _id: made.id, ...shownPurchase(made, client) } };
    const { reject, about } = made;
    const named = textOf(params.email) ?? textOf(params.id);
    if (about === 'email' && named === undefined) throw missing('email');
    if (about === 'email') throw new ApiError(400, 11, `Invalid email: ${named}`);
    throw new ApiError(400, about === 'date' ? 18 : 99, reject);
  },

  async GET({ ports, client, params }) {
    const id = textOf(params.purchase_id);
    if (id === undefined) throw missing('purchase_id');
    const key = textOf(params.purchase_key) ?? 'sid';
    if (key !== 'sid' && key !== 'extid') throw new ApiError(400, 99, 'Invalid purchase_key');
    const sid = key === 'extid' ? purchaseIdOf(client.id, id.trim()) : id;
    const found = /^[0-9a-f]{24}$/.test(sid) ? await findPurchase(ports, client, sid) : undefined;
    if (!found)
      throw new ApiError(400, 99, `The purchase with ${key} '${id}' does not exist or is older than one year.`);
    return { ...shownPurchase(found, client), email: found.email, user_id: found.sid };
  },
};
