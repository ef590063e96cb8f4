// Calls to the asynchronous append API that are refused: who may call, what is not understood, and how fast somebody may guess.
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { appendBase, appendClient } from '../helpers/append-client.ts';
import { type House, openHouse } from '../helpers/house.ts';
import { withSettings } from '../helpers/people.ts';
import { secret } from './calls.ts';

let house: House;
let client: ReturnType<typeof appendClient>;
beforeEach(async () => {
  house = await openHouse();
  client = appendClient(house);
  await client.logIn();
});
afterEach(() => house.close());

describe('a call', () => {
  it('without a known key is forbidden, without a token unauthorized, whatever else is right', async () => {
    const id = await client.newJob();
    const status = async (more: Record<string, string>) => client.call('GET', `${appendBase}/${id}`, undefined, more);
    const forbidden = { status: 403, body: { message: 'Forbidden' } };
    expect(await status({ 'x-api-key': '' })).toEqual(forbidden);
    expect(await status({ 'x-api-key': 'a'.repeat(32) })).toEqual(forbidden);
    const unauthorized = { status: 401, body: { message: 'Unauthorized' } };
    expect(await status({ AuthorizationToken: '' })).toEqual(unauthorized);
    expect(await status({ AuthorizationToken: 'x'.repeat(43) })).toEqual(unauthorized);
    for (const login of [{ username: 'demo', password: 'x' }, { username: 'x', password: secret }, {}])
      expect(await client.call('POST', '/auth', login)).toEqual(unauthorized);
  });

  it('is slowed after ten wrong tries in a minute', async () => {
    for (let i = 0; i < 10; i++) await client.call('POST', '/auth', { username: 'demo', password: 'x' });
    expect(await client.call('POST', '/auth', { username: 'demo', password: secret })).toMatchObject({ status: 429 });
    house.advance(61_000);
    expect((await client.call('POST', '/auth', { username: 'demo', password: secret })).status).toBe(200);
  });

  it('of an account without asynchronous rights is forbidden', async () => {
    await withSettings(house, { appendAccount: 'trial' });
    expect((await client.call('POST', appendBase, { name: 'x' })).status).toBe(403);
  });

  it.each<[unknown, string]>([
    [{}, 'name is required'],
    [{ name: ' ' }, 'name is required'],
    [{ name: 'x', output_format: 'CSV' }, 'output_format must be JSON'],
    [{ name: 'x', notification_URL: 'https://example.com' }, 'notification_method is required with notification_URL'],
    [
      { name: 'x', notification_URL: 'https://example.com', notification_method: 'PUT' },
      'notification_method must be GET or POST',
    ],
    [
      { name: 'x', notification_url: 'file:///etc/passwd', notification_method: 'GET' },
      'notification_URL is not an http(s) URL that may be reached',
    ],
    ['{', 'The body is not a JSON object'],
    ['[]', 'The body is not a JSON object'],
  ])('with %j is refused with a sentence', async (body, message) => {
    expect(await client.call('POST', appendBase, body)).toEqual({ status: 400, body: { message } });
  });

  it('with a long name, with fields or records that are none, is refused with a sentence', async () => {
    const id = await client.newJob({ name: 'x'.repeat(255) });
    const refused = async (path: string, body: unknown) => {
      const { status, body: answer } = await client.call('POST', `${appendBase}${path}`, body);
      expect(status).toBe(400);
      return answer.message;
    };
    expect(await refused('', { name: 'x'.repeat(256) })).toBe('name is longer than 255 characters');
    const noNames = 'fields must be an array of at most 50 names';
    for (const fields of ['city', [''], [7], Array(51).fill('city')]) {
      expect(await refused(`/${id}/batch`, { record_list: [{}], fields })).toBe(noNames);
      expect(await refused(`/${id}/batch-file`, { fields })).toBe(noNames);
    }
    const record_list = Array(100_001).fill({});
    expect(await refused(`/${id}/batch`, { record_list })).toBe(
      'record_list has more than 100000 records: send a batch-file',
    );
    expect(await client.job(id)).toMatchObject({ batch_list: [] });
  });

  it('with another method, path, type or size is answered as JSON', async () => {
    const id = await client.newJob();
    expect(await client.call('DELETE', `${appendBase}/${id}`)).toMatchObject({
      status: 405,
      body: { message: 'Method Not Allowed' },
    });
    expect(await client.call('GET', '/async/append/phone/job')).toMatchObject({
      status: 404,
      body: { message: 'Not Found' },
    });
    expect((await client.call('POST', appendBase, 'name=x', { 'content-type': 'text/plain' })).status).toBe(415);
    const large = { record_list: [{ a: 'x'.repeat(10 * 1024 ** 2) }] };
    expect(await client.call('POST', `${appendBase}/${id}/batch`, large)).toEqual({
      status: 413,
      body: { message: 'Request Too Long' },
    });
    for (const record_list of [undefined, [], 'x', {}])
      expect((await client.call('POST', `${appendBase}/${id}/batch`, { record_list })).status).toBe(400);
    expect(await client.job(id)).toMatchObject({ batch_list: [] });
  });
});
