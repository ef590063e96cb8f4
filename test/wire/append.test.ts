// The asynchronous append API over the wire: its document's own requests and answers, key by key, and what a hostile caller tries.
import { createServer } from 'node:http';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { sweep } from '../../functions/jobs/sweep.ts';
import { type House, openHouse } from '../helpers/house.ts';
import { imported } from '../helpers/jobs.ts';
import { withSettings } from '../helpers/people.ts';
import { apiKey, type Json, listen, secret } from './calls.ts';

let house: House;
let token: string;
beforeEach(async () => {
  house = await openHouse();
  await withSettings(house, { matching: {} });
  await logIn();
});
afterEach(() => house.close());

const logIn = async (): Promise<void> => {
  token = String((await call('POST', '/auth', { username: 'demo', password: secret })).body.authorization_token);
};
const base = '/async/append/email/job';
const headers = (): Record<string, string> => ({ 'x-api-key': apiKey, AuthorizationToken: token });

const call = async (
  method: string,
  path: string,
  body?: unknown,
  more: Record<string, string> = {},
): Promise<{ status: number; body: Json }> => {
  const text = body === undefined || typeof body === 'string' ? body : JSON.stringify(body);
  const answer = await house.app.request(`/v3${path}`, {
    method,
    headers: { 'content-type': 'application/json', 'cache-control': 'no-cache', ...headers(), ...more },
    ...(text !== undefined && { body: text }),
  });
  return { status: answer.status, body: (await answer.json()) as Json };
};
const newJob = async (facts: Json = {}): Promise<string> =>
  String((await call('POST', base, { name: 'Tutorial Job', ...facts })).body.job_id);
const job = async (id: string): Promise<Json> => (await call('GET', `${base}/${id}`)).body;
const newBatch = async (id: string, body: unknown): Promise<string> =>
  String((await call('POST', `${base}/${id}/batch`, body)).body.batch_id);
const put = (url: unknown, body: string | Uint8Array<ArrayBuffer>) => {
  const { pathname, search } = new URL(String(url));
  return house.app.request(pathname + search, { method: 'PUT', body });
};
const ada = { first_name: 'Ada', last_name: 'Lovelace', zipcode: '01234' };
const nobody = { first_name: 'No', last_name: 'One', zipcode: '99999' };
const people = 'email,first_name,last_name,zipcode\nada@example.com,Ada,Lovelace,01234\n';
const unusable = 'the record needs extid, email_hash, or first_name and last_name with zipcode or city and state';
const counters = {
  number_batches_waiting_for_upload: 0,
  number_batches_queued: 0,
  number_batches_in_progress: 0,
  number_batches_completed: 0,
  number_batches_failed: 0,
  number_batches_malformed: 0,
};

describe('the document', () => {
  it('makes a job with its own request, and gets exactly its own answer', async () => {
    const request = {
      name: 'Tutorial Job',
      output_format: 'JSON',
      notification_URL: 'https://www.example.com/api/job-listener',
      notification_method: 'POST',
    };
    const { status, body } = await call('POST', base, request);
    expect(status).toBe(200);
    expect(body).toEqual({ job_id: expect.stringMatching(/^[0-9]{12}[0-9a-f]{3}$/) });
  });

  it('reads a job with exactly the keys of its answer: five good batches, in the order of their making', async () => {
    await imported(house, people);
    const id = await newJob();
    const batches: string[] = [];
    for (let i = 0; i < 5; i++) batches.push(await newBatch(id, { record_list: [ada] }));
    await house.settle();
    expect(await job(id)).toEqual({
      state: 'COMPLETED',
      ...counters,
      number_batches_completed: 5,
      created_date: expect.stringMatching(/^\d{13}$/),
      output_format: 'JSON',
      batch_list: batches,
    });
  });

  it('shows a fresh job as queued and empty', async () => {
    expect(await job(await newJob())).toMatchObject({ state: 'QUEUED', ...counters, batch_list: [] });
  });

  it('gives a token for eight hours, which its end and a new secret end', async () => {
    const { body } = await call('POST', '/auth', { username: 'demo', password: secret });
    expect(body).toEqual({
      authorization_token: expect.stringMatching(/^[\w-]{43}$/),
      AuthorizationToken: body.authorization_token,
      expiration_date: expect.stringMatching(/^\d{13}$/),
    });
    const id = await newJob();
    const status = async (value: unknown) =>
      (await call('GET', `${base}/${id}`, undefined, { AuthorizationToken: String(value) })).status;
    expect(await status(body.AuthorizationToken)).toBe(200);
    expect((await call('POST', '/auth/revoke', {})).body).toEqual({ revoked: true });
    expect(await status(token)).toBe(401);
    house.advance(8 * 3600_000 + 1000);
    expect(await status(body.AuthorizationToken)).toBe(401);
  });
});

describe('a batch', () => {
  it('answers each record in its place, in the request itself', async () => {
    await imported(house, people);
    const id = await newJob();
    const batch = await newBatch(id, { record_list: [nobody, ada, 'no record', { record_id: 7, ...ada }] });
    await house.settle();
    expect((await call('GET', `${base}/${id}/batch/${batch}`)).body).toEqual({
      state: 'COMPLETED',
      created_date: expect.stringMatching(/^\d{13}$/),
      batch_id: batch,
      job_id: id,
      number_records: 4,
      number_records_processed: 4,
      number_records_matched: 2,
      unmatched_reasons: { 'nobody matches': 1, [unusable]: 1 },
    });
  });

  it('gives results once it is completed, and says its state before', async () => {
    await imported(house, people);
    const id = await newJob();
    const batch = await newBatch(id, { records: [nobody, { record_id: 7, ...ada }] });
    const results = `${base}/${id}/batch/${batch}/results`;
    expect(await call('GET', results)).toEqual({
      status: 409,
      body: { message: 'The batch is not completed', state: 'QUEUED' },
    });
    await house.settle();
    for (const path of [results, `${base}/${id}/batch-file/${batch}/result`])
      expect((await call('GET', path)).body).toEqual({
        batch_id: batch,
        state: 'COMPLETED',
        output_format: 'JSON',
        record_list: [nobody, { record_id: 7, ...ada, email: 'ada@example.com' }],
      });
  });

  it('of records that cannot be used is malformed, and so is a job of nothing else', async () => {
    const id = await newJob();
    await newBatch(id, { record_list: [{}, { first_name: 'Ada' }] });
    await house.settle();
    expect(await job(id)).toMatchObject({ state: 'MALFORMED', number_batches_malformed: 1 });
  });

  it('belongs to its job and its client', async () => {
    const [one, other] = [await newJob(), await newJob()];
    const batch = await newBatch(one, { record_list: [ada] });
    const notFound = { status: 404, body: { message: 'Batch not found' } };
    expect(await call('GET', `${base}/${other}/batch/${batch}`)).toEqual(notFound);
    expect(await call('GET', `${base}/${one}/batch/${'0'.repeat(16)}`)).toEqual(notFound);
    const foreign = { id: 'other', apiKey: 'f'.repeat(32), secret: 'e'.repeat(32) };
    await house.ports.clients.put(foreign);
    const auth = await call(
      'POST',
      '/auth',
      { username: 'other', password: foreign.secret },
      { 'x-api-key': foreign.apiKey },
    );
    const theirs = { 'x-api-key': foreign.apiKey, AuthorizationToken: String(auth.body.authorization_token) };
    expect((await call('GET', `${base}/${one}`, undefined, theirs)).status).toBe(404);
    // A token is worth nothing under another key.
    expect((await call('GET', `${base}/${one}`, undefined, { 'x-api-key': foreign.apiKey })).status).toBe(401);
  });
});

describe('a batch-file', () => {
  const newFile = async (id: string) => (await call('POST', `${base}/${id}/batch-file`)).body;

  it('waits for its file, takes it by a plain PUT, and links to its results', async () => {
    await imported(house, people);
    const id = await newJob();
    const { batch_id: batch, upload_url: url, upload_expiration_date: ends } = await newFile(id);
    expect(Number(ends) - house.now()).toBeGreaterThan(7.9 * 3600_000);
    expect(await job(id)).toMatchObject({ state: 'WAITING_FOR_UPLOAD', number_batches_waiting_for_upload: 1 });
    const answer = await put(url, JSON.stringify([nobody, ada]));
    expect([answer.status, await answer.text()]).toEqual([200, '']);
    expect(await job(id)).toMatchObject({ state: 'QUEUED', number_batches_queued: 1 });
    await house.settle();
    const { body } = await call('GET', `${base}/${id}/batch-file/${batch}/results`);
    expect(body).toMatchObject({ state: 'COMPLETED', results_url: expect.stringContaining('/files/jobs/') });
    expect((await put(url, '[]')).status).toBe(409);
  });

  it('that never comes fails after eight hours, and the job with it', async () => {
    const id = await newJob();
    const { upload_url: url } = await newFile(id);
    house.advance(8 * 3600_000 + 2 * 60_000);
    expect((await put(url, '[]')).status).toBe(403);
    await sweep(house.ports);
    await house.settle();
    await logIn();
    expect(await job(id)).toMatchObject({ state: 'FAILED', number_batches_failed: 1 });
  });

  it('that is too large or not signed is refused, and the batch waits on', async () => {
    const id = await newJob();
    const { upload_url: url } = await newFile(id);
    expect((await put(url, new Uint8Array(50 * 1024 ** 2 + 1))).status).toBe(413);
    expect((await put(String(url).replace('max=52428800', 'max=99999999'), '[]')).status).toBe(403);
    expect(await job(id)).toMatchObject({ state: 'WAITING_FOR_UPLOAD' });
    expect((await put(url, 'email\nada@example.com')).status).toBe(200);
    await house.settle();
    expect(await job(id)).toMatchObject({ state: 'MALFORMED', number_batches_malformed: 1 });
  });
});

describe('a notification', () => {
  it('tells each end of a job once, and of a batch, by GET or POST, and comes again after an error', async () => {
    await imported(house, people);
    const heard: string[] = [];
    let failures = 1;
    const server = createServer((request, response) => {
      let body = '';
      request.on('data', (chunk) => {
        body += chunk;
      });
      request.on('end', () => {
        heard.push(`${request.method} ${request.url} ${body}`);
        response.writeHead(request.url?.startsWith('/job') && failures-- > 0 ? 500 : 200).end();
      });
    });
    const app = { fetch: () => new Response() };
    const idle = await listen(app);
    await idle.close();
    await new Promise<void>((resolve) => server.listen(idle.port, '127.0.0.1', resolve));
    const id = await newJob({ notification_URL: `${idle.url}/job?a=1`, notification_method: 'post' });
    await newBatch(id, { record_list: [ada] });
    const told = await newBatch(id, {
      record_list: [nobody],
      notification_URL: `${idle.url}/batch?a=1`,
      notification_method: 'GET',
    });
    await house.settle();
    house.advance(15_000);
    await house.settle();
    server.close();
    expect(heard.filter((line) => line.startsWith('GET'))).toContain(
      `GET /batch?a=1&job_id=${id}&batch_id=${told}&state=COMPLETED `,
    );
    const posts = heard.filter((line) => line.startsWith('POST'));
    expect(posts).toHaveLength(2);
    expect(JSON.parse(posts[0]?.replace('POST /job?a=1 ', '') ?? '')).toEqual({ job_id: id, ...(await job(id)) });
  });
});

describe('a call', () => {
  it('without a known key is forbidden, without a token unauthorized, whatever else is right', async () => {
    const id = await newJob();
    const status = async (more: Record<string, string>) => call('GET', `${base}/${id}`, undefined, more);
    const forbidden = { status: 403, body: { message: 'Forbidden' } };
    expect(await status({ 'x-api-key': '' })).toEqual(forbidden);
    expect(await status({ 'x-api-key': 'a'.repeat(32) })).toEqual(forbidden);
    const unauthorized = { status: 401, body: { message: 'Unauthorized' } };
    expect(await status({ AuthorizationToken: '' })).toEqual(unauthorized);
    expect(await status({ AuthorizationToken: 'x'.repeat(43) })).toEqual(unauthorized);
    for (const login of [{ username: 'demo', password: 'x' }, { username: 'x', password: secret }, {}])
      expect(await call('POST', '/auth', login)).toEqual(unauthorized);
  });

  it('is slowed after ten wrong tries in a minute', async () => {
    for (let i = 0; i < 10; i++) await call('POST', '/auth', { username: 'demo', password: 'x' });
    expect(await call('POST', '/auth', { username: 'demo', password: secret })).toMatchObject({ status: 429 });
    house.advance(61_000);
    expect((await call('POST', '/auth', { username: 'demo', password: secret })).status).toBe(200);
  });

  it('of an account without asynchronous rights is forbidden', async () => {
    await withSettings(house, { appendAccount: 'trial' });
    expect((await call('POST', base, { name: 'x' })).status).toBe(403);
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
    expect(await call('POST', base, body)).toEqual({ status: 400, body: { message } });
  });

  it('with another method, path, type or size is answered as JSON', async () => {
    const id = await newJob();
    expect(await call('DELETE', `${base}/${id}`)).toMatchObject({
      status: 405,
      body: { message: 'Method Not Allowed' },
    });
    expect(await call('GET', '/async/append/phone/job')).toMatchObject({ status: 404, body: { message: 'Not Found' } });
    expect((await call('POST', base, 'name=x', { 'content-type': 'text/plain' })).status).toBe(415);
    const large = { record_list: [{ a: 'x'.repeat(10 * 1024 ** 2) }] };
    expect(await call('POST', `${base}/${id}/batch`, large)).toEqual({
      status: 413,
      body: { message: 'Request Too Long' },
    });
    for (const record_list of [undefined, [], 'x', {}])
      expect((await call('POST', `${base}/${id}/batch`, { record_list })).status).toBe(400);
    expect(await job(id)).toMatchObject({ batch_list: [] });
  });
});
