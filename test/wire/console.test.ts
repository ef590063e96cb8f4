// The console's door as its callers see it: who may ask, what a job looks like, how orders become jobs.
import { createHmac } from 'node:crypto';
import { once } from 'node:events';
import { mkdtempSync, rmSync } from 'node:fs';
import { createServer, type IncomingHttpHeaders } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import fc from 'fast-check';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { errorAnswer, jobAnswer } from '../../functions/doors/console/schemas.ts';
import { consoleClient, signedRequest } from '../helpers/console-client.ts';
import { type House, openHouse } from '../helpers/house.ts';
import { importFile } from '../helpers/jobs.ts';
import { startMachine, until } from '../helpers/machine.ts';
import { getJob, listen, rawCall, secret, signed } from './calls.ts';

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
    ['GET', '/jobs', 405, 'method_not_allowed', 'POST'],
    ['DELETE', `/jobs/${noId}`, 405, 'method_not_allowed', 'GET'],
    ['GET', `/jobs/${noId}/cancel`, 405, 'method_not_allowed', 'POST'],
    ['OPTIONS', '/jobs', 405, 'method_not_allowed', 'POST'],
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

describe('an order', () => {
  it('becomes a job, which is answered at once and reaches its end', async () => {
    const { status, body } = await client.submit({ ...order, report_email: 'boss@example.com', max_errors: 5 });
    expect(status).toBe(201);
    expect(jobAnswer.parse(body)).toMatchObject({
      type: 'import',
      name: 'List Import: Main',
      door: 'console',
      state: 'pending',
      mode: 'run',
      params: { list: 'Main' },
      progress: { value: 0, total: null },
      budget: { maxErrors: 5 },
      files: {},
      reports: [],
      actions: ['pause', 'cancel'],
    });
    expect(body).not.toHaveProperty('receipt');
    await house.settle();
    const after = await client.job(body.id);
    expect(jobAnswer.parse(after.body)).toMatchObject({
      id: body.id,
      state: 'completed',
      rows: 3,
      progress: { value: 3, total: 3 },
      counts: { created: 2, updated: 0, unchanged: 0, duplicate: 0, skipped: 0, rejected: 1, not_processed: 0 },
      files: { rejected: { filename: `rejected-${body.id}.csv`, url: expect.stringMatching(/^http/) } },
      reports: [{ channel: 'mail', state: 'delivered', attempts: 1, answer: 'sent' }],
      receipt: { seconds: { total: expect.any(Number) }, costUsd: expect.any(Number) },
      actions: ['retry'],
    });
    expect(Object.values(after.body.reasons)).toEqual([1]);
    expect(Object.keys(after.body.times)).toEqual(['splitting', 'processing', 'finishing']);
  });

  it('may be an export, whose file has a link as long as it is there', async () => {
    await client.submit(order);
    await house.settle();
    const { body } = await client.submit({ type: 'export_list_data', list: 'Main' });
    await house.settle();
    const done = (await client.job(body.id)).body;
    expect(jobAnswer.parse(done)).toMatchObject({
      state: 'completed',
      counts: { exported: 2 },
      files: { export: { filename: 'main.csv', url: expect.stringMatching(/^http/) } },
      actions: ['retry'],
    });
    expect(done.progress.value).toBe(done.progress.total);
    house.advance(3 * 60 * minutes);
    const later = (await client.job(body.id)).body;
    expect(jobAnswer.parse(later).files.export).not.toHaveProperty('url');
  });

  it('with `upload` waits for its file and says how to bring it, until the job is over', async () => {
    const { status, body } = await client.submit({
      type: 'import',
      list: 'Main',
      upload: { filename: 'people.csv', size: 22 },
    });
    expect(status).toBe(201);
    const { upload, state, actions } = jobAnswer.parse(body);
    expect([state, actions]).toEqual(['scheduled', ['pause', 'cancel']]);
    expect(Date.parse(String(upload?.expires)) - house.now()).toBeLessThanOrEqual(60 * minutes);
    expect((await client.job(body.id)).body.upload.url).toBe(upload?.url);
    expect((await client.act(body.id, 'cancel')).body).not.toHaveProperty('upload');
  });

  it('may begin later, or only plan', async () => {
    const beginsAt = new Date(house.now() + 10 * minutes);
    const later = await client.submit({ ...order, begins_at: Math.floor(beginsAt.getTime() / 1000) });
    expect(later.body).toMatchObject({ state: 'scheduled', beginsAt: expect.stringMatching(/^\d{4}-.*Z$/) });
    expect(Date.parse(later.body.beginsAt)).toBe(Math.floor(beginsAt.getTime() / 1000) * 1000);
    const plan = await client.submit({ ...order, mode: 'plan' });
    await house.settle();
    const planned = (await client.job(plan.body.id)).body;
    expect(jobAnswer.parse(planned)).toMatchObject({ mode: 'plan', state: 'completed', actions: [] });
    expect(planned.receipt.plannedCostUsd).toBeGreaterThan(0);
  });

  it('under a key of its own is one job for a day, and another order under it is refused', async () => {
    const keyed = { ...order, idempotency_key: 'monday' };
    const first = await client.submit(keyed);
    house.advance(60 * minutes);
    expect((await client.submit(keyed)).body.id).toBe(first.body.id);
    const conflict = await client.submit({ ...keyed, list: 'Other' });
    expect([conflict.status, conflict.body.error.code]).toEqual([409, 'idempotency_conflict']);
    const stored = await house.ports.jobs.read(first.body.id);
    expect(stored?.params).toEqual({ list: 'Main' });
  });

  it.each<[string, number, string, unknown]>([
    ['is no JSON', 400, 'invalid_json', '{"type":'],
    ['is empty', 400, 'invalid_json', ''],
    ['is an array', 400, 'invalid_json', '[]'],
    ['is null', 400, 'invalid_json', 'null'],
    ['is nested too deeply', 400, 'invalid_json', `{"type":"import","list":${'['.repeat(200)}${']'.repeat(200)}}`],
    ['has no type', 400, 'invalid_parameter', { list: 'Main' }],
    ['has an unknown type', 400, 'unknown_type', { type: 'explode' }],
    ['has no list', 400, 'missing_parameter', { type: 'import', emails: 'a@example.com' }],
    ['has a bad list', 400, 'invalid_list_name', { ...order, list: 'All Users' }],
    ['has no source', 400, 'invalid_parameter', { type: 'import', list: 'Main' }],
    ['has a bad URL', 400, 'invalid_url', { type: 'import', list: 'Main', url: 'ftp://example.com' }],
    ['has a bad key', 400, 'invalid_parameter', { ...order, idempotency_key: 'two words' }],
    ['wants the export of no list', 404, 'list_not_found', { type: 'export_list_data', list: 'Nope' }],
    ['brings too large a file', 413, 'too_large', { ...order, emails: '', upload: { size: 2 ** 40 } }],
    ['is itself too large', 413, 'too_large', { ...order, emails: 'a'.repeat(1024 * 1024) }],
  ])('that %s is refused with %i %s, and makes no job', async (_, status, code, body) => {
    const answer = await client.call('POST', '/jobs', typeof body === 'string' ? body : JSON.stringify(body));
    expect([answer.status, answer.body.error.code]).toEqual([status, code]);
    errorAnswer.parse(answer.body);
    expect(await house.ports.jobs.due(Number.MAX_SAFE_INTEGER, 10)).toEqual([]);
    expect(JSON.stringify(house.logs)).not.toContain('example.com');
  });
});

it('shows jobs of all doors to their client, and its own to the Sailthru door never', async () => {
  const dropped = await importFile(house, 'email,city\nada@example.com,London\n');
  expect((await client.job(dropped.id)).body).toMatchObject({ door: 'sailthru', state: 'pending' });
  const { body } = await client.submit(order);
  expect((await getJob(house.app, signed({ job_id: body.id }))).status).toBe(404);
});

it('tells the end of a job to its postback as GET does, under a signature of Standard Webhooks', async () => {
  const received: { headers: IncomingHttpHeaders; body: string }[] = [];
  const receiver = createServer(async (request, response) => {
    let body = '';
    for await (const piece of request) body += piece;
    received.push({ headers: request.headers, body });
    response.end();
  }).listen(0, '127.0.0.1');
  await once(receiver, 'listening');
  try {
    const url = `http://127.0.0.1:${(receiver.address() as AddressInfo).port}/done`;
    const { body } = await client.submit({ ...order, postback_url: url });
    await house.settle();
    expect(received).toHaveLength(1);
    const [{ headers, body: text } = { headers: {}, body: '' }] = received;
    expect(headers['content-type']).toBe('application/json');
    const text64 = `${headers['webhook-id']}.${headers['webhook-timestamp']}.${text}`;
    const mac = createHmac('sha256', secret).update(text64).digest('base64');
    expect(headers['webhook-signature']).toBe(`v1,${mac}`);
    const told = jobAnswer.parse(JSON.parse(text));
    const shown = jobAnswer.parse((await client.job(body.id)).body);
    // What changes by itself: links are signed anew, and this report was still on its way.
    const still = ({ files, reports, ...rest }: typeof told) => rest;
    expect(still(told)).toEqual(still(shown));
    expect(told.files.rejected?.size).toBe(shown.files.rejected?.size);
    expect(shown.reports).toMatchObject([{ channel: 'postback', state: 'delivered', answer: '200' }]);
  } finally {
    receiver.closeAllConnections();
    receiver.close();
  }
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
