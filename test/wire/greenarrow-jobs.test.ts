// What the GreenArrow job lists show: every door's jobs under 17 keys, in the documented order, filtered, page by page.
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { cancelJob, pauseJob } from '../../functions/jobs/control.ts';
import { type Job, newId } from '../../functions/jobs/job.ts';
import { submit } from '../../functions/jobs/submit.ts';
import { type GreenArrowClient, greenarrowClient, type Item } from '../helpers/greenarrow-client.ts';
import { type House, openHouse } from '../helpers/house.ts';
import { importFile, settled, submitJob } from '../helpers/jobs.ts';
import { fillJobs } from '../helpers/many-jobs.ts';

let house: House;
let client: GreenArrowClient;
beforeEach(async () => {
  house = await openHouse();
  client = greenarrowClient(house.app.request);
});
afterEach(() => house.close());

const keys = [
  'begins_at',
  'created_at',
  'finished_at',
  'id',
  'job_type',
  'mailing_list_id',
  'name',
  'organization_id',
  'paused',
  'progress_total',
  'progress_value',
  'retry_at',
  'started_at',
  'state',
  'state2',
  'suppression_list_id',
  'updated_at',
];
const time = /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ$/;
const addresses = 'ada@example.com,grace@example.com';
const second = 1000;

const start = (list: string, params: Record<string, unknown> = {}) =>
  submitJob(house, 'import', { list, emails: addresses, ...params });
/** A job that ends a second after the one before. */
const ended = async (list: string) => {
  house.advance(second);
  return settled(house, await start(list));
};
const listsOf = (jobs: Item[]) => jobs.map(({ name }) => String(name).replace('List Import: ', ''));
const shown = async (query: string) => listsOf(await client.jobs(`all?${query}`));
const shownTime = (at = 0) => `${new Date(Math.floor(at / 1000) * 1000).toISOString().slice(0, 19)}Z`;

describe('a job', () => {
  it('has the 17 documented keys and no other, in every state', async () => {
    const made = await settled(house, await start('done'));
    await settled(house, await submitJob(house, 'export_list_data', { list: 'done' }));
    const paused = await start('paused');
    await pauseJob(house.ports, house.client, paused.id);
    await cancelJob(house.ports, house.client, (await start('cancelled')).id);
    await settled(house, await importFile(house, 'a,b\n1,2\n'));
    await start('waiting', { begins_at: house.now() / second + 3600 });
    await submitJob(house, 'import', { list: 'upload', upload: { filename: 'people.csv', size: 10 } });
    await start('pending');
    const jobs = await client.jobs('all');
    expect(jobs).toHaveLength(8);
    for (const job of jobs) {
      expect(Object.keys(job)).toEqual(keys);
      for (const [key, value] of Object.entries(job))
        if (key.endsWith('_at') && value !== null) expect(value, key).toMatch(time);
      expect(Number.isSafeInteger(job.id)).toBe(true);
      expect([job.organization_id, job.state2, job.suppression_list_id]).toEqual([1, null, null]);
      expect(job.paused).toBe(job.state === 'paused');
      expect(job.finished_at === null).toBe(!['finished', 'failed', 'cancelled'].includes(String(job.state)));
    }
    expect(new Set(jobs.map(({ id }) => id)).size).toBe(8);
    expect(jobs.map(({ name, state }) => `${name}: ${state}`).sort()).toEqual([
      'Export All List Data: done: finished',
      'List Import: cancelled: cancelled',
      'List Import: done: finished',
      'List Import: paused: paused',
      'List Import: pending: scheduled',
      'List Import: waiting: scheduled',
      'people.csv: failed',
      'people.csv: scheduled',
    ]);
    expect(jobs.find(({ name }) => name === 'List Import: done')).toMatchObject({
      created_at: shownTime(made.createdAt),
      begins_at: shownTime(made.createdAt),
      finished_at: shownTime(made.finishedAt),
      job_type: 'SubscriberImport',
      progress_total: 2,
      progress_value: 2,
    });
    expect(jobs.find(({ job_type }) => job_type === 'SubscriberExport')).toMatchObject({ state: 'finished' });
  });

  it('of one list has the number of that list, whichever door it came through', async () => {
    await start('Main');
    const list = await client.data<Item>('POST', '/mailing_lists', { mailing_list: { name: 'Main' } });
    expect((await client.jobs('all'))[0]?.mailing_list_id).toBe(list.id);
    expect(await client.data('GET', '/mailing_lists')).toEqual([list]);
    expect(await client.data('GET', `/mailing_lists/${list.id}`)).toEqual(list);
  });
});

describe('the lists', () => {
  it('show what is next first, and then what ended last; unfinished ones are those that have not ended', async () => {
    await ended('old');
    await ended('recent');
    await start('now');
    await start('later', { begins_at: house.now() / second + 3600 });
    const order = ['now', 'later', 'recent', 'old'];
    expect(listsOf(await client.jobs('all'))).toEqual(order);
    expect(listsOf(await client.jobs('unfinished'))).toEqual(order.slice(0, 2));
  });

  it('have keys beside the data that tell how many there are, when that is known', async () => {
    expect((await client.get('/jobs/unfinished')).body).toEqual({
      success: true,
      data: [],
      error_code: null,
      error_message: null,
      page: 0,
      per_page: 2000,
      num_records: 0,
      num_pages: 0,
      page_token: null,
      next_page_token: null,
    });
    for (const list of ['a', 'b', 'c']) await ended(list);
    const { body } = await client.get('/jobs/all?per_page=2&page=1');
    expect(listsOf(body.data as Item[])).toEqual(['a']);
    expect(body).toMatchObject({ page: 1, per_page: 2, num_records: 3, num_pages: 2, next_page_token: null });
    const first = (await client.get('/jobs/all?per_page=2')).body;
    expect(first).toMatchObject({ page: 0, num_records: null, num_pages: null, page_token: null });
    expect((await client.get('/jobs/all?per_page=3')).body).toMatchObject({ num_records: 3, next_page_token: null });
    expect((await client.get('/jobs/all?page=9')).body).toMatchObject({ data: [], num_records: 3, num_pages: 1 });
  });

  it('give each job once, page by page, by token', async () => {
    for (const list of ['a', 'b', 'c']) await ended(list);
    for (const list of ['d', 'e', 'f', 'g']) await start(list);
    for (const size of [1, 2, 3, 4, 7]) {
      const seen: Item[] = [];
      let token = '';
      for (let pages = 0; pages < 9; pages++) {
        const { body } = await client.get(`/jobs/all?per_page=${size}${token && `&page_token=${token}`}`);
        seen.push(...(body.data as Item[]));
        expect(body.page).toBe(token === '' ? 0 : null);
        expect(body.page_token).toBe(token || null);
        if (body.next_page_token === null) break;
        token = String(body.next_page_token);
      }
      expect(seen).toEqual(await client.jobs('all'));
    }
  });

  it('refuse pages that are none', async () => {
    const code = async (query: string) => (await client.get(`/jobs/all?${query}`)).body.error_code;
    expect(await code('page=0&page_token=x')).toBe('invalid_request');
    expect(await code('page_token=x')).toBe('invalid_request');
    expect(await code(`page_token=${Buffer.from('other 0').toString('base64url')}`)).toBe('invalid_request');
    expect(await code('per_page=2001')).toBe('requested_too_many');
    for (const query of ['per_page=0', 'per_page=-1', 'per_page=x', 'page=-1', 'page=1.5'])
      expect(await code(query), query).toBe('invalid_request');
  });
});

describe('filters', () => {
  it('take several values in each of three ways, and values that nothing has', async () => {
    await ended('done');
    await settled(house, await submitJob(house, 'export_list_data', { list: 'done' }));
    await pauseJob(house.ports, house.client, (await start('held')).id);
    await start('due');
    expect(await shown('state=paused')).toEqual(['held']);
    for (const query of ['state=paused&state=finished', 'state[]=paused&state[]=finished', 'state=paused,finished'])
      expect((await shown(query)).length, query).toBe(3);
    expect(await shown('state=finished&job_type=SubscriberImport')).toEqual(['done']);
    expect((await client.jobs('all?job_type=SubscriberExport')).map(({ job_type }) => job_type)).toEqual([
      'SubscriberExport',
    ]);
    expect(await shown('state=pondering')).toEqual([]);
    expect(await shown('job_type=Campaign')).toEqual([]);
    expect(listsOf(await client.jobs('unfinished?state=finished'))).toEqual([]);
  });

  it('bound times from both sides, and what has no such time is never within', async () => {
    const jobs: Job[] = [];
    for (const list of ['a', 'b', 'c', 'd']) jobs.push(await ended(list));
    await start('waits');
    const at = (index: number) => shownTime(jobs[index]?.finishedAt);
    const seconds = (index: number) => Math.floor((jobs[index]?.finishedAt ?? 0) / second);
    expect(await shown(`finished_at__after=${at(1)}`)).toEqual(['d', 'c']);
    expect(await shown(`finished_at__before=${at(1)}`)).toEqual(['a']);
    expect(await shown(`finished_at__before=${seconds(3)}&finished_at__after=${seconds(0)}`)).toEqual(['c', 'b']);
    expect(await shown(`finished_at__before=${at(2)}&state=failed`)).toEqual([]);
    expect((await shown(`begins_at__after=${shownTime(jobs[2]?.createdAt)}`)).sort()).toEqual(['d', 'waits']);
    expect(await shown(`begins_at__before=${shownTime(jobs[1]?.createdAt)}`)).toEqual(['a']);
    expect((await client.get('/jobs/all?begins_at__after=soon')).body.error_code).toBe('invalid_request');
  });

  it('read so many jobs and no more, and say where to go on', async () => {
    await house.close();
    let read = 0;
    house = await openHouse({
      wrap: (ports) => ({
        ...ports,
        jobs: {
          ...ports.jobs,
          list: async (...args) => {
            const part = await ports.jobs.list(...args);
            read += part.length;
            return part;
          },
        },
      }),
    });
    client = greenarrowClient(house.app.request);
    const job = await start('first');
    fillJobs(house.home, 6000, () => ({ ...job, id: newId(house.now()) }));
    const { body } = await client.get('/jobs/all?state=paused');
    expect(read).toBe(4000);
    expect(body).toMatchObject({ data: [], num_records: null });
    const rest = (await client.get(`/jobs/all?state=paused&page_token=${body.next_page_token}`)).body;
    expect(rest).toMatchObject({ data: [], next_page_token: null });
    expect(read).toBe(6001);
    const last = (await client.get('/jobs/all?per_page=1000&page=6')).body;
    expect(last).toMatchObject({ num_records: 6001, num_pages: 7 });
    expect(last.data).toHaveLength(1);
    fillJobs(house.home, 4000, () => ({ ...job, id: newId(house.now()) }));
    expect((await client.get('/jobs/all?per_page=1000&page=11')).body.error_code).toBe('requested_too_many');
  });
});

it('of a large file shows values that rise, a pause that holds them, and the end', async () => {
  await house.close();
  house = await openHouse({ tuning: { chunkRows: 100, inlineRows: 0 }, batch: 50 });
  client = greenarrowClient(house.app.request);
  const rows = Array.from({ length: 1200 }, (_, i) => `person${i}@example.com`);
  const key = 'uploads/spool/people';
  await house.ports.files.put(key, `email\n${rows.join('\n')}\n`);
  const upload = { key, filename: '1200.csv' };
  const job = await submit(house.ports, house.client, {
    door: 'sailthru',
    type: 'import',
    params: { list: 'L' },
    upload,
  });
  const poll = async () => (await client.jobs('unfinished'))[0];
  expect(await poll()).toMatchObject({ name: '1200.csv', state: 'scheduled', progress_total: null, progress_value: 0 });
  const values: number[] = [];
  let held: Item | undefined;
  while (await house.step()) {
    const shownNow = await poll();
    if (!shownNow) break;
    values.push(Number(shownNow.progress_value));
    if (values.at(-1) !== 500 || held) continue;
    const { id } = shownNow;
    expect((await client.post(`/subscriber_imports/${id}/pause`)).body.data).toMatchObject({ state: 'paused' });
    await house.settle();
    held = await poll();
    expect(held).toMatchObject({ paused: true, state: 'paused', progress_total: 1200 });
    expect((await client.post(`/subscriber_imports/${id}/unpause`)).body.data).toMatchObject({ state: 'importing' });
  }
  expect(values).toEqual([...values].sort((a, b) => a - b));
  expect(new Set(values).size).toBeGreaterThan(5);
  expect(Number(held?.progress_value)).toBeGreaterThanOrEqual(500);
  expect(await client.jobs('unfinished')).toEqual([]);
  expect((await client.jobs('all'))[0]).toMatchObject({
    state: 'finished',
    progress_value: 1200,
    progress_total: 1200,
  });
  expect((await house.ports.jobs.read(job.id))?.counts).toEqual({ created: 1200 });
});
