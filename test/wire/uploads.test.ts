// Files as the public clients upload them, to the end of the import; and what is left of those that are refused.

import { handle } from 'hono/aws-lambda';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { sailthruDoor } from '../../functions/doors/sailthru/app.ts';
import { sign } from '../../functions/doors/sailthru/signature.ts';
import { type House, openHouse } from '../helpers/house.ts';
import {
  apiKey,
  field,
  fieldsOf,
  filePart,
  jobOf,
  multipart,
  postMultipart,
  secret,
  signed,
  signedFlat,
  spool,
} from './calls.ts';

let house: House;
beforeEach(async () => {
  house = await openHouse();
});
afterEach(() => house.close());

const csv = 'email,first_name\nada@example.com,Ada\ngrace@example.com,Grace\nnot an address,X\n';
const order = { job: 'import', list: 'Main' };
const done = { status: 'completed', rows: 3, created: 2, rejected: 1 };

const bodies: [string, () => Buffer, string?][] = [
  ['fields before the file', () => multipart([...fieldsOf(signed(order)), filePart(csv)])],
  ['the file before the fields', () => multipart([filePart(csv), ...fieldsOf(signed(order))])],
  [
    'no closing boundary, a line end first, and an unquoted file name (.NET)',
    () =>
      Buffer.concat([
        Buffer.from('\r\n'),
        multipart(
          [...fieldsOf(signed(order)), filePart(csv, 'name="file"; filename=C%3a%5cpeople.csv')],
          'X',
          '\r\n--X\r\n',
        ),
      ]),
  ],
  [
    'flat fields, no closing boundary (.NET)',
    () => multipart([...fieldsOf(signedFlat(order)), filePart(csv)], 'X', '\r\n--X\r\n'),
  ],
  [
    'a constant boundary and a text part (Ruby)',
    () =>
      multipart(
        [...fieldsOf(signed(order)), { ...filePart(csv, 'name="file"; filename="local.path"'), type: 'text/plain' }],
        '-----------RubyMultipartPost',
      ),
    '-----------RubyMultipartPost',
  ],
  [
    'the path left in the JSON (Python)',
    () => multipart([...fieldsOf(signed({ ...order, file: '/home/ada/people.csv' })), filePart(csv)]),
  ],
  [
    'an empty url and a url that loses to the file',
    () => multipart([...fieldsOf(signed({ ...order, url: 'http://127.0.0.1:9/x', emails: '' })), filePart(csv)]),
  ],
  [
    'another part name',
    () => multipart([filePart(csv, 'name="binary"; filename="x.csv"'), ...fieldsOf(signed(order))]),
  ],
  [
    'another file part before the one named file',
    () =>
      multipart([
        filePart('email\nx@example.com\n', 'name="other"; filename="x"'),
        filePart(csv),
        ...fieldsOf(signed(order)),
      ]),
  ],
];

describe('an upload', () => {
  it.each(bodies)('with %s is imported', async (_, body, boundary) => {
    const { status, body: accepted } = await postMultipart(house.app, body(), {}, boundary);
    expect([status, accepted]).toEqual([
      200,
      { job_id: expect.any(String), name: 'List Import: Main', list: 'Main', status: 'pending' },
    ]);
    expect(await spool(house)).toHaveLength(1);
    expect(await jobOf(house, accepted.job_id)).toMatchObject(done);
  });

  it('may have Latin-1 fields under a UTF-8 signature (Java)', async () => {
    const values = signed({ job: 'import', list: 'Überblick' });
    const latin1 = multipart([...fieldsOf({ ...values, json: '' }), filePart(csv)]);
    const body = Buffer.from(
      latin1.toString('latin1').replace('name="json"\r\n\r\n', `name="json"\r\n\r\n${values.json}`),
      'latin1',
    );
    const { body: accepted } = await postMultipart(house.app, body);
    expect(accepted).toMatchObject({ list: 'Überblick', name: 'List Import: Überblick' });
    expect(await jobOf(house, accepted.job_id)).toMatchObject({ list: 'Überblick', created: 2 });
  });

  it('may have no file part at all (Java)', async () => {
    const { body } = await postMultipart(
      house.app,
      multipart(fieldsOf(signed({ ...order, emails: 'ada@example.com' }))),
    );
    expect(await jobOf(house, body.job_id)).toMatchObject({ status: 'completed', rows: 1, created: 1 });
  });

  it('signs a plain field called file like any other, and reads no file from it', async () => {
    const values = { ...signed(order), file: '[TRUNCATED]' };
    expect((await postMultipart(house.app, multipart(fieldsOf(values)))).body).toMatchObject({ error: 5 });
    const text = JSON.stringify(order);
    const sig = sign(secret, [apiKey, 'json', text, '[TRUNCATED]']);
    const { body } = await postMultipart(house.app, multipart(fieldsOf({ ...values, json: text, sig })));
    expect(body).toMatchObject({
      error: 99,
      errormsg: 'One of the following parameters is required: emails, url, or file',
    });
  });

  it('of a form in which no file was chosen is no file', async () => {
    const body = multipart([
      ...fieldsOf(signed({ ...order, emails: 'ada@example.com' })),
      filePart('', 'name="file"; filename=""'),
    ]);
    expect(await jobOf(house, (await postMultipart(house.app, body)).body.job_id)).toMatchObject({ rows: 1 });
    expect(await spool(house)).toEqual([]);
  });

  it('arrives base64-encoded through a Lambda as well', async () => {
    const body = multipart([filePart(csv), ...fieldsOf(signed(order))]);
    const event = {
      version: '2.0',
      routeKey: 'POST /job',
      rawPath: '/job',
      rawQueryString: '',
      headers: { 'content-type': 'multipart/form-data; boundary=X', host: 'x.execute-api.example.com' },
      requestContext: {
        http: { method: 'POST', path: '/job', protocol: 'HTTP/1.1', sourceIp: '127.0.0.1', userAgent: '' },
        domainName: 'x',
      },
      body: body.toString('base64'),
      isBase64Encoded: true,
    };
    const result = await (
      handle(house.app) as (event: unknown, context: unknown) => Promise<{ statusCode: number; body: string }>
    )(event, {});
    expect(result.statusCode).toBe(200);
    expect(await jobOf(house, JSON.parse(result.body).job_id)).toMatchObject(done);
  });
});

describe('an upload that is refused', () => {
  const file = filePart(csv);
  const refusals: [string, () => Buffer, number, number][] = [
    ['without a signature', () => multipart([file, ...fieldsOf({ api_key: apiKey, format: 'json' })]), 400, 2],
    ['with another signature', () => multipart([file, ...fieldsOf({ ...signed(order), sig: 'x' })]), 401, 5],
    ['with broken JSON', () => multipart([file, ...fieldsOf(signed('{'))]), 400, 99],
    ['without a list', () => multipart([file, ...fieldsOf(signed({ job: 'import' }))]), 400, 2],
    ['for a job that does not exist', () => multipart([file, ...fieldsOf(signed({ job: 'x' }))]), 400, 99],
    [
      'with fields of over 10 MB',
      () => multipart([file, field('json', 'a'.repeat(11_000_000)), ...fieldsOf(signed(order))]),
      413,
      99,
    ],
    ['cut short in a field', () => multipart([file, ...fieldsOf(signed(order))], 'X', ''), 400, 99],
    ['cut short in the file', () => multipart([...fieldsOf(signed(order)), file], 'X', ''), 400, 99],
    [
      'with several files, none of them called file',
      () =>
        multipart([
          filePart(csv, 'name="a"; filename="a"'),
          filePart(csv, 'name="b"; filename="b"'),
          ...fieldsOf(signed(order)),
        ]),
      400,
      99,
    ],
  ];

  it.each(refusals)('%s leaves nothing in the store', async (_, body, status, error) => {
    const answer = await postMultipart(house.app, body());
    expect([answer.status, answer.body]).toEqual([status, { error, errormsg: expect.any(String) }]);
    expect(await spool(house)).toEqual([]);
  });

  it('because the file is too large says so, and leaves nothing', async () => {
    const small = sailthruDoor(house.ports, { fields: 1000, file: 10_000 });
    const fits = multipart([...fieldsOf(signed(order)), filePart('email\n'.padEnd(10_000, '\n'))]);
    expect((await postMultipart(small, fits)).status).toBe(200);
    for (const size of [10_001, 5_000_000]) {
      const body = multipart([filePart('email\n'.padEnd(size, '\n')), ...fieldsOf(signed(order))]);
      const answer = await postMultipart(small, body);
      expect([answer.status, answer.body]).toEqual([
        400,
        { error: 99, errormsg: 'The size of the file exceeds the maximum upload file size' },
      ]);
    }
    expect(await spool(house)).toHaveLength(1);
  });

  it('because the connection broke leaves nothing', async () => {
    const body = multipart([filePart('email\n'.padEnd(300_000, 'a')), ...fieldsOf(signed(order))]);
    const broken = new ReadableStream({
      start: (controller) => controller.enqueue(new Uint8Array(body.subarray(0, 200_000))),
      pull: (controller) => controller.error(new Error('reset')),
    });
    expect((await postMultipart(house.app, broken)).status).toBe(400);
    expect(await spool(house)).toEqual([]);
  });

  it('to an export is removed, since an export reads no file', async () => {
    const first = await postMultipart(house.app, multipart([...fieldsOf(signed(order)), file]));
    await jobOf(house, first.body.job_id);
    const before = await spool(house);
    const { status } = await postMultipart(
      house.app,
      multipart([file, ...fieldsOf(signed({ job: 'export_list_data', list: 'Main' }))]),
    );
    expect(status).toBe(200);
    expect(await spool(house)).toEqual(before);
  });
});

describe('when the store or the queue fails', () => {
  it('the answer is error 9 without detail, and only the kind of error is logged', async () => {
    const failing = await openHouse({
      wrap: (ports) => ({
        ...ports,
        jobs: { ...ports.jobs, create: () => Promise.reject(new TypeError('secret detail')) },
      }),
    });
    const answer = await postMultipart(failing.app, multipart([...fieldsOf(signed(order)), filePart(csv)]));
    expect([answer.status, answer.body]).toEqual([500, { error: 9, errormsg: 'Internal Exception' }]);
    expect(failing.logs).toContainEqual({
      level: 'error',
      code: 'sailthru.unexpected',
      fields: { error: 'TypeError' },
    });
    expect(JSON.stringify(failing.logs)).not.toContain('detail');
    await failing.close();
  });

  it('after the job was written, the file stays: the job still needs it', async () => {
    let down = true;
    const failing = await openHouse({
      wrap: (ports) => ({
        ...ports,
        work: {
          send: (...sent: Parameters<typeof ports.work.send>) =>
            down ? Promise.reject(new Error('throttled')) : ports.work.send(...sent),
        },
      }),
    });
    const body = multipart([...fieldsOf(signed(order)), filePart(csv)]);
    const headers = { 'idempotency-key': 'retry-me' };
    expect((await postMultipart(failing.app, body, headers)).status).toBe(500);
    expect(await spool(failing)).toHaveLength(1);
    down = false;
    const again = await postMultipart(failing.app, body, headers);
    expect(again.status).toBe(200);
    expect(await spool(failing)).toHaveLength(1);
    await failing.close();
  });
});
