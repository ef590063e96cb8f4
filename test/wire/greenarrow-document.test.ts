// The request and the answer of the API's own documentation, as printed there, compared key by key.
import { spawnSync } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { basic, greenarrowClient, type Item } from '../helpers/greenarrow-client.ts';
import { type House, openHouse } from '../helpers/house.ts';
import { startMachine } from '../helpers/machine.ts';
import { secret } from './calls.ts';

const printed = {
  success: true,
  data: [
    {
      begins_at: '2014-07-03T13:37:00Z',
      created_at: '2014-07-03T13:37:33Z',
      finished_at: null,
      id: 1,
      job_type: 'SubscriberImport',
      mailing_list_id: 12,
      name: '50-subscribers.csv',
      organization_id: 1,
      paused: false,
      progress_total: null,
      progress_value: 0,
      retry_at: null,
      started_at: null,
      state: 'scheduled',
      state2: null,
      suppression_list_id: null,
      updated_at: '2014-07-03T13:37:39Z',
    },
  ],
  error_code: null,
  error_message: null,
};
const printedHeaders = {
  'cache-control': 'no-cache, no-store, max-age=0, must-revalidate',
  pragma: 'no-cache',
  expires: 'Fri, 01 Jan 1990 00:00:00 GMT',
  'content-type': 'application/json; charset=utf-8',
};
/** Values that differ from system to system. */
const ours = ['id', 'mailing_list_id', 'created_at', 'updated_at'];

const order = {
  subscriber_import: {
    begins_at: '2014-07-03T13:37:00Z',
    column_mapping: ['email'],
    file_source: { type: 'url', url: 'http://127.0.0.1:1/50-subscribers.csv' },
  },
};

let house: House;
beforeEach(async () => {
  house = await openHouse();
});
afterEach(() => house.close());

const compare = (text: string) => {
  const answer = JSON.parse(text) as { data: Item[]; next_page_token: unknown };
  // Not pretty-printed, and with the printed keys first and in their order.
  expect(text).toBe(JSON.stringify(answer));
  expect(Object.keys(answer).slice(0, 4)).toEqual(Object.keys(printed));
  const { data, ...rest } = answer;
  expect(rest).toMatchObject({ success: true, error_code: null, error_message: null, next_page_token: null });
  expect(data).toHaveLength(1);
  const [job = {}] = data;
  const [example = {}]: Item[] = printed.data;
  expect(Object.keys(job)).toEqual(Object.keys(example));
  for (const [key, value] of Object.entries(example)) {
    if (!ours.includes(key)) expect(job[key], key).toEqual(value);
    else expect(typeof job[key], key).toBe(typeof value);
  }
};

const addJob = async (client: ReturnType<typeof greenarrowClient>) => {
  const { id } = await client.data('POST', '/mailing_lists', { mailing_list: { name: 'Main' } });
  return client.data('POST', `/mailing_lists/${id}/subscriber_imports`, order);
};

it('the answer has the printed keys, values and headers', async () => {
  const client = greenarrowClient(house.app.request);
  await addJob(client);
  for (const path of ['all', 'unfinished']) {
    const response = await client.raw('GET', `/ga/api/v2/jobs/${path}`);
    expect(response.status).toBe(200);
    for (const [name, value] of Object.entries(printedHeaders)) expect(response.headers.get(name), name).toBe(value);
    expect(response.headers.get('x-request-id')).toMatch(/^[0-9a-f]{32}$/);
    expect(response.headers.get('x-runtime')).toMatch(/^\d\.\d{6}$/);
    compare(await response.text());
  }
});

it('curl gets it from a running system, by credentials and by the printed kind of header', async () => {
  const home = mkdtempSync(join(tmpdir(), 'stevedore-wire-'));
  const machine = await startMachine(home);
  try {
    await addJob(greenarrowClient((target, init) => fetch(machine.url + target, init)));
    const url = `${machine.url}/ga/api/v2/jobs/all`;
    const curl = (...args: string[]): string =>
      spawnSync('curl', ['-s', '-i', ...args, url], { encoding: 'utf8' }).stdout;
    for (const run of [
      curl('-u', `1:${secret}`),
      curl('-H', `Authorization: ${basic({ organization: 1, secret })}`, '-H', 'Accept: */*'),
    ]) {
      const [head = '', body = ''] = run.split('\r\n\r\n');
      expect(head).toMatch(/^HTTP\/1\.1 200 OK/);
      expect(head.toLowerCase()).not.toContain('set-cookie');
      const { data } = JSON.parse(body) as { data: Item[] };
      expect(Object.keys(data[0] ?? {})).toEqual(Object.keys(printed.data[0] ?? {}));
    }
    // A large body of a caller who may not send it is read before the refusal: no connection breaks under it.
    const large = join(home, 'large');
    writeFileSync(large, 'x'.repeat(20 * 1024 ** 2));
    expect(curl('-u', '1:wrong', '-H', 'Expect:', '--data-binary', `@${large}`)).toMatch(/^HTTP\/1\.1 401 /);
    expect(curl('-u', '1:wrong')).toMatch(/^HTTP\/1\.1 401 /);
  } finally {
    await machine.stop();
    rmSync(home, { recursive: true, force: true });
  }
});

/** The way of the public clients: one opaque token behind `Basic`, `success` and `error_code` read off the body. */
it('clients that store one token and read the body alone get along', async () => {
  const token = Buffer.from(`1:${secret}`).toString('base64');
  const call = async (path: string, init: RequestInit = {}) => {
    const headers = { Authorization: `Basic ${token}`, 'Content-Type': 'application/json' };
    const response = await house.app.request(`/ga/api/v2/${path}`, { ...init, headers });
    if (response.status >= 300) throw new Error(`Request failed with status code ${response.status}`);
    return (await response.json()) as { success: boolean; data: unknown; error_code: string | null };
  };
  expect(await call('subscriber_imports/1')).toMatchObject({ success: false, data: null, error_code: 'not_found' });
  const made = await call('mailing_lists', { method: 'POST', body: JSON.stringify({ mailing_list: { name: 'WP' } }) });
  const { id } = made.data as { id: number };
  const body = JSON.stringify({
    subscriber_import: {
      mapping: ['email', 'First Name'],
      overwrite: true,
      file_source: { type: 'json', content: 'Email,First Name\nada@example.com,Ada\n' },
    },
  });
  const started = await call(`mailing_lists/${id}/subscriber_imports`, { method: 'POST', body });
  expect(started).toMatchObject({ success: true, error_code: null });
  await house.settle();
  const { data } = await call(`subscriber_imports/${(started.data as { id: number }).id}`);
  expect(data).toMatchObject({ state: 'finished', stats: { subscribers: { added: 1 } } });
});
