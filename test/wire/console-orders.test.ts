// The console's door and its jobs: how orders become jobs, what a job looks like, how its end is told.
import { createHmac } from 'node:crypto';
import { once } from 'node:events';
import { createServer, type IncomingHttpHeaders } from 'node:http';
import type { AddressInfo } from 'node:net';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { errorAnswer, jobAnswer } from '../../functions/doors/console/schemas.ts';
import { consoleClient } from '../helpers/console-client.ts';
import { type House, openHouse } from '../helpers/house.ts';
import { importFile } from '../helpers/jobs.ts';
import { getJob, secret, signed } from './calls.ts';

let house: House;
let client: ReturnType<typeof consoleClient>;
beforeEach(async () => {
  house = await openHouse();
  client = consoleClient(house.app.request, undefined, house.now);
});
afterEach(() => house.close());

const minutes = 60_000;
const order = { type: 'import', list: 'Main', emails: 'ada@example.com,grace@example.com,nobody' };

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
      errorBudget: { maxErrors: 5 },
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
    expect(jobAnswer.parse(planned)).toMatchObject({ mode: 'plan', state: 'completed', actions: ['run'] });
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
