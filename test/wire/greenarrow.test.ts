// The GreenArrow door and its callers: who may ask, what every answer has, which paths there are.
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { basic, type GreenArrowClient, greenarrowClient } from '../helpers/greenarrow-client.ts';
import { type House, openHouse } from '../helpers/house.ts';
import { submitJob } from '../helpers/jobs.ts';
import { secret } from './calls.ts';

let house: House;
let client: GreenArrowClient;
beforeEach(async () => {
  house = await openHouse();
  client = greenarrowClient(house.app.request);
});
afterEach(() => house.close());

const other = { id: 'other', apiKey: '3'.repeat(32), secret: '4'.repeat(32), organization: 7 };
const wrong = (authorization: string | undefined, path = '/ga/api/v2/jobs/all') =>
  house.app.request(path, { headers: authorization === undefined ? {} : { Authorization: authorization } });
const notAuthorized = {
  success: false,
  data: null,
  error_code: 'not_authorized',
  error_message: 'A valid organization id and API key are needed',
};

describe('a call', () => {
  it('without a key, with a wrong one, of an unknown or a disabled organization is answered the same', async () => {
    await house.ports.clients.put({ ...other, disabled: true });
    const headers = [
      undefined,
      '',
      'Basic',
      'Basic !!!',
      `Bearer ${secret}`,
      basic({ organization: 1, secret: '' }),
      basic({ organization: 1, secret: `${secret}0` }),
      basic({ organization: 2, secret }),
      basic({ organization: 0, secret }),
      `Basic ${Buffer.from(`demo:${secret}`).toString('base64')}`,
      `Basic ${Buffer.from(secret).toString('base64')}`,
      basic(other),
    ];
    for (const header of headers) {
      const response = await wrong(header);
      expect(response.status, header).toBe(401);
      expect(response.headers.get('www-authenticate')).toBe('Basic realm="GreenArrow Studio API"');
      expect(await response.json()).toEqual(notAuthorized);
    }
    expect((await wrong(undefined, '/ga/api/v2/nothing')).status).toBe(401);
  });

  it('has the documented headers and no cookie, whatever comes of it', async () => {
    const ids = new Set();
    for (const response of [
      await client.raw('GET', '/ga/api/v2/jobs/all'),
      await client.raw('GET', '/ga/api/v2/nothing'),
      await wrong(undefined),
    ]) {
      expect(Object.fromEntries(response.headers)).toMatchObject({
        'cache-control': 'no-cache, no-store, max-age=0, must-revalidate',
        pragma: 'no-cache',
        expires: 'Fri, 01 Jan 1990 00:00:00 GMT',
        'content-type': 'application/json; charset=utf-8',
        'x-runtime': expect.stringMatching(/^\d+\.\d{6}$/),
      });
      expect(response.headers.has('set-cookie')).toBe(false);
      expect(response.headers.get('x-request-id')).toMatch(/^[0-9a-f]{32}$/);
      ids.add(response.headers.get('x-request-id'));
    }
    expect(ids.size).toBe(3);
  });

  it('names version 2 in its path or in a header, and there is nothing in any other', async () => {
    const asked = async (path: string, version?: string) => {
      const response = await client.raw('GET', path, undefined, version === undefined ? {} : { 'X-Version': version });
      return [response.status, ((await response.json()) as { error_code: string }).error_code];
    };
    for (const path of ['/ga/api/v2/jobs/all', '/ga/api/v2/jobs/all/']) expect(await asked(path)).toEqual([200, null]);
    expect(await asked('/ga/api/jobs/all', '2')).toEqual([200, null]);
    for (const [path, version] of [
      ['/ga/api/jobs/all'],
      ['/ga/api/jobs/all', '1'],
      ['/ga/api/v1/jobs/all', '2'],
      ['/ga/api/v3/jobs/all'],
      ['/ga/api/v2/jobs'],
      ['/ga/api/v2/jobs/1'],
      ['/ga/api/v2'],
      ['/ga/api'],
    ] as const)
      expect(await asked(path, version), path).toEqual([404, 'not_found']);
  });

  it('by a wrong method is told the right one', async () => {
    const { status, headers, body } = await client.call('DELETE', '/jobs/all');
    expect([status, headers.get('allow'), body.error_code, body.success]).toEqual([
      405,
      'GET',
      'invalid_request',
      false,
    ]);
  });

  it('that brings too many wrong keys waits a minute, and keeps nobody else out', async () => {
    await house.ports.clients.put(other);
    // The clock runs: the minute may end once on the way.
    const statuses: number[] = [];
    while (statuses.at(-1) !== 429) statuses.push((await wrong(basic({ organization: 1, secret: 'x' }))).status);
    expect(statuses.length).toBeGreaterThanOrEqual(11);
    expect(statuses.length).toBeLessThanOrEqual(22);
    const held = await client.get('/jobs/all');
    expect([held.status, held.body.error_code]).toEqual([429, 'not_authorized']);
    expect(Number(held.headers.get('retry-after'))).toBeGreaterThan(0);
    expect((await greenarrowClient(house.app.request, other).get('/jobs/all')).status).toBe(200);
    const elsewhere = { incoming: { socket: { remoteAddress: '203.0.113.9' } } };
    const init = { headers: { Authorization: basic({ organization: 1, secret }) } };
    expect((await house.app.request('/ga/api/v2/jobs/all', init, elsewhere)).status).toBe(200);
    house.advance(60_000);
    expect((await client.get('/jobs/all')).status).toBe(200);
  });

  it('that goes wrong here tells nothing of it', async () => {
    await house.close();
    house = await openHouse({
      wrap: (ports) => ({ ...ports, jobs: { ...ports.jobs, list: () => Promise.reject(new Error('secret words')) } }),
    });
    const answer = await greenarrowClient(house.app.request).get('/jobs/all');
    expect([answer.status, answer.body]).toEqual([
      500,
      {
        success: false,
        data: null,
        error_code: 'internal_error',
        error_message: expect.not.stringContaining('secret'),
      },
    ]);
    expect(house.logs.at(-1)).toMatchObject({ level: 'error', code: 'greenarrow.unexpected' });
  });
});

describe('organizations', () => {
  const names = async (of: GreenArrowClient, path: string) => (await of.jobs(path)).map(({ name }) => name);

  it('see their own jobs only, and a system administrator those of all', async () => {
    await house.ports.clients.put(other);
    await submitJob(house, 'import', { list: 'Mine', emails: 'a@example.com' });
    const stranger = greenarrowClient(house.app.request, other);
    expect(await names(stranger, 'all')).toEqual([]);
    const theirs = (await house.ports.clients.byId('other')) as typeof house.client;
    await submitJob({ ...house, client: theirs }, 'import', { list: 'Theirs', emails: 'a@example.com' });
    expect(await names(stranger, 'all')).toEqual(['List Import: Theirs']);
    const both = ['List Import: Mine', 'List Import: Theirs'];
    for (const path of ['all', 'unfinished', 'all_on_all_organizations', 'unfinished_on_all_organizations'])
      expect(await names(client, path), path).toEqual(both);
    expect((await client.jobs('all')).map((job) => job.organization_id)).toEqual([1, 7]);
    const first = (await client.get('/jobs/all?per_page=1')).body;
    expect(first).toMatchObject({ data: [{ organization_id: 1 }], num_records: null });
    const second = (await client.get(`/jobs/all?per_page=1&page_token=${first.next_page_token}`)).body;
    expect(second).toMatchObject({ data: [{ organization_id: 7 }], next_page_token: null });
    expect((await stranger.get(`/jobs/all?page_token=${first.next_page_token}`)).body.error_code).toBe(
      'invalid_request',
    );
    const one = await client.data<{ name: string }[]>('GET', '/organizations/7/jobs/unfinished');
    expect(one.map(({ name }) => name)).toEqual(['List Import: Theirs']);
    expect((await client.get('/organizations/8/jobs/all')).body.error_code).toBe('not_found');
  });

  it('without a system administrator get no further than themselves', async () => {
    await house.ports.clients.put(other);
    const stranger = greenarrowClient(house.app.request, other);
    for (const path of [
      '/jobs/all_on_all_organizations',
      '/jobs/unfinished_on_all_organizations',
      '/organizations/1/jobs/all',
      '/organizations/7/jobs/unfinished',
    ]) {
      const { status, body } = await stranger.get(path);
      expect([status, body.error_code, body.data], path).toEqual([403, 'not_authorized', null]);
    }
  });
});
