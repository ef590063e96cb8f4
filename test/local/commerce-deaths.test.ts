// Purchases and content when workers die between two writes, run a chunk twice, or work on one person at once.
import { afterEach, describe, expect, it } from 'vitest';
import { lastPublished } from '../../functions/jobs/content/list.ts';
import { runChunk } from '../../functions/jobs/run-chunk.ts';
import { broughtIn, profileOf, purchaseLog } from '../helpers/commerce.ts';
import type { House } from '../helpers/house.ts';
import { settled, submitJob } from '../helpers/jobs.ts';
import { closeHouses, smallHouse } from '../helpers/small-house.ts';

afterEach(closeHouses);

const endless = () => Number.POSITIVE_INFINITY;

/** The n-th write to a store from now fails, before or after it was done. */
const failAt = (house: House, n: number, after: boolean): { writes: number } => {
  const seen = { writes: 0 };
  const failing =
    <A extends unknown[], R>(write: (...args: A) => Promise<R>) =>
    async (...args: A): Promise<R> => {
      const fails = seen.writes++ === n;
      if (fails && !after) throw new Error('dies before');
      const result = await write(...args);
      if (fails) throw new Error('dies after');
      return result;
    };
  const { records, profiles } = house.ports;
  house.ports.records = { ...records, write: failing(records.write) };
  house.ports.profiles = { ...profiles, apply: failing(profiles.apply) };
  return seen;
};

const buyers = 12;
const purchases = (price: number, day: number) =>
  Array.from({ length: 40 }, (_, n) => ({
    email: `p${n % buyers}@example.com`,
    date: `2024-06-${String(day + (n % 7)).padStart(2, '0')}`,
    extid: `o${n}`,
    items: [{ id: 'a', price: price + n, qty: 1, tags: ['t'] }],
  }));

const facts = async (house: House) => ({
  log: await purchaseLog(house, '20240601', '20240630'),
  stats: await Promise.all(
    Array.from({ length: buyers }, async (_, n) => {
      const { version: _version, ...stats } = (await profileOf(house, `p${n}@example.com`))?.stats ?? {};
      return stats;
    }),
  ),
});

describe('an import of purchases whose worker dies', () => {
  const bringTwice = async (dieAt: number, after: boolean) => {
    const house = await smallHouse();
    await broughtIn(house, 'purchase_import', purchases(100, 1));
    const seen = failAt(house, dieAt, after);
    const job = await broughtIn(house, 'purchase_import', [
      ...purchases(200, 11).slice(0, 30),
      { ...purchases(1, 1)[39], email: 'p0@example.com' },
      { ...purchases(5, 21)[0], extid: 'new' },
    ]);
    return { house, job, writes: seen.writes };
  };

  it('at any of its writes counts, logs and sums up as if it had not', async () => {
    const whole = await bringTwice(-1, false);
    const expected = await facts(whole.house);
    expect(whole.job.counts).toEqual({ updated: 31, created: 1 });
    for (let n = 0; n < whole.writes; n++)
      for (const after of [false, true]) {
        const { house, job } = await bringTwice(n, after);
        expect(job.counts, `died ${after ? 'after' : 'before'} write ${n}`).toEqual(whole.job.counts);
        expect(await facts(house), `died ${after ? 'after' : 'before'} write ${n}`).toEqual(expected);
        await closeHouses();
      }
  });

  it('is told exactly what was done when it can never go on', async () => {
    const house = await smallHouse();
    const { apply } = house.ports.profiles;
    house.ports.profiles = {
      ...house.ports.profiles,
      apply: async (client, changes) => {
        if (changes.some((change) => change.kind === 'create' && change.profile.email === 'p33@example.com'))
          throw new Error('poison');
        return apply(client, changes);
      },
    };
    const lines = Array.from({ length: 60 }, (_, n) => ({
      ...purchases(1, 1)[0],
      email: `p${n}@example.com`,
      extid: `x${n}`,
    }));
    const job = await broughtIn(house, 'purchase_import', lines);
    expect(job).toMatchObject({ state: 'incomplete', counts: { created: 20, not_processed: 40 } });
    expect(job.result).toEqual({ invalid_count: 0, successful_count: 20 });
  });
});

describe('two at once', () => {
  it('on the same chunks count once and sum up rightly', async () => {
    const house = await smallHouse();
    const { account } = house.ports.jobs;
    house.ports.jobs.account = async (id, entry) => {
      // Another worker has had the same message, and does the chunk again before this one accounts it.
      house.ports.jobs.account = account;
      await runChunk(house.ports, id, entry.chunk, endless, { redelivered: true });
      return account(id, entry);
    };
    const job = await broughtIn(house, 'purchase_import', purchases(100, 1));
    expect(job.counts).toEqual({ created: 40 });
    expect((await profileOf(house, 'p0@example.com'))?.stats).toMatchObject({ purchases: 4, purchasePrice: 400 + 72 });
  });

  it('on one person leave the sum of all purchases', async () => {
    const house = await smallHouse();
    const calls = Array.from({ length: 25 }, (_, n) => ({
      email: 'ada@example.com',
      date: '2024-06-01',
      extid: `o${n}`,
      items: [{ id: 'a', price: 100, qty: 1 }],
    }));
    await Promise.all(calls.map((call) => broughtIn(house, 'purchase_import', [call])));
    expect((await profileOf(house, 'ada@example.com'))?.stats).toMatchObject({ purchases: 25, purchasePrice: 2500 });
  });
});

describe('content jobs whose worker dies', () => {
  const pages = (title: string) =>
    Array.from({ length: 40 }, (_, n) => ({
      url: `https://example.com/${n}`,
      title,
      keys: { sku: `s${n % 30}` },
      date: `2024-0${1 + (n % 5)}-01`,
    }));
  const run = async (dieAt: number, after: boolean) => {
    const house = await smallHouse();
    await broughtIn(house, 'content_update', pages('A').slice(0, 30));
    const seen = failAt(house, dieAt, after);
    const updated = await broughtIn(house, 'content_update', pages('B'));
    const params = { type: 'all', start_date: '2024-02-01', end_date: '2024-03-31' };
    const deleted = await settled(house, await submitJob(house, 'delete_content', params));
    const left = await lastPublished(house, 100);
    const urls = left.map(({ url, title, sku, date }) => ({ url, title, sku, date }));
    return { told: [updated.counts, updated.result, deleted.counts, deleted.result], urls, writes: seen.writes };
  };

  it('at any of their writes end as if they had not', async () => {
    const whole = await run(-1, false);
    expect(whole.told).toEqual([
      { created: 10, updated: 30 },
      { invalid_count: 0, successful_count: 40 },
      { updated: 16 },
      { deleted_count: 16 },
    ]);
    expect(whole.urls).toHaveLength(24);
    for (let n = 0; n < whole.writes; n++) {
      const after = n % 2 === 0;
      const { told, urls } = await run(n, after);
      expect({ told, urls }, `died ${after ? 'after' : 'before'} write ${n}`).toEqual({
        told: whole.told,
        urls: whole.urls,
      });
      await closeHouses();
    }
  });
});
