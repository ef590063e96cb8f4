// export_purchase_log over the whole engine: columns, order, days on the client's clock, what stale indexes must not do.
import { afterEach, describe, expect, it } from 'vitest';
import { indexKeysOf } from '../../functions/jobs/purchases/purchase.ts';
import { broughtIn, documented, purchaseLog } from '../helpers/commerce.ts';
import { settled, submitJob } from '../helpers/jobs.ts';
import { closeHouses, smallHouse } from '../helpers/small-house.ts';

afterEach(closeHouses);

const header = 'Date,"Email Hash",Extid,"Message ID",Items,Urls,Price,Channel,"Unit Prices",Quantities';
const sold = (extid: string, date: string, more: object = {}) => ({
  email: 'ada@example.com',
  date,
  extid,
  items: [{ id: 'cup', price: 1250, qty: 2 }],
  ...more,
});

describe('a purchase log', () => {
  it('has the documented columns, with a line for each purchase of the documented file', async () => {
    const house = await smallHouse();
    await broughtIn(house, 'purchase_import', documented('purchases'));
    const lines = await purchaseLog(house, '20160601', '20160630');
    expect(lines[0]).toBe(header);
    expect(lines[2]).toBe(
      '"Thu, 02 Jun 2016 00:00:00 +0000",ab53a2911ddf9b4817ac01ddcd3d975f,purchase202,,"T-Shirts in Black",' +
        'http://example.com/products/tshirts-black,9998,online,4999,2',
    );
    expect(lines[3]).toContain(
      '"Women\'s Shoes in Black and White|Men\'s Shoes in Black",http://example.com/products/womens-shoes-in-black|' +
        'http://example.com/products/mens-shoes-in-black,47399,online,24900|19999,1|1',
    );
    expect(lines).toHaveLength(4);
  });

  it('names the job and its file as documented, dates given as numbers or as texts', async () => {
    const house = await smallHouse();
    for (const days of [
      { start_date: 20160101, end_date: 20160131 },
      { start_date: '20160101', end_date: '20160131' },
    ]) {
      const job = await settled(house, await submitJob(house, 'export_purchase_log', days));
      expect(job).toMatchObject({
        state: 'completed',
        name: 'Export purchase logs from 20160101 to 20160131',
        files: { export: { filename: 'purchase_log-20160101-20160131.csv' } },
        counts: { exported: 0 },
      });
    }
    expect(await purchaseLog(house, '20160101', '20160131')).toEqual([header]);
  });

  it('is in order of time over days and shards', async () => {
    const house = await smallHouse();
    const minutes = Array.from({ length: 3000 }, (_, i) => (i * 7919) % 43_000);
    const rows = minutes.map((minute) =>
      sold(`p${minute}`, new Date(Date.UTC(2024, 0, 1) + minute * 60_000).toISOString().replace('T', ' ')),
    );
    await broughtIn(house, 'purchase_import', rows);
    const lines = (await purchaseLog(house, '20240101', '20240131')).slice(1);
    const order = minutes.toSorted((a, b) => a - b).map((minute) => `p${minute}`);
    expect(lines.map((line) => /,(p\d+),/.exec(line)?.[1])).toEqual(order);
  });

  it('counts days on the client s clock, the first and the last one whole', async () => {
    const house = await smallHouse();
    await house.ports.clients.put({ ...house.client, settings: { timeZone: 'America/New_York' } });
    const days = [
      ['before', '2024-03-09 23:59:59'],
      ['first', '2024-03-10 00:00:00'],
      ['last', '2024-03-11 23:59:59'],
      ['behind', '2024-03-12 00:00:00'],
    ];
    await broughtIn(
      house,
      'purchase_import',
      days.map(([extid = '', date = '']) => sold(extid, date)),
    );
    expect((await purchaseLog(house, '20240310', '20240311')).slice(1).map((line) => line.slice(0, 33))).toEqual([
      '"Sun, 10 Mar 2024 00:00:00 -0500"',
      '"Mon, 11 Mar 2024 23:59:59 -0400"',
    ]);
  });

  it('shows each purchase once, where it is now, whatever indexes were left behind', async () => {
    const house = await smallHouse();
    const { ports, client } = house;
    await broughtIn(house, 'purchase_import', [sold('a', '2024-06-01'), sold('b', '2024-06-02')]);
    await broughtIn(house, 'purchase_import', [sold('a', '2024-06-03')]);
    const facts = { items: [], price: 0, qty: 0, channel: 'online' as const, createdBy: '', changedBy: '' };
    const ghost = { ...facts, id: '0'.repeat(24), sid: '1'.repeat(24), email: '', time: Date.UTC(2024, 5, 2) };
    await ports.records.write(
      client.id,
      'purchases',
      indexKeysOf(ghost).map((key) => ({ ...key, value: {} })),
    );
    const lines = (await purchaseLog(house, '20240601', '20240630')).slice(1);
    expect(lines.map((line) => line.slice(1, 17))).toEqual(['Sun, 02 Jun 2024', 'Mon, 03 Jun 2024']);
  });

  it('keeps each line one line, and entries of a cell apart, whatever titles hold', async () => {
    const house = await smallHouse();
    const items = [
      { title: '=cup|a\nb', price: 1, qty: 1 },
      { title: 'x,"y"', price: 2, qty: 3 },
    ];
    await broughtIn(house, 'purchase_import', [sold('a', '2024-06-01', { items, adjustments: [{ price: -10 }] })]);
    expect((await purchaseLog(house, '20240601', '20240601'))[1]).toContain(
      'a,,"=cup a b|x,""y""",|,-3,online,1|2,1|3',
    );
    await house.ports.clients.put({ ...house.client, settings: { guardFormulas: true } });
    expect((await purchaseLog(house, '20240601', '20240601'))[1]).toContain('"\'=cup a b|x,""y""",|,-3,');
  });
});
