// Jobs from request to end, as a caller sees them: what is refused and how, what is shown, repeats, and other clients.
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { type House, openHouse } from '../helpers/house.ts';
import { fieldsOf, filePart, getJob, jobOf, multipart, postJob, postMultipart, signed, spool } from './calls.ts';

let house: House;
beforeEach(async () => {
  house = await openHouse();
});
afterEach(() => house.close());

const order = { job: 'import', list: 'Main', emails: 'ada@example.com,grace@example.com,nobody' };
const post = (params: Record<string, unknown>) => postJob(house.app, signed(params));
const hours = 3600_000;

describe('a request that cannot become a job', () => {
  const sources = 'One of the following parameters is required: emails, url, or file';
  it.each<[string, Record<string, unknown>, number, number, string]>([
    ['no job', { list: 'Main' }, 400, 2, 'Missing required parameter: job'],
    ['an empty job', { job: '', list: 'Main' }, 400, 2, 'Missing required parameter: job'],
    ['an unknown job', { job: 'imports' }, 400, 99, 'Invalid job type: imports'],
    ['a job that is an array', { job: ['import'] }, 400, 99, 'Invalid job type'],
    ['no list', { job: 'import', emails: 'a@example.com' }, 400, 2, 'Missing required parameter: list'],
    ['an empty list', { ...order, list: '' }, 400, 2, 'Missing required parameter: list'],
    ['a pseudo list', { ...order, list: 'All Users' }, 200, 99, 'Invalid list name: All Users'],
    ['a list that is an object', { ...order, list: { a: 1 } }, 400, 99, 'Invalid list'],
    ['no source', { job: 'import', list: 'Main', url: '', emails: '' }, 400, 99, sources],
    ['a url of another scheme', { job: 'import', list: 'Main', url: 'ftp://example.com/x' }, 400, 99, 'Invalid URL'],
    ['a url that is an array', { job: 'import', list: 'Main', url: ['http://example.com'] }, 400, 99, 'Invalid URL'],
    ['addresses that are an object', { ...order, emails: { a: 'a@example.com' } }, 400, 99, 'Invalid emails'],
    ['a postback that is no URL', { ...order, postback_url: 'nowhere' }, 400, 99, 'Invalid postback_url'],
    ['a postback to a file', { ...order, postback_url: 'file:///etc/passwd' }, 400, 99, 'Invalid postback_url'],
    ['a postback that is an object', { ...order, postback_url: { a: 1 } }, 400, 99, 'Invalid postback_url'],
    [
      'a report address that is an array',
      { ...order, report_email: ['a@example.com'] },
      400,
      99,
      'Invalid report_email',
    ],
    ['an export without a list', { job: 'export_list_data' }, 400, 2, 'Missing required parameter: list'],
    ['an export of no list', { job: 'export_list_data', list: 'Nope' }, 404, 99, 'List not found'],
  ])('for %s is told so in exactly two keys', async (_, params, status, error, errormsg) => {
    const answer = await post(params);
    expect([answer.status, answer.body]).toEqual([status, { error, errormsg }]);
    expect(Object.keys(answer.body)).toEqual(['error', 'errormsg']);
  });

  it('for a postback to an address of this machine is refused where that is not allowed', async () => {
    const closed = await openHouse({ allowLoopback: false });
    for (const postback_url of ['http://127.0.0.1:9/x', 'http://[::1]/', 'http://169.254.169.254/latest']) {
      const { status, body } = await postJob(closed.app, signed({ ...order, postback_url }));
      expect([status, body]).toEqual([400, { error: 99, errormsg: 'Invalid postback_url' }]);
    }
    await closed.close();
  });
});

describe('GET /job', () => {
  it('shows a job from pending to completed', async () => {
    const { body } = await post(order);
    const before = await getJob(house.app, signed({ job_id: body.job_id, type: 'status' }));
    expect(before.body).toEqual({ ...body, status: 'pending' });
    const after = await jobOf(house, body.job_id);
    expect(Object.keys(after).slice(0, 7)).toEqual([
      'job_id',
      'name',
      'list',
      'error',
      'status',
      'start_time',
      'end_time',
    ]);
    expect(after).toMatchObject({
      error: false,
      status: 'completed',
      rows: 3,
      created: 2,
      rejected: 1,
      not_processed: 0,
    });
    expect(after.end_time).toMatch(/^[A-Z][a-z]{2}, \d{2} [A-Z][a-z]{2} \d{4} \d{2}:\d{2}:\d{2} \+0000$/);
    expect(after.rejected_url).toMatch(/^http:\/\/127\.0\.0\.1:1\//);
  });

  it('shows an export with its link, and after two hours without it, then still completed', async () => {
    await jobOf(house, (await post(order)).body.job_id);
    const { body } = await post({ job: 'export_list_data', list: 'Main' });
    expect(body).toEqual({ job_id: body.job_id, name: 'Export All List Data: Main', list: 'Main', status: 'pending' });
    const done = await jobOf(house, body.job_id);
    expect(done).toMatchObject({ status: 'completed', filename: 'main.csv', rows: 2 });
    expect(done).not.toHaveProperty('error');
    expect(done.export_url).toMatch(/^http:\/\/127\.0\.0\.1:1\//);
    house.advance(2 * hours + 1000);
    const expired = (await getJob(house.app, signed({ job_id: body.job_id }))).body;
    expect(expired).toMatchObject({ status: 'completed', filename: 'main.csv', expired: true });
    expect(expired).not.toHaveProperty('export_url');
  });

  it('of a failed job is a success that says error and why', async () => {
    const upload = await postMultipart(
      house.app,
      multipart([...fieldsOf(signed({ job: 'import', list: 'Main' })), filePart('name\nAda\n')]),
    );
    const failed = await jobOf(house, upload.body.job_id);
    expect(failed).toMatchObject({ status: 'error', error_message: expect.stringMatching(/./) });
    expect(failed).not.toHaveProperty('error');
    expect(failed).not.toHaveProperty('errormsg');
  });

  it('speaks the strict dialect to a client that asks for it', async () => {
    const keys = { apiKey: 'd'.repeat(32), secret: 'e'.repeat(32) };
    await house.ports.clients.put({
      id: 'strict',
      ...keys,
      settings: { dialect: 'strict', timeZone: 'America/New_York' },
    });
    const { body } = await postJob(house.app, signed(order, keys));
    const shown: unknown[] = [];
    do shown.push((await getJob(house.app, signed({ job_id: body.job_id }, keys))).body.status);
    while (await house.step());
    expect([...new Set(shown)]).toEqual(['pending', 'completed']);
    const done = (await getJob(house.app, signed({ job_id: body.job_id }, keys))).body;
    expect(done).not.toHaveProperty('error');
    expect(done.end_time).toMatch(/ -0[45]00$/);
  });

  it.each([
    ['an unknown id', '0'.repeat(24)],
    ['a malformed id', '../demo'],
    ['an upper-case id', 'A'.repeat(24)],
    ['a number', 7],
  ])('of %s is 404', async (_, id) => {
    const { status, body } = await getJob(house.app, signed({ job_id: id }));
    expect([status, body]).toEqual([404, { error: 99, errormsg: `Invalid Job ID: ${id}` }]);
  });

  it('of an array or object is 404', async () => {
    for (const job_id of [['x'], { x: 1 }, true])
      expect((await getJob(house.app, signed({ job_id }))).body).toEqual({ error: 99, errormsg: 'Invalid Job ID: ' });
  });

  it("of another client's job is what an unknown id is", async () => {
    const keys = { apiKey: 'd'.repeat(32), secret: 'e'.repeat(32) };
    await house.ports.clients.put({ id: 'other', ...keys });
    const { body } = await post(order);
    const foreign = await getJob(house.app, signed({ job_id: body.job_id }, keys));
    expect([foreign.status, foreign.body]).toEqual([404, { error: 99, errormsg: `Invalid Job ID: ${body.job_id}` }]);
  });
});

describe('a repeat under the same Idempotency-Key', () => {
  const headers = { 'idempotency-key': '5f3c0a1e' };

  it('is the same job, in whatever form it comes', async () => {
    const first = await postJob(house.app, signed(order), headers);
    await house.settle();
    const again = await postJob(
      house.app,
      signed('{"emails":"ada@example.com,grace@example.com,nobody", "list":"Main", "job":"import"}'),
      headers,
    );
    expect(again.body).toEqual(first.body);
    expect((await post(order)).body.job_id).not.toBe(first.body.job_id);
  });

  it('with other parameters or another file is refused with 409', async () => {
    const upload = (text: string) =>
      postMultipart(
        house.app,
        multipart([...fieldsOf(signed({ job: 'import', list: 'Main' })), filePart(text)]),
        headers,
      );
    const first = await upload('email\nada@example.com\n');
    expect((await upload('email\nada@example.com\n')).body).toEqual(first.body);
    for (const answer of [await upload('email\nbob@example.com\n'), await postJob(house.app, signed(order), headers)])
      expect([answer.status, answer.body]).toEqual([409, { error: 99, errormsg: expect.any(String) }]);
    expect(await spool(house)).toHaveLength(1);
  });

  it('is no repeat for another client', async () => {
    const keys = { apiKey: 'd'.repeat(32), secret: 'e'.repeat(32) };
    await house.ports.clients.put({ id: 'other', ...keys });
    const [mine, theirs] = [
      await postJob(house.app, signed(order), headers),
      await postJob(house.app, signed(order, keys), headers),
    ];
    expect(theirs.status).toBe(200);
    expect(theirs.body.job_id).not.toBe(mine.body.job_id);
  });

  it('needs a key of 1 to 255 visible characters', async () => {
    for (const key of ['', 'a b', 'x'.repeat(256)])
      expect((await postJob(house.app, signed(order), { 'idempotency-key': key })).body).toMatchObject({ error: 99 });
  });
});
