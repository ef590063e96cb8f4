// Lists of campaigns as the public extractors read them: each reader does what its original does with the answer.
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { saveStats } from '../../functions/jobs/campaigns/blasts.ts';
import { type House, openHouse } from '../helpers/house.ts';
import type { Json } from './calls.ts';
import { callEndpoint as call } from './calls.ts';

let house: House;
beforeEach(async () => {
  house = await openHouse();
  await house.ports.clients.put({
    ...house.client,
    settings: { ...house.client.settings, timeZone: 'America/New_York' },
  });
});
afterEach(() => house.close());

const get = async (params: Json): Promise<Json> => (await call(house.app, 'GET', '/blast', params)).body;
const blastsOf = (answer: Json): Json[] => answer.blasts as Json[];
const add = async (params: Json): Promise<number> =>
  Number((await call(house.app, 'POST', '/blast', { list: 'Main', ...params })).body.blast_id);
/** Sent at noon of that day of June 2024, as the client's clock says. */
const sent = (day: number, more: Json = {}) =>
  add({ name: `June ${day}`, status: 'sent', start_time: `2024-06-${String(day).padStart(2, '0')} 12:00:00`, ...more });

/** Strict, as Python's email.utils is with what these consumers give it. */
const instantOf = (text: unknown): number => {
  expect(text).toMatch(/^[A-Z][a-z]{2}, \d\d [A-Z][a-z]{2} \d{4} \d\d:\d\d:\d\d [+-]\d{4}$/);
  return Date.parse(String(text));
};

describe('the list of campaigns', () => {
  it('has the documented keys, in their order, and counts all statuses', async () => {
    expect(await get({ status: 'sent' })).toEqual({
      unscheduled_count: 0,
      scheduled_count: 0,
      sending_count: 0,
      sent_count: 0,
      blast_count: 0,
      status: 'sent',
      skip: 0,
      blasts: [],
      filtered_count: 0,
    });
    const id = await sent(1);
    await add({ name: 'draft' });
    await saveStats(house.ports, house.client.id, id, {
      total: { count: 113, beacon_click: 9, open_total: 40, click_total: 12, optout: 1 },
    });
    const answer = await get({ status: 'sent' });
    expect(answer).toMatchObject({ unscheduled_count: 1, sent_count: 1, blast_count: 2, filtered_count: 1 });
    expect(blastsOf(answer)[0]).toMatchObject({
      blast_id: id,
      name: 'June 1',
      list: 'Main',
      mode: 'email',
      status: 'sent',
      sent_count: 113,
      start_time: 'Sat, 01 Jun 2024 12:00:00 -0400',
      labels: [],
      stats: { total: { count: 113, beacon_click: 9, open_total: 40, click_total: 12, optout: 1 } },
      email_count: 113,
    });
  });

  it('shows 20 at most unless it is told otherwise, newest first, page by page', async () => {
    for (let day = 1; day <= 25; day++) await sent(day);
    const names = async (params: Json) => blastsOf(await get({ status: 'sent', ...params })).map(({ name }) => name);
    const all = Array.from({ length: 25 }, (_, index) => `June ${25 - index}`);
    expect(await names({})).toEqual(all.slice(0, 20));
    expect(await names({ limit: 0 })).toEqual(all);
    expect(await names({ limit: '5', skip: 5 })).toEqual(all.slice(5, 10));
    expect(await get({ status: 'sent', limit: 5 })).toMatchObject({ filtered_count: 25 });
  });

  it.each(['created', 'unscheduled', 'draft'])('takes %s for what has no schedule', async (status) => {
    await add({ name: 'draft' });
    expect(await get({ status })).toMatchObject({ status, filtered_count: 1 });
  });
});

describe('readers', () => {
  it('tap-sailthru: all statuses, sorted by modify_time', async () => {
    await sent(2);
    await add({ name: 'draft' });
    const blasts: Json[] = [];
    for (const status of ['sent', 'sending', 'unscheduled', 'scheduled'])
      blasts.push(...blastsOf(await get({ status })).map((blast): Json => ({ ...blast, status })));
    const times = blasts.map(({ modify_time }) => instantOf(modify_time)).toSorted((a, b) => a - b);
    expect(times).toHaveLength(2);
    expect(blasts.every(({ blast_id }) => Number.isInteger(blast_id))).toBe(true);
  });

  it('tap-sailthru with dates: microseconds and Z', async () => {
    await sent(2);
    await sent(3);
    const found = await get({
      status: 'sent',
      start_date: '2024-06-02T16:00:00.000001Z',
      end_date: '2024-06-03T16:00:01.000001Z',
      limit: 0,
    });
    expect(blastsOf(found).map(({ name }) => name)).toEqual(['June 3', 'June 2']);
  });

  it('the Vox tap: day by day, the end being the next day; start_time of each is parsed', async () => {
    for (const day of [1, 2, 3]) await sent(day);
    for (const day of [1, 2, 3]) {
      const [start_date, end_date] = [`2024-06-0${day}`, `2024-06-0${day + 1}`];
      const blasts = blastsOf(await get({ status: 'sent', limit: 0, start_date, end_date }));
      expect(blasts.map(({ start_time }) => new Date(instantOf(start_time)).getUTCDate())).toEqual([day]);
    }
  });

  it('dive_sailthru_client: everything at once, and the count must agree', async () => {
    for (const day of [1, 2, 3]) await sent(day, { list: day === 2 ? 'Other' : 'Main' });
    const answer = await get({
      status: 'sent',
      limit: 0,
      list: 'Main',
      start_date: 'June 1, 2024',
      end_date: 'June 4, 2024',
    });
    expect(answer.filtered_count).toBe(blastsOf(answer).length);
    expect(answer.filtered_count).toBe(2);
  });

  it('the edX pipeline: counters that are missing are zero', async () => {
    const id = await sent(1);
    const read = async () => {
      const [blast] = blastsOf(await get({ status: 'sent', start_date: '2024-06-01', end_date: '2024-06-02' }));
      const total = ((blast?.stats as Json)?.total ?? {}) as Record<string, number>;
      return ['count', 'optout', 'open_total', 'click_total'].map((name) => total[name] ?? 0);
    };
    expect(await read()).toEqual([0, 0, 0, 0]);
    await saveStats(house.ports, house.client.id, id, { total: { count: 5, open_total: 3 } });
    expect(await read()).toEqual([5, 0, 3, 0]);
  });
});
