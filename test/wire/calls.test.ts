// What a call must look like: parameters, signature, format, method, path and rate.
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { sign } from '../../functions/doors/sailthru/signature.ts';
import { type House, openHouse } from '../helpers/house.ts';
import { answered, apiKey, getJob, postJob, secret, signed, signedFlat } from './calls.ts';

let house: House;
beforeAll(async () => {
  house = await openHouse();
});
afterAll(() => house.close());
// Each test has a second of its own to use up its calls in.
beforeEach(() => house.advance(1000));

const pending = { status: 'pending', name: 'List Import: Main', list: 'Main' };

describe('a call', () => {
  it('may give its parameters as a JSON text', async () => {
    const { status, body } = await postJob(
      house.app,
      signed({ job: 'import', list: 'Main', emails: 'ada@example.com' }),
    );
    expect(status).toBe(200);
    expect(body).toEqual({ job_id: expect.stringMatching(/^[0-9a-f]{24}$/), ...pending });
    expect(Object.keys(body)).toEqual(['job_id', 'name', 'list', 'status']);
  });

  it('may give them flat', async () => {
    const { body } = await postJob(
      house.app,
      signedFlat({ job: 'import', list: 'Main', 'emails[]': 'ada@example.com' }),
    );
    expect(body).toMatchObject(pending);
  });

  it('may give some flat and some in the JSON text, which wins', async () => {
    const json = '{"list":"Main","emails":"ada@example.com"}';
    const { body } = await postJob(house.app, signedFlat({ job: 'import', list: 'Other', json }));
    expect(body).toMatchObject(pending);
  });

  it.each([
    ['{}', 'job_id'],
    ['[]', 'job_id'],
    ['null', 'job_id'],
  ])('with the JSON text %s has no parameters', async (json, name) => {
    const { status, body } = await getJob(house.app, signed(json));
    expect([status, body]).toEqual([400, { error: 2, errormsg: `Missing required parameter: ${name}` }]);
  });

  it('without a JSON text has no parameters', async () => {
    const { status, body } = await getJob(house.app, signedFlat({}));
    expect([status, body]).toEqual([400, { error: 2, errormsg: 'Missing required parameter: job_id' }]);
    const post = await postJob(house.app, signedFlat({}));
    expect(post.body).toEqual({ error: 2, errormsg: 'Missing required parameter: job' });
  });

  it.each([
    ['no key', { api_key: '' }, 400, 2, 'Missing required parameter: api_key'],
    ['no signature', { sig: '' }, 400, 2, 'Missing required parameter: sig'],
    ['an unknown key', { api_key: 'f'.repeat(32) }, 401, 3, `Invalid API key: ${'f'.repeat(32)}`],
    ['another signature', { sig: '0'.repeat(32) }, 401, 5, 'Signature hash does not match'],
    ['an unsigned parameter', { extra: 'x' }, 401, 5, 'Signature hash does not match'],
  ])('with %s is refused', async (_, change, status, error, errormsg) => {
    const values: Record<string, string> = {
      ...signed({ job: 'import', list: 'Main', emails: 'ada@example.com' }),
      ...change,
    };
    const answer = await postJob(house.app, values);
    expect([answer.status, answer.body]).toEqual([status, { error, errormsg }]);
    expect(JSON.stringify(house.logs)).not.toContain('f'.repeat(32));
  });

  it('is refused for its signature before its JSON is read, and then for its JSON', async () => {
    const broken = signed('{"job":');
    expect((await postJob(house.app, { ...broken, sig: 'x' })).body).toMatchObject({ error: 5 });
    const { status, body } = await postJob(house.app, broken);
    expect([status, body]).toEqual([400, { error: 99, errormsg: 'Invalid JSON provided' }]);
    const deep = await postJob(house.app, signed(`{"job":${'['.repeat(101)}${']'.repeat(101)}}`));
    expect([deep.status, deep.body]).toEqual([400, { error: 99, errormsg: 'Invalid JSON provided' }]);
  });

  it('with a key of megabytes is an unknown key, not an error of the store', async () => {
    const { status, body } = await postJob(house.app, { ...signed({}), api_key: 'a'.repeat(3_000_000) });
    expect([status, body.error]).toEqual([401, 3]);
  });

  it('with a body over 10 MB and no file is refused with 413', async () => {
    const emails = 'ada@example.com,'.repeat(700_000);
    const { status, body } = await postJob(house.app, signed({ job: 'import', list: 'Main', emails }));
    expect([status, body]).toEqual([413, { error: 99, errormsg: expect.any(String) }]);
  });

  it('with parameters called __proto__ and constructor is a call like any other', async () => {
    const json = '{"job":"import","list":"Main","emails":"ada@example.com","__proto__":{"list":"x"},"constructor":1}';
    expect((await postJob(house.app, signed(json))).body).toMatchObject(pending);
    expect(
      (
        await postJob(
          house.app,
          signedFlat({ job: 'import', list: 'Main', emails: 'a@example.com', '__proto__[x]': '1' }),
        )
      ).body,
    ).toMatchObject(pending);
  });
});

describe('the format', () => {
  it('is XML for whoever names none', async () => {
    const values = { api_key: apiKey, job_id: '0'.repeat(24) };
    const query = new URLSearchParams({ ...values, sig: sign(secret, Object.values(values)) });
    const response = await house.app.request(`/job?${query}`);
    expect(response.status).toBe(404);
    expect(response.headers.get('content-type')).toBe('text/xml;charset=UTF-8');
    expect(await response.text()).toBe(
      `<?xml version="1.0" encoding="utf-8"?>\n<triggermail><error>99</error><errormsg>Invalid Job ID: ${'0'.repeat(24)}</errormsg></triggermail>\n`,
    );
  });

  it('is XML for jobs too, with names and texts that cannot break it', async () => {
    const values = { api_key: apiKey, format: 'xml', job: 'import', list: '<R&D> "]]>', emails: 'ada@example.com' };
    const response = await house.app.request('/job', {
      method: 'POST',
      body: new URLSearchParams({ ...values, sig: sign(secret, Object.values(values)) }),
    });
    expect(await response.text()).toMatch(
      /<triggermail><job_id>[0-9a-f]{24}<\/job_id><name>List Import: &lt;R&amp;D&gt; &quot;\]\]&gt;<\/name><list>.*<\/list><status>pending<\/status><\/triggermail>/,
    );
  });

  it('php is refused', async () => {
    const values = { api_key: apiKey, format: 'php', job_id: '0'.repeat(24) };
    const response = await house.app.request(
      `/job?${new URLSearchParams({ ...values, sig: sign(secret, Object.values(values)) })}`,
    );
    expect(response.status).toBe(400);
    expect(await response.text()).toContain('<error>99</error>');
  });

  it('is JSON by its exact content type for format=json, whatever the answer', async () => {
    for (const answer of [await getJob(house.app, signed({})), await getJob(house.app, { ...signed({}), sig: '' })])
      expect(answer.headers.get('content-type')).toBe('application/json; charset=utf-8');
  });
});

describe('methods and paths', () => {
  it.each(['PUT', 'PATCH', 'OPTIONS', 'DELETE'])('%s /job is error 1', async (method) => {
    const { status, body } = await answered(
      await house.app.request(`/job?${new URLSearchParams(signed({ job_id: 'x' }))}`, { method }),
    );
    expect([status, body]).toEqual([405, { error: 1, errormsg: expect.any(String) }]);
  });

  it('repeated slashes are one', async () => {
    for (const path of ['//job', '///job', '/job/']) {
      const response = await house.app.request(`http://127.0.0.1${path}?${new URLSearchParams(signed({}))}`);
      expect((await answered(response)).body).toMatchObject({ error: 2 });
    }
  });

  it.each(['/', '/jobs', '/nothing', '/job/x', '/apijob'])('%s is not there', async (path) => {
    const { status, body } = await answered(await house.app.request(path));
    expect([status, body]).toEqual([404, { error: 99, errormsg: expect.any(String) }]);
  });
});

describe('the rate', () => {
  const limits = (headers: Headers) =>
    ['limit', 'remaining', 'reset'].map((name) => Number(headers.get(`x-rate-limit-${name}`)));
  it('is told on every answer to a known key', async () => {
    const ok = await getJob(house.app, signed({ job_id: 'x' }));
    const [limit, remaining, reset = 0] = limits(ok.headers);
    expect([limit, remaining]).toEqual([300, 299]);
    expect(reset - house.now() / 1000).toBeGreaterThan(-2);
    expect(reset - house.now() / 1000).toBeLessThanOrEqual(1);
    const forged = await getJob(house.app, { ...signed({ job_id: 'x' }), sig: 'x' });
    expect([forged.status, limits(forged.headers)[0]]).toEqual([401, 300]);
    const unknown = await getJob(house.app, { ...signed({ job_id: 'x' }), api_key: 'x' });
    expect(unknown.headers.has('x-rate-limit-limit')).toBe(false);
  });

  it('of a disabled client is answered as one with an unknown key', async () => {
    const closed = { id: 'closed', apiKey: 'a'.repeat(32), secret: 'b'.repeat(32) };
    await house.ports.clients.put({ ...closed, disabled: true });
    const answer = await getJob(house.app, signed({ job_id: 'x' }, closed));
    expect([answer.status, answer.body]).toEqual([401, { error: 3, errormsg: `Invalid API key: ${closed.apiKey}` }]);
    expect(answer.headers.has('x-rate-limit-limit')).toBe(false);
  });

  it('over the limit is refused with code 43, for that second and method only', async () => {
    const slow = { id: 'slow', apiKey: '1'.repeat(32), secret: '2'.repeat(32) };
    await house.ports.clients.put({ ...slow, settings: { rateLimits: { 'POST job': 1 } } });
    const call = () => postJob(house.app, signed({ job: 'nothing' }, slow));
    expect((await call()).status).toBe(400);
    // The clock runs: a second may end between two calls, but not between any two.
    let refused = await call();
    while (refused.status !== 429) refused = await call();
    expect(refused.body).toEqual({ error: 43, errormsg: 'Too many POST requests this minute to /job API' });
    expect(limits(refused.headers).slice(0, 2)).toEqual([1, 0]);
    expect((await getJob(house.app, signed({}, slow))).status).toBe(400);
    house.advance(1000);
    expect((await call()).body).toMatchObject({ error: 99 });
  });

  it('is not used up by calls that are not signed', async () => {
    for (let call = 0; call < 60; call++) await postJob(house.app, { ...signed({}), sig: 'x' });
    const { status, headers } = await postJob(house.app, signed({ job: 'nothing' }));
    expect([status, limits(headers)[0]]).toEqual([400, 40]);
  });

  it('follows the settings of the client', async () => {
    const other = { id: 'quick', apiKey: 'b'.repeat(32), secret: 'c'.repeat(32) };
    await house.ports.clients.put({ ...other, settings: { rateLimits: { 'POST job': 1000 } } });
    const { headers } = await postJob(house.app, signed({ job: 'nothing' }, other));
    expect(limits(headers)[0]).toBe(1000);
  });
});
