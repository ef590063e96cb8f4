// purchase_import over the whole engine: what is kept, what people's profiles say then, what is rejected.
import { afterEach, describe, expect, it } from 'vitest';
import { purchaseIdOf, purchaseOf, recordKeyOf } from '../../functions/jobs/purchases/purchase.ts';
import { broughtIn, documented, profileOf } from '../helpers/commerce.ts';
import type { House } from '../helpers/house.ts';
import { imported } from '../helpers/jobs.ts';
import { closeHouses, resultLines, smallHouse } from '../helpers/small-house.ts';

afterEach(closeHouses);

const kept = async ({ ports, client }: House, extid: string) => {
  const key = recordKeyOf(purchaseIdOf(client.id, extid));
  const [record] = await ports.records.read(client.id, 'purchases', [key], { fresh: true });
  return record && purchaseOf(record.value);
};

const purchase = (extid: string, more: object = {}) => ({
  email: 'ada@example.com',
  date: '2024-06-01 12:00:00',
  purchase_keys: { extid },
  items: [{ id: 'cup', title: 'Cup', url: 'https://example.com/cup', price: 1250, qty: 2, tags: ['kitchen'] }],
  ...more,
});

describe('an import of purchases', () => {
  it('takes the documented file as it stands', async () => {
    const house = await smallHouse();
    const job = await broughtIn(house, 'purchase_import', documented('purchases'));
    expect(job).toMatchObject({ state: 'completed', name: 'Purchase Import', rows: 3, counts: { created: 3 } });
    expect(job.result).toEqual({ invalid_count: 0, successful_count: 3 });
    expect(await kept(house, 'purchase101')).toMatchObject({
      email: 'user1@example.com',
      time: Date.UTC(2016, 5, 1),
      price: 4000 + 25_000 + 2 * 10_000 - 5000 - 2000,
      qty: 4,
      channel: 'online',
      vars: { order_level_var: 'abcd1234' },
    });
    expect(await kept(house, 'purchase202')).toMatchObject({
      price: 9998,
      tenders: [{ title: 'Discover', price: 9998 }],
    });
    expect((await profileOf(house, 'user3@example.com'))?.stats).toMatchObject({
      purchases: 1,
      purchasePrice: 24_900 + 19_999 + 2500,
      largestItemPrice: 24_900,
      firstPurchase: Date.UTC(2016, 5, 3),
      lastPurchase: Date.UTC(2016, 5, 3),
      interests: { shoes: 2, footwear: 2, formalwear: 2, womens: 1, mens: 1, 'color-black': 2 },
    });
  });

  it('brought again changes nothing; with other contents it replaces the purchase', async () => {
    const house = await smallHouse();
    await broughtIn(house, 'purchase_import', [purchase('a'), purchase('b', { date: '2024-06-03' })]);
    const again = await broughtIn(house, 'purchase_import', [purchase('a'), purchase('b', { date: '2024-06-03' })]);
    expect(again.counts).toEqual({ unchanged: 2 });
    const items = [{ id: 'pot', price: 100, qty: 1 }];
    const changed = await broughtIn(house, 'purchase_import', [purchase('a', { items, date: '2024-06-02' })]);
    expect(changed.counts).toEqual({ updated: 1 });
    expect((await profileOf(house, 'ada@example.com'))?.stats).toMatchObject({
      purchases: 2,
      purchasePrice: 2600,
      firstPurchase: Date.UTC(2024, 5, 2),
      largestItemPrice: 1250,
      interests: { kitchen: 2 },
    });
    await broughtIn(house, 'purchase_import', [purchase('a', { email: 'grace@example.com' })]);
    expect((await profileOf(house, 'ada@example.com'))?.stats).toMatchObject({ purchases: 1, purchasePrice: 2500 });
    expect((await profileOf(house, 'grace@example.com'))?.stats).toMatchObject({ purchases: 1, purchasePrice: 2500 });
  });

  it('of one purchase that comes several times in a file, the last line counts', async () => {
    const house = await smallHouse();
    const job = await broughtIn(house, 'purchase_import', [
      purchase('a', { vars: { n: 1 } }),
      ...Array.from({ length: 250 }, (_, n) => purchase(`other-${n}`)),
      { ...purchase('a', { vars: { extid: 'not this' } }), extid: 'nor this' },
      purchase('a', { purchase_keys: undefined, extid: ' a ', vars: { n: 3 } }),
    ]);
    expect(job.counts).toEqual({ created: 251, duplicate: 2 });
    expect(await kept(house, 'a')).toMatchObject({ vars: { n: 3 } });
    expect((await profileOf(house, 'ada@example.com'))?.stats).toMatchObject({ purchases: 251 });
  });

  it('never touches what people have said they want, nor their other data', async () => {
    const house = await smallHouse();
    await imported(house, 'email,city\nada@example.com,Oslo\n');
    const before = await profileOf(house, 'ada@example.com');
    const change = {
      kind: 'update' as const,
      sid: before?.sid ?? '',
      job: 'j',
      patch: { more: { optout: 'all' as const } },
    };
    await house.ports.profiles.apply(house.client.id, [change]);
    await broughtIn(house, 'purchase_import', [purchase('a'), purchase('b', { email: 'new@example.com' })]);
    const { stats, changedBy, ...after } = (await profileOf(house, 'ada@example.com')) ?? {};
    const { changedBy: _, ...untouched } = before ?? {};
    expect(after).toEqual({ ...untouched, optout: 'all' });
    expect(await profileOf(house, 'new@example.com')).toMatchObject({ lists: {}, vars: {}, stats: { purchases: 1 } });
    expect(await profileOf(house, 'new@example.com')).not.toHaveProperty('optout');
  });

  it('takes a buyer by profile id, who must be there', async () => {
    const house = await smallHouse();
    await imported(house, 'email\nada@example.com\n');
    const { sid } = (await profileOf(house, 'ada@example.com')) ?? { sid: '' };
    const byId = (extid: string, id: string) => ({ ...purchase(extid), email: undefined, id, key: 'sid' });
    const lines = [byId('a', sid), byId('b', '0'.repeat(24))];
    const job = await broughtIn(house, 'purchase_import', lines);
    expect(job.counts).toEqual({ created: 1, rejected: 1 });
    expect(job.reasons).toEqual({ 'no profile has that id or key': 1 });
    expect(await kept(house, 'a')).toMatchObject({ sid, email: 'ada@example.com' });
    const plan = await broughtIn(house, 'purchase_import', lines, { mode: 'plan' });
    expect(plan.counts).toEqual({ unchanged: 1, rejected: 1 });
  });

  it('leaves aside what only applies to a purchase that is being made', async () => {
    const house = await smallHouse();
    const realtime = {
      message_id: 'm',
      incomplete: 1,
      reminder_template: 'r',
      send_template: 's',
      reminder_time: '+1 day',
    };
    expect((await broughtIn(house, 'purchase_import', [purchase('a', realtime)])).counts).toEqual({ created: 1 });
    const found = await kept(house, 'a');
    for (const name of ['messageId', 'incomplete']) expect(found).not.toHaveProperty(name);
  });

  it('rejects each line of an object that spreads over several, and says why', async () => {
    const house = await smallHouse();
    const pretty = `${JSON.stringify(purchase('a'), null, 2)}\n`;
    const job = await broughtIn(house, 'purchase_import', pretty);
    const lines = pretty.trimEnd().split('\n').length;
    expect(job).toMatchObject({ state: 'completed', rows: lines, counts: { rejected: lines } });
    expect(job.result).toEqual({ invalid_count: lines, successful_count: 0 });
    expect(Object.keys(job.reasons)).toEqual([
      'the line is not a JSON object: each object must stand on one line of its own',
    ]);
    expect(await resultLines(house, job, 'rejected')).toHaveLength(lines + 1);
  });
});
