// content_update and delete_content over the whole engine.
import { afterEach, describe, expect, it } from 'vitest';
import { findBySku, findByUrl, lastPublished } from '../../functions/jobs/content/list.ts';
import { broughtIn, documented } from '../helpers/commerce.ts';
import type { House } from '../helpers/house.ts';
import { settled, submitJob } from '../helpers/jobs.ts';
import { closeHouses, resultLines, smallHouse } from '../helpers/small-house.ts';

afterEach(closeHouses);

const url = (n: number | string) => `https://example.com/${n}`;
const found = (house: House, name: number | string) => findByUrl(house, url(name));
const urls = async (house: House, count = 20_000) => (await lastPublished(house, count)).map((content) => content.url);
const deleted = async (house: House, params: Record<string, unknown>) =>
  settled(house, await submitJob(house, 'delete_content', params));

describe('content_update', () => {
  it('takes the documented file, its last object on one line', async () => {
    const house = await smallHouse();
    const job = await broughtIn(house, 'content_update', documented('content').replace('",\n', '", '));
    expect(job).toMatchObject({ state: 'completed', name: 'Content Update', rows: 3, counts: { created: 3 } });
    expect(job.result).toEqual({ invalid_count: 0, successful_count: 3 });
    const { startedAt } = job;
    expect(await findByUrl(house, 'https://example.com/1234/water_bottle-outdoor')).toMatchObject({
      inventory: 47,
      date: startedAt,
    });
    expect(await findByUrl(house, 'https://example.com/1234/water_bottle-sport')).toMatchObject({
      title: 'Sports Water Bottle',
      description: 'A water bottle designed for athletes',
    });
  });

  it('takes the documented file byte for byte: an object over two lines is two lines that are rejected', async () => {
    const house = await smallHouse();
    const job = await broughtIn(house, 'content_update', documented('content'));
    expect(job.result).toEqual({ invalid_count: 2, successful_count: 2 });
    expect(await resultLines(house, job, 'rejected')).toHaveLength(3);
  });

  it('changes what a line speaks of and leaves the rest', async () => {
    const house = await smallHouse();
    const full = {
      url: url('a'),
      keys: { sku: 'A-1' },
      title: 'A',
      date: '2016-07-01',
      expire_date: 'December 31, 2016',
      tags: 'red, blue,,red',
      vars: { size: 'L', deep: { er: [1] } },
      images: { full: { url: url('a.jpg') }, thumb: { url: url('a-small.jpg') } },
      location: [-74.1, 40.2],
      price: '1250',
      inventory: 0,
      author: 'Ada',
      site_name: 'Example',
      spider: 1,
    };
    await broughtIn(house, 'content_update', [full]);
    expect(await found(house, 'a')).toMatchObject({
      date: Date.UTC(2016, 6, 1),
      expire_date: Date.UTC(2016, 11, 31),
      tags: ['red', 'blue'],
      price: 1250,
      inventory: 0,
      sku: 'A-1',
    });
    expect((await broughtIn(house, 'content_update', [full])).counts).toEqual({ unchanged: 1 });
    const news = [
      { url: url('a'), inventory: 5, vars: { size: 'M' } },
      { url: url('a'), vars: { color: 'red' } },
    ];
    expect((await broughtIn(house, 'content_update', news)).counts).toEqual({ updated: 1, duplicate: 1 });
    expect(await found(house, 'a')).toMatchObject({
      title: 'A',
      date: Date.UTC(2016, 6, 1),
      inventory: 5,
      vars: { size: 'M', deep: { er: [1] }, color: 'red' },
    });
  });

  it.each<[string, unknown, string]>([
    ['no url', { title: 'A' }, 'no url of http or https'],
    ['a url of another scheme', { url: 'ftp://example.com/a' }, 'no url of http or https'],
    ['a url that only an image has', { images: { full: { url: url(1) } } }, 'no url of http or https'],
    ['a price with a fraction', { url: url(1), price: 1.5 }, 'the price cannot be read'],
    ['a date that is none', { url: url(1), date: '2016-02-30' }, 'the date cannot be read'],
    ['vars that are a list', { url: url(1), vars: ['a'] }, 'the vars cannot be read'],
    ['another exclusion', { url: url(1), override_exclude: 2 }, 'Override exclude must either be unset or equal to 1'],
    ['an array', [{ url: url(1) }], 'the line is not a JSON object: each object must stand on one line of its own'],
    [
      'what is too much',
      { url: url(1), description: 'x'.repeat(100_000) },
      'the content has more than 90,000 characters',
    ],
  ])('rejects a line with %s', async (_, line, reason) => {
    const house = await smallHouse();
    const job = await broughtIn(house, 'content_update', [{ url: url(0) }, line as object]);
    expect(job.counts).toEqual({ created: 1, rejected: 1 });
    expect(job.reasons).toEqual({ [reason]: 1 });
    expect(await urls(house)).toEqual([url(0)]);
  });

  it('finds content by its SKU, also when the SKU went from one page to another', async () => {
    const house = await smallHouse();
    await broughtIn(house, 'content_update', [{ url: url('a'), keys: { sku: 'S' } }]);
    await broughtIn(house, 'content_update', [{ url: url('b'), keys: { sku: 'S' } }]);
    expect((await findBySku(house, 'S'))?.url).toBe(url('b'));
    await broughtIn(house, 'content_update', [{ url: url('a'), keys: { sku: 'T' } }]);
    expect((await findBySku(house, 'S'))?.url).toBe(url('b'));
    expect((await findBySku(house, 'T'))?.url).toBe(url('a'));
    expect(await findBySku(house, 'U')).toBeUndefined();
  });

  it('lists what was published last over months and shards, each once, where it is now', async () => {
    const house = await smallHouse();
    const dates = Array.from({ length: 300 }, (_, n) => new Date(Date.UTC(2023, 0, 1) + n * 30 * 3600_000));
    const line = (date: Date, n: number) => ({ url: url(n), date: date.toISOString().slice(0, 19).replace('T', ' ') });
    await broughtIn(house, 'content_update', dates.map(line).reverse());
    expect(await urls(house)).toEqual(Array.from({ length: 300 }, (_, n) => url(299 - n)));
    await broughtIn(house, 'content_update', [{ url: url(7), date: '2024-02-01' }]);
    expect(await urls(house, 3)).toEqual([url(7), url(299), url(298)]);
    expect((await urls(house)).filter((each) => each === url(7))).toHaveLength(1);
  });
});

describe('delete_content', () => {
  const filled = async () => {
    const house = await smallHouse();
    const lines = Array.from({ length: 366 }, (_, n) => {
      const day = new Date(Date.UTC(2016, 0, 1) + n * 24 * 3600_000).toISOString().slice(0, 10);
      return { url: url(day), date: `${day} 23:30:00`, ...(n % 2 === 0 && { expire_date: '2020-01-01' }) };
    });
    await broughtIn(house, 'content_update', lines);
    return house;
  };

  it('deletes everything, and says how much; a second time there is nothing left', async () => {
    const house = await filled();
    const job = await deleted(house, { type: 'all' });
    expect(job).toMatchObject({ state: 'completed', name: 'Delete Content', rows: 366, counts: { updated: 366 } });
    expect(job.result).toEqual({ deleted_count: 366 });
    expect(await urls(house)).toEqual([]);
    expect(await found(house, '2016-01-01')).toBeUndefined();
    expect((await deleted(house, { type: 'all' })).result).toEqual({ deleted_count: 0 });
    const again = await broughtIn(house, 'content_update', [{ url: url('2016-01-01'), title: 'New' }]);
    expect(again.counts).toEqual({ created: 1 });
    expect(await found(house, '2016-01-01')).not.toHaveProperty('expire_date');
  });

  it.each([
    ['2016-07-01', '2016-12-31'],
    ['July 1, 2016', 'Dec 31, 2016'],
    ['20160701', 20161231],
  ])('deletes the last half of 2016, %s and %s among it', async (start_date, end_date) => {
    const house = await filled();
    expect((await deleted(house, { type: 'all', start_date, end_date })).result).toEqual({ deleted_count: 184 });
    expect(await urls(house, 1)).toEqual([url('2016-06-30')]);
  });

  it('deletes only what has expired, of the range when there is one', async () => {
    const house = await filled();
    const range = { start_date: '2016-07-01', end_date: '2016-12-31' };
    expect((await deleted(house, { type: 'expired', ...range })).result).toEqual({ deleted_count: 92 });
    expect((await deleted(house, { type: 'expired' })).result).toEqual({ deleted_count: 91 });
    await broughtIn(house, 'content_update', [{ url: url('2016-01-02'), expire_date: '+1 day' }]);
    expect((await deleted(house, { type: 'expired' })).result).toEqual({ deleted_count: 0 });
  });

  it('counts days on the client s clock', async () => {
    const house = await filled();
    await house.ports.clients.put({ ...house.client, settings: { timeZone: 'Asia/Tokyo' } });
    const one = { type: 'all', start_date: '2016-07-01', end_date: '2016-07-01' };
    expect((await deleted(house, one)).result).toEqual({ deleted_count: 1 });
    expect(await found(house, '2016-06-30')).toBeUndefined();
    expect(await found(house, '2016-07-01')).toBeDefined();
  });

  it('as a plan deletes nothing and says what it would', async () => {
    const house = await filled();
    const job = await deleted(house, { type: 'expired', mode: 'plan' });
    expect(job.counts).toEqual({ updated: 183 });
    expect(await urls(house)).toHaveLength(366);
  });
});
