// The endpoint /list as clients and extractors call it.
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { type House, openHouse } from '../helpers/house.ts';
import { exported, imported } from '../helpers/jobs.ts';
import { addPerson } from '../helpers/people.ts';
import { callEndpoint, type Json } from './calls.ts';

let house: House;
beforeEach(async () => {
  house = await openHouse();
});
afterEach(() => house.close());

const call = (method: 'GET' | 'POST' | 'DELETE', params: unknown) => callEndpoint(house.app, method, 'list', params);
const rfc2822 = /^\w{3}, \d{2} \w{3} \d{4} \d{2}:\d{2}:\d{2} \+0000$/;
const byDomain = { criteria: ['domain'], value: ['example.com'] };

describe('GET /list', () => {
  it('without a name gives all lists, for [], null and an empty name alike', async () => {
    await imported(house, 'email\nada@example.com\nbob@example.com\n');
    await call('POST', { list: 'Smart', query: byDomain });
    for (const params of [{}, [], null, { list: '' }]) {
      const { status, body } = await call('GET', params);
      expect(status).toBe(200);
      expect(body.lists).toEqual([
        {
          list_id: expect.stringMatching(/^[0-9a-f]{24}$/),
          name: 'Main',
          email_count: 2,
          valid_count: 2,
          create_time: expect.stringMatching(rfc2822),
          type: 'normal',
        },
        expect.objectContaining({ name: 'Smart', type: 'smart' }),
      ]);
    }
  });

  it('gives an empty array when there is no list', async () => {
    expect((await call('GET', {})).body).toEqual({ lists: [] });
  });

  it('takes primary and limit', async () => {
    for (const [list, primary] of [
      ['A', 1],
      ['B', 0],
      ['C', '1'],
    ])
      await call('POST', { list, primary });
    const names = async (params: object) => ((await call('GET', params)).body.lists as Json[]).map(({ name }) => name);
    expect(await names({ primary: 1 })).toEqual(['A', 'C']);
    expect(await names({ primary: '0' })).toEqual(['B']);
    expect(await names({ limit: 2 })).toEqual(['A', 'B']);
    expect((await call('GET', { limit: 'x' })).body).toEqual({ error: 99, errormsg: 'Invalid limit' });
  });

  it('gives one list by name or id, and says that another is unknown', async () => {
    await call('POST', { list: 'Main', public_name: 'News', vars: { a: 1 } });
    const [made] = await allLists();
    const one = {
      list_id: made?.list_id,
      list: 'Main',
      create_time: made?.create_time,
      send_time: null,
      count: 0,
      type: 'normal',
      primary: false,
      vars: { a: 1 },
      public_name: 'News',
    };
    expect((await call('GET', { list: 'Main' })).body).toEqual(one);
    expect((await call('GET', { list_id: made?.list_id })).body).toEqual(one);
    for (const params of [{ list: 'main' }, { list_id: '0'.repeat(24) }])
      expect(await call('GET', params)).toMatchObject({ status: 404, body: { error: 15 } });
    expect((await call('GET', { list: 'No <b>' })).body.errormsg).toBe('Unknown list: No <b>');
  });
});

const allLists = async (): Promise<Json[]> => (await call('GET', {})).body.lists as Json[];

describe('POST /list', () => {
  it('makes a list once and changes what is told of it', async () => {
    const first = await call('POST', { list: 'Main', primary: 1 });
    expect(first.body).toEqual({
      list: 'Main',
      create_time: expect.stringMatching(rfc2822),
      send_time: null,
      count: 0,
      type: 'normal',
      primary: true,
      vars: {},
      public_name: '',
    });
    const second = await call('POST', { list: 'Main', public_name: 'News' });
    expect(second.body).toMatchObject({ primary: true, public_name: 'News', create_time: first.body.create_time });
    expect(await allLists()).toHaveLength(1);
  });

  it('brings the addresses in that come with it', async () => {
    await call('POST', { list: 'Main', emails: 'ada@example.com,bob@example.com' });
    await house.settle();
    expect(await exported(house, 'Main', { fields: { a: 1 } })).toHaveLength(3);
  });

  it('makes a smart list whose export holds whoever matches at that moment', async () => {
    await addPerson(house, 'ada@example.com');
    await addPerson(house, 'bob@example.org');
    expect((await call('POST', { list: 'Smart', type: 'smart', query: byDomain })).body).toMatchObject({
      type: 'smart',
      query: byDomain,
    });
    expect(await exported(house, 'Smart', { fields: { domain: 1 } })).toHaveLength(2);
    await addPerson(house, 'cy@example.com');
    const lines = await exported(house, 'Smart', { fields: { domain: 1 } });
    expect(lines.slice(1).map((line) => line.split(',')[2])).toEqual(['example.com', 'example.com']);
    expect((await call('GET', { list: 'Smart' })).body.count).toBe(2);
  });

  it('refuses what would make no list', async () => {
    await call('POST', { list: 'Main' });
    await call('POST', { list: 'Smart', query: byDomain });
    const errors: [object, number, string][] = [
      [{}, 2, 'Missing required parameter: list'],
      [{ list: 'All Users' }, 99, 'Invalid list name: All Users'],
      [{ list: ['x'] }, 99, 'Invalid list'],
      [{ list: 'x', type: 'odd' }, 99, 'Invalid type'],
      [{ list: 'x', type: 'smart' }, 2, 'Missing required parameter: query'],
      [{ list: 'x', query: 'nonsense' }, 99, 'Invalid query'],
      [{ list: 'x', query: { source_list: 'No' } }, 99, 'Invalid query: unknown list No'],
      [
        { list: 'x', query: { source_list: 'Smart' } },
        99,
        'Invalid query: Smart is a smart list: nobody joins it, use its query',
      ],
      [{ list: 'Main', query: byDomain }, 99, 'Main is not a smart list'],
    ];
    for (const [params, error, errormsg] of errors)
      expect(await call('POST', params)).toMatchObject({ status: 400, body: { error, errormsg } });
    expect(await allLists()).toHaveLength(2);
  });

  it('lets nobody be imported into a smart list', async () => {
    await call('POST', { list: 'Smart', query: byDomain });
    const { status, body } = await callEndpoint(house.app, 'POST', 'job', {
      job: 'import',
      list: 'Smart',
      emails: 'ada@example.com',
    });
    expect([status, body.error]).toEqual([200, 99]);
  });
});

describe('DELETE /list', () => {
  it('erases the list and leaves its people', async () => {
    await imported(house, 'email\nada@example.com\n');
    expect((await call('DELETE', { list: 'Main' })).body).toEqual({ list: 'Main', ok: true });
    expect(await allLists()).toEqual([]);
    expect(await call('DELETE', { list: 'Main' })).toMatchObject({ status: 404, body: { error: 15 } });
    expect((await call('DELETE', {})).body).toEqual({ error: 2, errormsg: 'Missing required parameter: list' });
  });
});

describe('an endpoint beside /job', () => {
  it('is found with slashes too many, and answers other methods and paths with the envelope', async () => {
    expect((await callEndpoint(house.app, 'GET', '/list/', {})).status).toBe(200);
    expect(await callEndpoint(house.app, 'DELETE', 'settings', {})).toMatchObject({ status: 405, body: { error: 1 } });
    expect(await callEndpoint(house.app, 'GET', 'constructor', {})).toMatchObject({ status: 404, body: { error: 99 } });
  });

  it('counts calls by itself and carries the rate limit headers', async () => {
    const { headers } = await call('POST', { list: 'Main' });
    expect(headers.get('x-rate-limit-limit')).toBe('40');
    expect((await call('GET', {})).headers.get('x-rate-limit-limit')).toBe('300');
  });

  it('GET /settings shows that key and secret are right', async () => {
    const { body } = await callEndpoint(house.app, 'GET', 'settings', null);
    expect(body).toMatchObject({ id: 'demo', timezone: 'UTC', domains: {}, from_emails: [], lists_primary: [] });
  });
});
