// Promises about blast_save_list, snapshot and blast_snapshot, as callers see them.
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { addBlast, importEvents, type Line } from '../helpers/campaigns.ts';
import { type House, openHouse } from '../helpers/house.ts';
import { exported, imported } from '../helpers/jobs.ts';
import { addPerson, personOf } from '../helpers/people.ts';
import { type Json, jobOf, postJob, signed } from './calls.ts';

let house: House;
let blast: number;
const [ada, bob, cyd] = ['ada@example.com', 'bob@example.com', 'cyd@example.org'];

beforeEach(async () => {
  house = await openHouse();
  blast = await addBlast(house.ports, house.client);
});
afterEach(() => house.close());

const line = (email: string, event: string, time: string, more: Line = {}): Line => ({
  email,
  blast_id: blast,
  event,
  time: `2024-06-01T${time}Z`,
  ...more,
});

const bringHistory = () =>
  importEvents(house, [
    line(ada, 'send', '12:00:05'),
    line(ada, 'open', '13:00:11', { device: 'iPhone' }),
    line(ada, 'click', '14:00:40', { url: 'https://example.com/a', device: 'iPhone' }),
    line(ada, 'purchase', '15:00:00'),
    line(bob, 'send', '12:00:06'),
    line(bob, 'open', '13:30:00', { device: 'Outlook' }),
    line(cyd, 'send', '12:00:07'),
  ]);

const run = async (params: Json): Promise<Json> => {
  const { status, body } = await postJob(house.app, signed(params));
  expect([status, body]).toEqual([200, expect.objectContaining({ status: 'pending' })]);
  return jobOf(house, body.job_id);
};
const refused = async (params: Json): Promise<[number, Json]> => {
  const { status, body } = await postJob(house.app, signed(params));
  return [status, body];
};
const members = async (list: string): Promise<number> => (await exported(house, list)).length - 1;

describe('blast_save_list', () => {
  it('makes a list of all who got the campaign, and tells how many', async () => {
    await bringHistory();
    const job = await run({ job: 'blast_save_list', blast_id: blast, list: 'Readers' });
    expect(job).toMatchObject({
      name: 'Blast Save List: Readers',
      blast_id: blast,
      list: 'Readers',
      status: 'completed',
      count: 3,
      rows: 3,
      updated: 3,
    });
    expect(await members('Readers')).toBe(3);
  });

  it('adds those whom a query means to a list that is there, and touches nothing else of them', async () => {
    await bringHistory();
    await imported(house, 'email\nold@example.com\n', { list: 'Readers' });
    await addPerson(house, 'dan@example.com', { optout: 'all' });
    await importEvents(house, [line('dan@example.com', 'open', '12:10:00')]);
    const query = { criteria: ['open_time'], timerange: ['ever'] };
    const job = await run({ job: 'blast_save_list', blast_id: blast, list: 'Readers', query });
    expect(job.count).toBe(3);
    expect(await members('Readers')).toBe(4);
    expect(await personOf(house, 'dan@example.com')).toMatchObject({ optout: 'all' });
    const again = await run({ job: 'blast_save_list', blast_id: blast, list: 'Readers', query });
    expect(again).toMatchObject({ count: 3, unchanged: 3 });
  });

  it('only plans when it is asked to', async () => {
    await bringHistory();
    const job = await run({ job: 'blast_save_list', blast_id: blast, list: 'Readers', mode: 'plan' });
    expect(job).toMatchObject({ status: 'completed', updated: 3 });
    expect(await house.ports.lists.find(house.client.id, 'Readers')).toBeUndefined();
  });

  it('refuses what it cannot do in the documented words', async () => {
    const order = { job: 'blast_save_list', blast_id: blast, list: 'Readers' };
    expect(await refused({ ...order, blast_id: '' })).toEqual([
      400,
      { error: 2, errormsg: 'Missing required parameter: blast_id' },
    ]);
    expect(await refused({ ...order, list: '' })).toEqual([
      400,
      { error: 2, errormsg: 'Missing required parameter: list' },
    ]);
    expect(await refused({ ...order, blast_id: 7 })).toEqual([404, { error: 13, errormsg: 'Unknown blast_id: 7' }]);
    expect(await refused({ ...order, list: 'All Users' })).toEqual([
      200,
      { error: 99, errormsg: 'Invalid list name: All Users' },
    ]);
    await house.ports.lists.describe(house.client.id, 'Smart', { query: { criteria: [] } }, house.now());
    expect((await refused({ ...order, list: 'Smart' }))[1]).toMatchObject({ error: 99 });
  });
});

describe('snapshot', () => {
  it('tells the numbers of the people of a query, and the query as it was understood', async () => {
    const at = Date.UTC(2024, 4, 10);
    await addPerson(house, ada, {
      signupAt: at,
      stats: { country: 'NO', state: 'Oslo', city: 'Oslo', interests: { ski: 2 } },
    });
    await addPerson(house, bob, { signupAt: Date.UTC(2024, 5, 2), status: 'hardbounce' });
    await addPerson(house, cyd, { signupAt: at, optout: 'all', stats: { lastOpen: Date.UTC(2024, 5, 3, 7) } });
    const query = { criteria: ['domain'], value: ['example.com|example.org'] };
    const job = await run({ job: 'snapshot', query });
    expect(job).toMatchObject({
      name: 'Snapshot',
      status: 'completed',
      query,
      rows: 3,
      snapshot: {
        email_count: 3,
        valid_count: 1,
        engagement: { engaged: 0, active: 0, passive: 0, disengaged: 0, dormant: 1, new: 0, hardbounce: 1, optout: 1 },
        signup_month: { '202405': 2, '202406': 1 },
        domain: { 'example.com': 2, 'example.org': 1 },
        geo: { country: { NO: 1 }, state: { Oslo: 1 }, city: { Oslo: 1 } },
        mail_activity: { open_hour: { '07': 1 }, click_hour: {} },
        site_activity: { pageview_hour: {} },
        interests: { ski: 1 },
      },
    });
  });

  it('answers the query of an extractor: who joined within three days', async () => {
    await imported(house, 'email\nnew@example.com\n', { list: 'Main' });
    await imported(house, 'email,signup_date\nold@example.com,2020-01-01\n', { list: 'Main', signup_dates: 1 });
    const query = {
      source_list: 'Main',
      criteria: ['var_date'],
      field: ['signup'],
      timerange: ['since_date'],
      value: ['-3 days'],
    };
    // The PHP client spells it like this.
    const job = await run({ job: 'snaphot', query });
    expect(job).toMatchObject({ query, snapshot: { email_count: 1, valid_count: 1 } });
  });

  it('is about everyone without a query, and counts nobody twice over many slices', async () => {
    const csv = Array.from({ length: 500 }, (_, i) => `p${i}@example${i % 3}.com`).join('\n');
    await imported(house, `email\n${csv}\n`, { list: 'Main' });
    const job = await run({ job: 'snapshot' });
    expect(job.snapshot).toMatchObject({
      email_count: 500,
      domain: { 'example0.com': 167, 'example1.com': 167, 'example2.com': 166 },
    });
    expect(job.query as Json).toEqual({});
  });

  it('refuses a query that is none, and a list that is not there', async () => {
    expect(await refused({ job: 'snapshot', query: { criteria: ['nonsense'] } })).toEqual([
      400,
      { error: 99, errormsg: expect.stringMatching(/^Invalid query: /) },
    ]);
    expect(await refused({ job: 'snapshot', query: { source_list: 'Nowhere' } })).toEqual([
      400,
      { error: 99, errormsg: 'Invalid query: unknown list Nowhere' },
    ]);
  });
});

describe('blast_snapshot', () => {
  it('adds what people did, by the hour on the clock of the client, and on which device', async () => {
    await bringHistory();
    const job = await run({ job: 'blast_snapshot', blast_id: blast });
    expect(job).toMatchObject({ name: `Blast Snapshot: ${blast}`, blast_id: blast, status: 'completed' });
    expect(job).not.toHaveProperty('query');
    expect(job.stats).toMatchObject({
      email_count: 3,
      domain: { 'example.com': 2, 'example.org': 1 },
      count: 3,
      confirmed_opens: 2,
      click_total: 1,
      purchase: 1,
      send_hour: { '12': 3 },
      open_hour: { '13': 2 },
      click_hour: { '14': 1 },
      purchase_hour: { '15': 1 },
      device: { iPhone: { open_total: 1, click_total: 1 }, Outlook: { open_total: 1 } },
    });
  });

  it('is about those whom a query means', async () => {
    await bringHistory();
    const query = { criteria: ['domain'], value: ['example.org'] };
    const job = await run({ job: 'blast_snapshot', blast_id: blast, query });
    expect(job).toMatchObject({ query, stats: { email_count: 1, count: 1, open_total: 0 } });
  });

  it('refuses a campaign that nobody knows', async () => {
    expect(await refused({ job: 'blast_snapshot', blast_id: 7 })).toEqual([
      404,
      { error: 13, errormsg: 'Unknown blast_id: 7' },
    ]);
    expect(await refused({ job: 'blast_snapshot' })).toEqual([
      400,
      { error: 2, errormsg: 'Missing required parameter: blast_id' },
    ]);
  });
});
