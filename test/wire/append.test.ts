// The asynchronous append API over the wire: its document's own requests and answers, key by key, and what a hostile caller tries.
import { createServer } from 'node:http';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { sweep } from '../../functions/jobs/sweep.ts';
import { appendBase, appendClient } from '../helpers/append-client.ts';
import { type House, openHouse } from '../helpers/house.ts';
import { imported } from '../helpers/jobs.ts';
import { withSettings } from '../helpers/people.ts';
import { listen, secret } from './calls.ts';

let house: House;
let client: ReturnType<typeof appendClient>;
let token: string;
beforeEach(async () => {
  house = await openHouse();
  await withSettings(house, { matching: {} });
  client = appendClient(house);
  token = await client.logIn();
});
afterEach(() => house.close());

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
    const { status, body } = await client.call('POST', appendBase, request);
    expect(status).toBe(200);
    expect(body).toEqual({ job_id: expect.stringMatching(/^[0-9]{12}[0-9a-f]{3}$/) });
  });

  it('reads a job with exactly the keys of its answer: five good batches, in the order of their making', async () => {
    await imported(house, people);
    const id = await client.newJob();
    const batches: string[] = [];
    for (let i = 0; i < 5; i++) batches.push(await client.newBatch(id, { record_list: [ada] }));
    await house.settle();
    expect(await client.job(id)).toEqual({
      state: 'COMPLETED',
      ...counters,
      number_batches_completed: 5,
      created_date: expect.stringMatching(/^\d{13}$/),
      output_format: 'JSON',
      batch_list: batches,
    });
  });

  it('shows a fresh job as queued and empty', async () => {
    expect(await client.job(await client.newJob())).toMatchObject({ state: 'QUEUED', ...counters, batch_list: [] });
  });

  it('gives a token for eight hours, which its end and a new secret end', async () => {
    const { body } = await client.call('POST', '/auth', { username: 'demo', password: secret });
    expect(body).toEqual({
      authorization_token: expect.stringMatching(/^[\w-]{43}$/),
      AuthorizationToken: body.authorization_token,
      expiration_date: expect.stringMatching(/^\d{13}$/),
    });
    const id = await client.newJob();
    const status = async (value: unknown) =>
      (await client.call('GET', `${appendBase}/${id}`, undefined, { AuthorizationToken: String(value) })).status;
    expect(await status(body.AuthorizationToken)).toBe(200);
    expect((await client.call('POST', '/auth/revoke', {})).body).toEqual({ revoked: true });
    expect(await status(token)).toBe(401);
    house.advance(8 * 3600_000 + 1000);
    expect(await status(body.AuthorizationToken)).toBe(401);
  });
});

describe('a batch', () => {
  it('answers each record in its place, in the request itself', async () => {
    await imported(house, people);
    const id = await client.newJob();
    const batch = await client.newBatch(id, { record_list: [nobody, ada, 'no record', { record_id: 7, ...ada }] });
    await house.settle();
    expect((await client.call('GET', `${appendBase}/${id}/batch/${batch}`)).body).toEqual({
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
    const id = await client.newJob();
    const batch = await client.newBatch(id, { records: [nobody, { record_id: 7, ...ada }] });
    const results = `${appendBase}/${id}/batch/${batch}/results`;
    expect(await client.call('GET', results)).toEqual({
      status: 409,
      body: { message: 'The batch is not completed', state: 'QUEUED' },
    });
    await house.settle();
    for (const path of [results, `${appendBase}/${id}/batch-file/${batch}/result`])
      expect((await client.call('GET', path)).body).toEqual({
        batch_id: batch,
        state: 'COMPLETED',
        output_format: 'JSON',
        record_list: [nobody, { record_id: 7, ...ada, email: 'ada@example.com' }],
      });
  });

  it('of records that cannot be used is malformed, and so is a job of nothing else', async () => {
    const id = await client.newJob();
    await client.newBatch(id, { record_list: [{}, { first_name: 'Ada' }] });
    await house.settle();
    expect(await client.job(id)).toMatchObject({ state: 'MALFORMED', number_batches_malformed: 1 });
  });

  it('belongs to its job and its client', async () => {
    const [one, other] = [await client.newJob(), await client.newJob()];
    const batch = await client.newBatch(one, { record_list: [ada] });
    const notFound = { status: 404, body: { message: 'Batch not found' } };
    expect(await client.call('GET', `${appendBase}/${other}/batch/${batch}`)).toEqual(notFound);
    expect(await client.call('GET', `${appendBase}/${one}/batch/${'0'.repeat(16)}`)).toEqual(notFound);
    const foreign = { id: 'other', apiKey: 'f'.repeat(32), secret: 'e'.repeat(32) };
    await house.ports.clients.put(foreign);
    const auth = await client.call(
      'POST',
      '/auth',
      { username: 'other', password: foreign.secret },
      { 'x-api-key': foreign.apiKey },
    );
    const theirs = { 'x-api-key': foreign.apiKey, AuthorizationToken: String(auth.body.authorization_token) };
    expect((await client.call('GET', `${appendBase}/${one}`, undefined, theirs)).status).toBe(404);
    // A token is worth nothing under another key.
    expect((await client.call('GET', `${appendBase}/${one}`, undefined, { 'x-api-key': foreign.apiKey })).status).toBe(
      401,
    );
  });
});

describe('a batch-file', () => {
  const newFile = async (id: string) => (await client.call('POST', `${appendBase}/${id}/batch-file`)).body;

  it('waits for its file, takes it by a plain PUT, and links to its results', async () => {
    await imported(house, people);
    const id = await client.newJob();
    const { batch_id: batch, upload_url: url, upload_expiration_date: ends } = await newFile(id);
    expect(Number(ends) - house.now()).toBeGreaterThan(7.9 * 3600_000);
    expect(await client.job(id)).toMatchObject({ state: 'WAITING_FOR_UPLOAD', number_batches_waiting_for_upload: 1 });
    const answer = await put(url, JSON.stringify([nobody, ada]));
    expect([answer.status, await answer.text()]).toEqual([200, '']);
    expect(await client.job(id)).toMatchObject({ state: 'QUEUED', number_batches_queued: 1 });
    await house.settle();
    const { body } = await client.call('GET', `${appendBase}/${id}/batch-file/${batch}/results`);
    expect(body).toMatchObject({ state: 'COMPLETED', results_url: expect.stringContaining('/files/jobs/') });
    expect((await put(url, '[]')).status).toBe(409);
  });

  it('that never comes fails after eight hours, and the job with it', async () => {
    const id = await client.newJob();
    const { upload_url: url } = await newFile(id);
    house.advance(8 * 3600_000 + 2 * 60_000);
    expect((await put(url, '[]')).status).toBe(403);
    await sweep(house.ports);
    await house.settle();
    await client.logIn();
    expect(await client.job(id)).toMatchObject({ state: 'FAILED', number_batches_failed: 1 });
  });

  it('that is too large or not signed is refused, and the batch waits on', async () => {
    const id = await client.newJob();
    const { upload_url: url } = await newFile(id);
    expect((await put(url, new Uint8Array(50 * 1024 ** 2 + 1))).status).toBe(413);
    expect((await put(String(url).replace('max=52428800', 'max=99999999'), '[]')).status).toBe(403);
    expect(await client.job(id)).toMatchObject({ state: 'WAITING_FOR_UPLOAD' });
    expect((await put(url, 'email\nada@example.com')).status).toBe(200);
    await house.settle();
    expect(await client.job(id)).toMatchObject({ state: 'MALFORMED', number_batches_malformed: 1 });
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
    const id = await client.newJob({ notification_URL: `${idle.url}/job?a=1`, notification_method: 'post' });
    await client.newBatch(id, { record_list: [ada] });
    const told = await client.newBatch(id, {
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
    expect(JSON.parse(posts[0]?.replace('POST /job?a=1 ', '') ?? '')).toEqual({
      job_id: id,
      ...(await client.job(id)),
    });
  });
});
