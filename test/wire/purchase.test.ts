// POST /purchase and GET /purchase as clients call them.
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { profileOf } from '../helpers/commerce.ts';
import { type House, openHouse } from '../helpers/house.ts';
import { callEndpoint } from './calls.ts';

let house: House;
beforeEach(async () => {
  house = await openHouse();
});
afterEach(() => house.close());

const post = (params: Record<string, unknown>) => callEndpoint(house.app, 'POST', 'purchase', params);
const get = (params: Record<string, unknown>) => callEndpoint(house.app, 'GET', 'purchase', params);

const order = {
  email: 'ada@example.com',
  items: [{ id: 'SKU1', title: 'Cup', url: 'https://example.com/cup', price: 1250, qty: 2, images: { full: 'x' } }],
};

describe('POST /purchase', () => {
  it('keeps a purchase, answers it with its totals, and counts it on the profile', async () => {
    const adjustments = [{ title: 'Sale', price: -500 }];
    const more = { purchase_keys: { extid: 'order-77' }, date: '2024-06-03 09:15:02', adjustments, message_id: 'm1' };
    await house.ports.clients.put({ ...house.client, settings: { timeZone: 'America/New_York' } });
    house.advance(Math.max(0, Date.UTC(2024, 5, 4) - house.now()));
    const { status, body } = await post({ ...order, ...more });
    expect(status).toBe(200);
    expect(body).toEqual({
      purchase: {
        _id: expect.stringMatching(/^[0-9a-f]{24}$/),
        items: order.items,
        adjustments,
        price: 2000,
        qty: 2,
        time: 'Mon, 03 Jun 2024 09:15:02 -0400',
        unique_id: 'order-77',
        channel: 'online',
        message_id: 'm1',
        purchase_keys: { extid: 'order-77' },
      },
    });
    const stats = (await profileOf(house, 'ada@example.com'))?.stats;
    expect(stats).toMatchObject({ purchases: 1, purchasePrice: 2000, largestItemPrice: 1250 });
  });

  it('without an extid each call is a purchase of its own, with one it replaces', async () => {
    const one = await post(order);
    const other = await post(order);
    expect((one.body.purchase as { _id: string })._id).not.toBe((other.body.purchase as { _id: string })._id);
    await post({ ...order, extid: 'a' });
    await post({ ...order, extid: 'a', items: [{ id: 'pot', price: '300', qty: '1' }] });
    expect((await profileOf(house, 'ada@example.com'))?.stats).toMatchObject({ purchases: 3, purchasePrice: 5300 });
  });

  it('is counted for the person who is meant: by another key, or by an address that came later', async () => {
    const user = (params: Record<string, unknown>) => callEndpoint(house.app, 'POST', 'user', params);
    const { items } = order;
    expect((await post({ id: 'x1', key: 'extid', items })).body).toEqual({
      error: 99,
      errormsg: 'nobody has that id or key',
    });
    await user({ id: 'ada@example.com', keys: { extid: 'x1' } });
    await user({ id: 'ada@example.com', key: 'email', keys: { email: 'countess@example.com' }, keysconflict: 'merge' });
    expect((await post({ id: 'x1', key: 'extid', items })).status).toBe(200);
    expect((await post({ email: 'countess@example.com', items })).status).toBe(200);
    const profile = await profileOf(house, 'ada@example.com');
    expect(profile).toMatchObject({ email: 'countess@example.com', stats: { purchases: 2 } });
    expect(await profileOf(house, 'countess@example.com')).toBeUndefined();
  });

  it('keeps one cart of each person, which the next purchase ends', async () => {
    await post({ ...order, incomplete: 1 });
    const { body } = await post({ ...order, incomplete: '1', items: [{ id: 'pot', price: 300, qty: 1 }] });
    expect(body.purchase).toMatchObject({ incomplete: 1, price: 300 });
    expect((await profileOf(house, 'ada@example.com'))?.stats).toEqual({ purchasesIncomplete: 1, version: 1 });
    await post({ ...order, incomplete: 0 });
    const stats = (await profileOf(house, 'ada@example.com'))?.stats;
    expect(stats).toMatchObject({ purchases: 1, purchasePrice: 2500 });
    expect(stats).not.toHaveProperty('purchasesIncomplete');
  });

  it.each<[string, Record<string, unknown>, number, number, string]>([
    ['no address', { items: order.items }, 400, 2, 'Missing required parameter: email'],
    ['a bad address', { ...order, email: 'ada' }, 400, 11, 'Invalid email: ada'],
    ['no items', { email: order.email }, 400, 99, 'No items in purchase'],
    ['empty items', { ...order, items: [] }, 400, 99, 'No items in purchase'],
    ['items that are text', { ...order, items: 'cup' }, 400, 99, 'No items in purchase'],
    ['a bad date', { ...order, date: 'someday' }, 400, 18, 'the date is not a date'],
    ['a date in the future', { ...order, date: '9999-01-01' }, 400, 18, 'the date lies in the future'],
    ['a bad channel', { ...order, channel: 'tv' }, 400, 99, 'the channel is not online, offline or app'],
    [
      'a fraction of a cent',
      { ...order, items: [{ id: 'a', price: 12.5, qty: 1 }] },
      400,
      99,
      'the price of an item is not a whole number of cents',
    ],
    [
      'a negative price',
      { ...order, items: [{ id: 'a', price: -1, qty: 1 }] },
      400,
      99,
      'the price of an item is negative',
    ],
  ])('refuses %s', async (_, params, status, error, errormsg) => {
    expect(await post(params)).toMatchObject({ status, body: { error, errormsg } });
    expect(await profileOf(house, 'ada@example.com')).toBeUndefined();
  });
});

describe('GET /purchase', () => {
  it('finds a purchase by its id and by the caller s own', async () => {
    const { body } = await post({ ...order, extid: 'order-77' });
    const { _id: id, ...shown } = body.purchase as { _id: string };
    const found = await get({ purchase_id: id });
    const { sid } = (await profileOf(house, 'ada@example.com')) ?? {};
    expect(found.body).toEqual({ ...shown, email: 'ada@example.com', user_id: sid });
    expect((await get({ purchase_id: 'order-77', purchase_key: 'extid' })).body).toEqual(found.body);
  });

  it('says of another client s purchase, of an unknown and of an old one that it is not there', async () => {
    const { body } = await post({ ...order, extid: 'order-77', date: '-300 days' });
    const { _id: id } = body.purchase as { _id: string };
    const gone = (key: string, name: string) => ({
      status: 400,
      body: {
        error: 99,
        errormsg: `The purchase with ${key} '${name}' does not exist or is older than one year.`,
      },
    });
    const other = { apiKey: 'b'.repeat(32), secret: 'c'.repeat(32) };
    await house.ports.clients.put({ id: 'other', ...other });
    expect(await callEndpoint(house.app, 'GET', 'purchase', { purchase_id: id }, other)).toMatchObject(gone('sid', id));
    expect(await get({ purchase_id: 'nothing' })).toMatchObject(gone('sid', 'nothing'));
    expect(await get({ purchase_id: 'x', purchase_key: 'extid' })).toMatchObject(gone('extid', 'x'));
    expect((await get({ purchase_id: id })).status).toBe(200);
    house.advance(70 * 24 * 3600_000);
    expect(await get({ purchase_id: id })).toMatchObject(gone('sid', id));
  });

  it('refuses a call without an id, and a method that is not there', async () => {
    expect(await get({})).toMatchObject({ status: 400, body: { error: 2 } });
    expect(await callEndpoint(house.app, 'DELETE', 'purchase', {})).toMatchObject({ status: 405, body: { error: 1 } });
  });
});
