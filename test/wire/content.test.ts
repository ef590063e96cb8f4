// GET, POST and DELETE /content as clients call them, and the answers of the content jobs.
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { documented } from '../helpers/commerce.ts';
import { type House, openHouse } from '../helpers/house.ts';
import { callEndpoint, fieldsOf, filePart, jobOf, multipart, postJob, postMultipart, signed } from './calls.ts';

let house: House;
beforeEach(async () => {
  house = await openHouse();
});
afterEach(() => house.close());

const call = (method: 'GET' | 'POST' | 'DELETE', params: unknown) => callEndpoint(house.app, method, 'content', params);
const url = 'https://example.com/1234/water_bottle';
const full = {
  url,
  keys: { sku: 'B-1' },
  title: 'Water Bottle',
  date: '2016-07-01 10:00:00 -0400',
  tags: ['bottle', 'sports'],
  vars: { size: 'L' },
  images: { full: { url: `${url}.jpg` } },
  price: 1250,
  inventory: 47,
  author: 'Ada',
  override_exclude: 1,
};
const answer = {
  _id: expect.stringMatching(/^[0-9a-f]{24}$/),
  ...full,
  date: 'Fri, 01 Jul 2016 14:00:00 +0000',
};

describe('/content', () => {
  it('keeps what is posted, and shows it by URL, by id and by SKU', async () => {
    expect(await call('POST', full)).toMatchObject({ status: 200, body: { content: [answer] } });
    for (const params of [{ url }, { id: url }, { id: url, key: 'url' }, { id: 'B-1', key: 'sku' }])
      expect((await call('GET', params)).body).toEqual(answer);
    const changed = await call('POST', { id: 'B-1', key: 'sku', inventory: 3 });
    expect(changed.body).toEqual({ content: [{ ...answer, inventory: 3 }] });
  });

  it('lists what was published last, 20 unless told otherwise', async () => {
    for (let day = 1; day <= 25; day++)
      await call('POST', { url: `${url}-${day}`, date: `2016-07-${String(day).padStart(2, '0')}` });
    const listed = async (params: unknown) =>
      ((await call('GET', params)).body.content as { url: string }[]).map((content) => content.url.split('-')[1]);
    expect(await listed({})).toEqual(Array.from({ length: 20 }, (_, n) => String(25 - n)));
    expect(await listed({ items: 2 })).toEqual(['25', '24']);
    expect(await listed({ items: '100000000' })).toHaveLength(25);
  });

  it('lists nothing as an empty list', async () => {
    expect((await call('GET', {})).body).toEqual({ content: [] });
  });

  it('deletes by URL or SKU, once', async () => {
    await call('POST', full);
    expect((await call('DELETE', { id: 'B-1', key: 'sku' })).body).toEqual({ ok: true });
    const gone = { status: 404, body: { error: 99, errormsg: `Content not found: ${url}` } };
    expect(await call('GET', { url })).toMatchObject(gone);
    expect(await call('DELETE', { url })).toMatchObject(gone);
    expect((await call('GET', {})).body).toEqual({ content: [] });
  });

  it('of another client s content knows nothing', async () => {
    await call('POST', full);
    const other = { apiKey: 'b'.repeat(32), secret: 'c'.repeat(32) };
    await house.ports.clients.put({ id: 'other', ...other });
    for (const method of ['GET', 'DELETE'] as const)
      for (const params of [{ url }, { id: 'B-1', key: 'sku' }])
        expect((await callEndpoint(house.app, method, 'content', params, other)).status).toBe(404);
    expect((await callEndpoint(house.app, 'GET', 'content', {}, other)).body).toEqual({ content: [] });
    expect((await call('GET', { url })).status).toBe(200);
  });

  it.each<['GET' | 'POST' | 'DELETE', unknown, number, number, string]>([
    ['GET', { url }, 404, 99, `Content not found: ${url}`],
    ['GET', { id: 'x', key: 'sku' }, 404, 99, 'Content not found: x'],
    ['GET', { id: 'x', key: 'isbn' }, 400, 99, 'Content is not enabled for isbn lookup'],
    ['POST', { title: 'A' }, 400, 99, 'You may not insert a content without url'],
    ['POST', { id: 'x', key: 'sku', title: 'A' }, 400, 99, 'You may not insert a content without url'],
    ['POST', { url: 'nowhere' }, 400, 99, 'Invalid Url: nowhere'],
    ['POST', { url: 'javascript:alert(1)' }, 400, 99, 'Invalid Url: javascript:alert(1)'],
    ['POST', { url, override_exclude: 2 }, 400, 99, 'Override exclude must either be unset or equal to 1'],
    ['POST', { url, date: 'someday' }, 400, 18, 'the date cannot be read'],
    ['POST', { url, price: 'free' }, 400, 99, 'the price cannot be read'],
    ['DELETE', {}, 400, 99, 'Missing required parameter: id/url'],
    ['DELETE', { url }, 404, 99, `Content not found: ${url}`],
  ])('%s %j is refused as documented', async (method, params, status, error, errormsg) => {
    expect(await call(method, params)).toMatchObject({ status, body: { error, errormsg } });
  });
});

describe('the content jobs', () => {
  it('content_update answers as documented, key by key', async () => {
    const file = documented('content').replace('",\n', '", ');
    const parts = [...fieldsOf(signed({ job: 'content_update' })), filePart(file)];
    const { body } = await postMultipart(house.app, multipart(parts));
    expect(body).toEqual({ job_id: expect.any(String), name: 'Content Update', status: 'pending' });
    const done = await jobOf(house, body.job_id);
    expect(Object.keys(done).slice(0, 7)).toEqual([
      'job_id',
      'name',
      'status',
      'start_time',
      'end_time',
      'invalid_count',
      'successful_count',
    ]);
    expect(done).toMatchObject({ status: 'completed', invalid_count: 0, successful_count: 3 });
  });

  it('delete_content tells how much it deleted', async () => {
    await call('POST', full);
    const { body } = await postJob(house.app, signed({ job: 'delete_content', type: 'all' }));
    expect(await jobOf(house, body.job_id)).toMatchObject({ name: 'Delete Content', deleted_count: 1 });
  });

  const both = 'start_date and end_date must be specified together';
  const range = { start_date: '2016-07-01', end_date: '2016-12-31' };
  it.each<[string, Record<string, unknown>, number, string]>([
    ['no type', {}, 2, 'Missing required parameter: type'],
    ['another type', { type: 'some' }, 99, 'Invalid type'],
    ['only a start', { type: 'all', start_date: '2016-07-01' }, 99, both],
    ['only an end', { type: 'expired', end_date: '2016-07-01', start_date: '' }, 99, both],
    [
      'a day that does not exist',
      { type: 'all', ...range, end_date: '2016-02-30' },
      18,
      'Invalid start_date/end_date format',
    ],
    ['days that are an object', { type: 'all', ...range, end_date: { a: 1 } }, 99, 'Invalid end_date'],
    [
      'an end before the start',
      { type: 'all', start_date: range.end_date, end_date: range.start_date },
      99,
      'Invalid date range. Start Date cannot be later than End Date',
    ],
  ])('delete_content refuses %s', async (_, params, error, errormsg) => {
    const refused = await postJob(house.app, signed({ job: 'delete_content', ...params }));
    expect(refused).toMatchObject({ status: 400, body: { error, errormsg } });
  });
});
