// What every store of records promises.
import { describe, expect, it } from 'vitest';
import type { RecordKey, StoredRecord } from '../../functions/jobs/ports.ts';
import { collect, type Harness, opened, type Subjects } from './contract.ts';
import { aClient } from './samples.ts';

const table = 'purchases';
const bySort = (a: RecordKey, b: RecordKey): number => (a.sort < b.sort ? -1 : 1);

export const recordsContract = (harness: Harness<Subjects['records']>): void => {
  describe('records', () => {
    const subject = opened(harness);
    const store = () => subject().records;
    const range = async (client: string, part: string, options = {}): Promise<string[]> =>
      (await collect(store().range(client, table, part, options))).flat().map(({ sort }) => sort);

    it('gives records back as they were written, by their client, table and key only', async () => {
      const client = aClient();
      const value = JSON.parse('{"a":[1.5,null,{"__proto__":"x"}],"":"Grüße 🚚","big":1e300}');
      const key = { part: 'p#1', sort: 's' };
      expect(await store().write(client, table, [{ ...key, value }])).toEqual([]);
      const [read] = await store().read(client, table, [key, { part: 'p#1', sort: 'other' }], { fresh: true });
      expect(read).toMatchObject(key);
      expect(JSON.stringify(read?.value)).toBe(JSON.stringify(value));
      expect(read?.version).toBeGreaterThan(0);
      expect(await store().read(aClient(), table, [key])).toEqual([]);
      expect(await store().read(client, 'sends', [key])).toEqual([]);
      expect(await range(aClient(), 'p#1')).toEqual([]);
      await store().write(client, table, [key]);
      expect(await store().read(client, table, [key], { fresh: true })).toEqual([]);
    });

    it('writes on the version that was read, and says where that was no longer so', async () => {
      const client = aClient();
      const key = (sort: string) => ({ part: 'p', sort });
      const read = async (sort: string) => (await store().read(client, table, [key(sort)], { fresh: true }))[0];
      const write = (sort: string, n: number, was?: number) =>
        store().write(client, table, [{ ...key(sort), value: { n }, ...(was !== undefined && { was }) }]);
      expect(await write('a', 1, 0)).toEqual([]);
      expect(await write('a', 2, 0)).toEqual([key('a')]);
      const first = (await read('a')) as StoredRecord;
      expect(await write('a', 3, first.version)).toEqual([]);
      expect(await write('a', 4, first.version)).toEqual([key('a')]);
      expect((await read('a'))?.value).toEqual({ n: 3 });
      expect(await store().write(client, table, [{ ...key('a'), was: first.version }])).toEqual([key('a')]);
      await write('a', 5);
      const last = (await read('a')) as StoredRecord;
      const [removed, refused] = [
        { ...key('a'), was: last.version },
        { ...key('b'), value: {}, was: 7 },
      ];
      expect(await store().write(client, table, [removed, refused])).toEqual([key('b')]);
      expect(await read('a')).toBeUndefined();
    });

    it('lets one of many writers win', async () => {
      const client = aClient();
      const write = (n: number) => store().write(client, table, [{ part: 'p', sort: 's', value: { n }, was: 0 }]);
      const lost = await Promise.all(Array.from({ length: 20 }, (_, n) => write(n)));
      expect(lost.filter((conflicts) => conflicts.length === 0)).toHaveLength(1);
    });

    it('gives ranges in order, either way, from a bound that is in it to one that is not', async () => {
      const client = aClient();
      const sorts = Array.from({ length: 2500 }, (_, i) => String(i).padStart(5, '0'));
      await store().write(
        client,
        table,
        sorts.map((sort) => ({ part: 'p', sort, value: { filler: 'x'.repeat(500) } })),
      );
      await store().write(client, table, [{ part: 'p2', sort: '00001', value: {} }]);
      expect(await range(client, 'p')).toEqual(sorts);
      expect(await range(client, 'p', { descending: true })).toEqual(sorts.toReversed());
      expect(await range(client, 'p', { from: '00100', to: '01500' })).toEqual(sorts.slice(100, 1500));
      expect(await range(client, 'p', { to: '00003', descending: true })).toEqual(['00002', '00001', '00000']);
      expect(await range(client, 'p', { from: '02400' })).toEqual(sorts.slice(2400));
      expect(await range(client, 'p', { limit: 1200, descending: true })).toEqual(sorts.toReversed().slice(0, 1200));
      expect(await range(client, 'none')).toEqual([]);
    });

    it('takes many keys at once', async () => {
      const client = aClient();
      const keys = Array.from({ length: 300 }, (_, i) => ({ part: `p${i}`, sort: 's' }));
      await store().write(
        client,
        table,
        keys.map((key, i) => ({ ...key, value: { i }, ...(i % 3 === 0 && { was: 0 }) })),
      );
      const read = await store().read(client, table, keys, { fresh: true });
      expect(read.map(({ value }) => value.i).toSorted((a, b) => Number(a) - Number(b))).toEqual(keys.map((_, i) => i));
      expect(await store().read(client, table, [])).toEqual([]);
      expect([...read].sort(bySort)).toHaveLength(300);
    });

    it('keeps a record until its end at least', async () => {
      const client = aClient();
      const key = { part: 'p', sort: 's' };
      await store().write(client, table, [{ ...key, value: { n: 1 }, expiresAt: Date.now() + 3600_000 }]);
      await store().write(client, table, [{ part: 'p', sort: 'other', value: {} }]);
      expect(await store().read(client, table, [key])).toHaveLength(1);
    });
  });
};
