// The console's door and its callers: who may ask, for how long a signature is good, what every answer has; also over real sockets.
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import fc from 'fast-check';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { errorAnswer, jobAnswer } from '../../functions/doors/console/schemas.ts';
import { consoleClient, signedRequest } from '../helpers/console-client.ts';
import { type House, openHouse } from '../helpers/house.ts';
import { startMachine, until } from '../helpers/machine.ts';
import { listen, rawCall, secret } from './calls.ts';

let house: House;
let client: ReturnType<typeof consoleClient>;
beforeEach(async () => {
  house = await openHouse();
  client = consoleClient(house.app.request, undefined, house.now);
});
afterEach(() => house.close());

const minutes = 60_000;
const order = { type: 'import', list: 'Main', emails: 'ada@example.com,grace@example.com,nobody' };
const noId = '0'.repeat(24);

/** A signed request of the demo client at the house's time, to be sent as it is or changed. */
const requestOf = (method: string, target: string, body?: string) =>
  signedRequest({ method, target, ...(body !== undefined && { body }) }, undefined, house.now() / 1000);

/** Status, headers and body of the answer to a request that is sent as given. */
const send = async (target: string, init: RequestInit) => {
  const response = await house.app.request(target, init);
  return { status: response.status, headers: Object.fromEntries(response.headers), text: await response.text() };
};

describe('a call that is not signed as it must be', () => {
  const target = `/console/api/jobs/${noId}`;
  const unsigned = { method: 'GET', headers: {} };

  it('is answered the same, whatever is wrong with it', async () => {
    const right = () => requestOf('GET', target);
    const other = (keys: object, seconds = house.now() / 1000) =>
      signedRequest({ method: 'GET', target }, { apiKey: house.client.apiKey, secret, ...keys }, seconds);
    const answers = [
      await send(target, unsigned),
      await send(target, { headers: { authorization: 'Basic YTpi' } }),
      await send(target, { headers: { authorization: right().headers.authorization.slice(0, -1) } }),
      await send(target, other({ apiKey: 'f'.repeat(32) })),
      await send(target, other({ apiKey: 'f'.repeat(1000) })),
      await send(target, other({ secret: 'f'.repeat(32) })),
      await send(target, other({}, house.now() / 1000 - 302)),
      await send(target, other({}, house.now() / 1000 + 302)),
      await send(target, other({}, 0)),
      await send(`${target}?x=1`, right()),
      await send(`${target}/pause`, { ...right(), method: 'POST' }),
      await send('/console/api/nothing', unsigned),
      await send('/console/api', unsigned),
      await send(target, { method: 'OPTIONS', headers: { origin: 'https://example.com' } }),
    ];
    for (const answer of answers) expect(answer).toEqual(answers[0]);
    expect(answers[0]).toMatchObject({ status: 401, headers: { 'www-authenticate': 'Stevedore' } });
    expect(errorAnswer.parse(JSON.parse(String(answers[0]?.text))).error.code).toBe('unauthorized');
  });

  it('is refused after any change to what was signed', async () => {
    const change = fc.constantFrom('method', 'target', 'time', 'body', 'signature');
    await fc.assert(
      fc.asyncProperty(change, fc.integer({ min: 1, max: 200 }), fc.nat(63), async (what, by, at) => {
        const jobs = '/console/api/jobs';
        const { headers, ...call } = requestOf('POST', jobs, JSON.stringify(order));
        let { authorization } = headers;
        if (what === 'time')
          authorization = authorization.replace(
            /time=(\d+)/,
            (_, time) => `time=${Number(time) + (by % 2 ? by : -by)}`,
          );
        if (what === 'signature') {
          const place = authorization.length - 64 + at;
          const digit = (Number.parseInt(String(authorization[place]), 16) ^ ((by % 15) + 1)).toString(16);
          authorization = authorization.slice(0, place) + digit + authorization.slice(place + 1);
        }
        const answer = await send(what === 'target' ? `${jobs}?a=${by}` : jobs, {
          ...call,
          headers: { authorization },
          ...(what === 'method' && { method: 'PUT' }),
          ...(what === 'body' && { body: `${call.body}${' '.repeat(by)}` }),
        });
        expect(answer.status).toBe(401);
      }),
      { numRuns: 60 },
    );
    expect(house.logs).toEqual([]);
  });

  it('costs its owner none of the calls that a second has', async () => {
    for (let call = 0; call < 60; call++)
      await send(target, signedRequest({ method: 'POST', target }, { apiKey: house.client.apiKey, secret: 'x' }));
    house.advance(1000);
    const { headers } = await client.act(noId, 'pause');
    expect(headers.get('x-rate-limit-remaining')).toBe('39');
  });
});

describe('a signed call', () => {
  it('is good for 5 minutes, and again within them is the same order', async () => {
    const body = JSON.stringify(order);
    const request = requestOf('POST', '/console/api/jobs', body);
    const first = await send('/console/api/jobs', request);
    expect(first.status).toBe(201);
    house.advance(4.9 * minutes);
    const again = await send('/console/api/jobs', request);
    expect(JSON.parse(again.text).id).toBe(JSON.parse(first.text).id);
    house.advance(0.2 * minutes);
    expect((await send('/console/api/jobs', request)).status).toBe(401);
    const anew = await client.call('POST', '/jobs', body);
    expect(anew.body.id).not.toBe(JSON.parse(first.text).id);
  });

  it('may come from a clock that is ahead', async () => {
    const early = signedRequest(
      { method: 'GET', target: `/console/api/jobs/${noId}` },
      undefined,
      house.now() / 1000 + 298,
    );
    expect((await send(`/console/api/jobs/${noId}`, early)).status).toBe(404);
  });

  it('may have any query that is signed with it', async () => {
    const { body } = await client.submit(order);
    for (const query of ['?a=1&b=%C3%A4', '?', '?%27=+&&'])
      expect([(await client.call('GET', `/jobs/${body.id}${query}`)).status, query]).toEqual([200, query]);
  });

  it.each([
    ['PUT', '/jobs', 405, 'method_not_allowed', 'GET, POST'],
    ['POST', '/lists', 405, 'method_not_allowed', 'GET'],
    ['POST', '/overview', 405, 'method_not_allowed', 'GET'],
    ['GET', `/jobs/${noId}/reports`, 405, 'method_not_allowed', 'POST'],
    ['DELETE', `/jobs/${noId}`, 405, 'method_not_allowed', 'GET'],
    ['GET', `/jobs/${noId}/cancel`, 405, 'method_not_allowed', 'POST'],
    ['OPTIONS', '/jobs', 405, 'method_not_allowed', 'GET, POST'],
    ['POST', `/jobs/${noId}/explode`, 404, 'not_found', null],
    ['GET', '/', 404, 'not_found', null],
    ['GET', '/jobs/', 404, 'not_found', null],
    ['GET', `/jobs/${noId}`, 404, 'job_not_found', null],
    ['GET', '/jobs/..%2F..%2Fetc', 404, 'job_not_found', null],
  ])('%s %s is answered %i %s', async (method, path, status, code, allow) => {
    const answer = await client.call(method, path);
    expect([answer.status, answer.body.error.code, answer.headers.get('allow')]).toEqual([status, code, allow]);
    errorAnswer.parse(answer.body);
  });

  it('is never open to pages of other origins, and never kept', async () => {
    const target = `/console/api/jobs/${(await client.submit(order)).body.id}`;
    for (const method of ['GET', 'OPTIONS']) {
      const { headers, ...call } = requestOf(method, target);
      const asked = { ...headers, origin: 'https://example.com', 'access-control-request-method': 'GET' };
      const answer = await send(target, { ...call, headers: asked });
      expect(Object.keys(answer.headers).filter((name) => name.startsWith('access-control'))).toEqual([]);
      expect(answer.headers).toMatchObject({
        'cache-control': 'no-store',
        'x-content-type-options': 'nosniff',
        'content-type': 'application/json',
      });
    }
  });

  it('beyond the limit of a second is refused, and the next second is another', async () => {
    const slow = { id: 'slow', apiKey: '1'.repeat(32), secret: '2'.repeat(32) };
    await house.ports.clients.put({ ...slow, settings: { rateLimits: { 'POST console': 1 } } });
    const caller = consoleClient(house.app.request, slow, house.now);
    expect((await caller.act(noId, 'pause')).status).toBe(404);
    // The clock runs: a second may end between two calls, but not between any two.
    let refused = await caller.act(noId, 'pause');
    while (refused.status !== 429) refused = await caller.act(noId, 'pause');
    expect(refused.body.error.code).toBe('too_many_calls');
    expect(refused.headers.get('x-rate-limit-limit')).toBe('1');
    house.advance(1000);
    expect((await caller.act(noId, 'pause')).status).toBe(404);
  });

  it('whose work meets trouble says no more than that, to anyone', async () => {
    const broken = await openHouse({
      wrap: (ports) => ({
        ...ports,
        jobs: { ...ports.jobs, read: () => Promise.reject(new TypeError('ada@example.com')) },
      }),
    });
    const answer = await consoleClient(broken.app.request, undefined, broken.now).job(noId);
    expect([answer.status, answer.body.error.code]).toEqual([500, 'internal']);
    expect(JSON.stringify([answer.body, broken.logs])).not.toContain('ada@example.com');
    expect(broken.logs).toEqual([{ level: 'error', code: 'console.unexpected', fields: { error: 'TypeError' } }]);
    await broken.close();
  });
});

describe('over a real socket', () => {
  it('a body that is too large is refused after it was sent', async () => {
    const server = await listen(house.app);
    try {
      const body = 'x'.repeat(5_000_000);
      const head = `POST /console/api/jobs HTTP/1.1\r\nHost: 127.0.0.1\r\nConnection: close\r\nContent-Length: ${body.length}`;
      expect(await rawCall(server.port, `${head}\r\n\r\n`, body)).toMatch(/^HTTP\/1\.1 413 /);
    } finally {
      await server.close();
    }
  });

  it('the machine takes an order, holds it, lets it go on and tells its end', async () => {
    const home = mkdtempSync(join(tmpdir(), 'stevedore-console-'));
    const machine = await startMachine(home);
    try {
      const remote = consoleClient((target, init) => fetch(machine.url + target, init));
      const begins_at = Math.floor(Date.now() / 1000) + 3600;
      const { status, body } = await remote.submit({ ...order, begins_at });
      expect([status, body.state]).toEqual([201, 'scheduled']);
      expect((await remote.act(body.id, 'pause')).body).toMatchObject({
        state: 'paused',
        actions: ['resume', 'cancel'],
      });
      expect((await remote.act(body.id, 'resume')).body.state).toBe('scheduled');
      expect((await remote.act(body.id, 'cancel')).body.state).toBe('cancelled');
      const again = await remote.act(body.id, 'retry');
      expect([again.status, again.body.parent]).toEqual([201, body.id]);
      const done = await until(
        () => remote.job(again.body.id),
        (answer) => answer.body.state === 'completed',
      );
      expect(jobAnswer.parse(done.body).counts).toMatchObject({ created: 2, rejected: 1 });
      const link = await fetch(done.body.files.rejected.url);
      expect(await link.text()).toContain('nobody');
    } finally {
      await machine.kill();
      rmSync(home, { recursive: true, force: true });
    }
  });
});
