// People through the clients that teams use: the public Node client itself, and the bodies that the helpers of the others send.
import { rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { sign } from '../../functions/doors/sailthru/signature.ts';
import { type House, openHouse } from '../helpers/house.ts';
import { exported, imported } from '../helpers/jobs.ts';
import { personOf, withSettings } from '../helpers/people.ts';
import { createSailthruClient } from '../helpers/sailthru-client.ts';
import {
  apiKey,
  fieldsOf,
  filePart,
  type Json,
  jobOf,
  listen,
  multipart,
  postJob,
  postMultipart,
  secret,
  signed,
  signedFlat,
} from './calls.ts';

let house: House;
let server: Awaited<ReturnType<typeof listen>>;
let client: ReturnType<typeof createSailthruClient>;
beforeAll(async () => {
  house = await openHouse();
  server = await listen(house.app);
  client = createSailthruClient(apiKey, secret, server.url);
});
afterAll(async () => {
  await server.close();
  await house.close();
});

const finished = async (accepted: Json): Promise<Json> => {
  expect(accepted).toMatchObject({ name: 'Bulk Update', status: 'pending' });
  expect(Object.keys(accepted)).toEqual(['job_id', 'name', 'update', 'status']);
  const job = await jobOf(house, accepted.job_id);
  expect(job.status).toBe('completed');
  return job;
};

describe('the Node client', () => {
  it('saves, reads and deletes a user', async () => {
    expect(
      await client.endpoint('POST', 'user', { id: 'node@example.com', vars: { a: 1 }, keys: { extid: 'N1' } }),
    ).toEqual({ ok: true });
    expect(await client.endpoint('GET', 'user', { id: 'N1', key: 'extid', fields: { vars: 1 } })).toEqual({
      vars: { a: 1 },
    });
    const shown = await client.endpoint('GET', 'user', { id: 'node@example.com' });
    expect(await client.endpoint('GET', 'user', { id: (shown.keys as Json).sid })).toEqual(shown);
    expect(await client.endpoint('DELETE', 'user', { id: 'node@example.com' })).toEqual({ ok: true });
    await expect(client.endpoint('GET', 'user', { id: 'node@example.com' })).rejects.toMatchObject({
      statusCode: 404,
      error: 99,
      errormsg: 'User not found with email: node@example.com',
    });
  });

  it('updates people by addresses, by a file and by a query', async () => {
    const byEmails = await client.post({
      job: 'update',
      emails: 'one@example.com,two@example.com',
      update: { lists: { N: 1 } },
    });
    expect(await finished(byEmails)).toMatchObject({ rows: 2, created: 2, update: { lists: { N: 1 } } });
    const path = join(house.home, 'lines.txt');
    await writeFile(path, '{"email":"one@example.com","vars":{"x":"Zoë"}}\ntwo@example.com\n');
    const byFile = await client.post({ job: 'update', file: path });
    expect(byFile.update).toEqual([]);
    expect(await finished(byFile)).toMatchObject({ rows: 2, updated: 1, unchanged: 1 });
    await rm(path);
    const query = { source_list: 'N', criteria: ['email'], value: ['one@example.com'] };
    const byQuery = await client.post({ job: 'update', query, update: { vars: { found: true } } });
    expect(await finished(byQuery)).toMatchObject({ rows: 1, updated: 1 });
    expect(await personOf(house, 'one@example.com')).toMatchObject({ vars: { x: 'Zoë', found: true } });
  });
});

describe('an update as it comes from', () => {
  const update = { vars: { city: 'Oslo' } };

  it('Python: JSON with spaces and escapes', async () => {
    const json = '{"job": "update", "emails": "py@example.com", "update": {"vars": {"city": "Troms\\u00f8"}}}';
    await finished((await postJob(house.app, signed(json))).body);
    expect(await personOf(house, 'py@example.com')).toMatchObject({ vars: { city: 'Tromsø' } });
  });

  it('Ruby: options first, an array of addresses or a file of one boundary, empty report', async () => {
    const body = { update, emails: ['rb1@example.com', 'rb2@example.com'], job: 'update', report_email: '' };
    expect(await finished((await postJob(house.app, signed(body))).body)).toMatchObject({ created: 2 });
    const parts = [
      filePart('rb3@example.com\n', 'name="file"; filename="lines.txt"'),
      ...fieldsOf(signed({ job: 'update' })),
    ];
    const accepted = await postMultipart(house.app, multipart(parts, '0d0a'), {}, '0d0a');
    expect(accepted.body.update).toEqual([]);
    expect(await finished(accepted.body)).toMatchObject({ created: 1 });
  });

  it('PHP: slashes escaped, update left out when empty, the query as arrays', async () => {
    const bare = '{"emails":"php@example.com","job":"update"}';
    expect((await postJob(house.app, signed(bare))).body.update).toEqual([]);
    await house.settle();
    const query =
      '{"query":{"criteria":["email"],"value":["php@example.com"]},"update":{"vars":{"u":"http:\\/\\/x\\/"}},"job":"update"}';
    expect(await finished((await postJob(house.app, signed(query))).body)).toMatchObject({ updated: 1 });
    expect(await personOf(house, 'php@example.com')).toMatchObject({ vars: { u: 'http://x/' } });
  });

  it('Java: always multipart, Latin-1 text under a UTF-8 signature, and an update of {}', async () => {
    const json = '{"job":"update","emails":"java@example.com","update":{}}';
    const plain = await postMultipart(house.app, multipart(fieldsOf(signed(json))));
    expect(plain.body.update).toEqual([]);
    await finished(plain.body);
    const accents = '{"job":"update","emails":"java@example.com","update":{"vars":{"name":"Zoë"}}}';
    const values = { api_key: apiKey, format: 'json', json: accents };
    const sig = sign(secret, Object.values(values));
    const parts = Object.entries({ ...values, sig }).map(([name, value]) => ({
      head: `name="${name}"`,
      value: Buffer.from(value, 'latin1'),
      type: 'text/plain; charset=ISO-8859-1',
    }));
    expect(await finished((await postMultipart(house.app, multipart(parts))).body)).toMatchObject({ updated: 1 });
    expect(await personOf(house, 'java@example.com')).toMatchObject({ vars: { name: 'Zoë' } });
  });

  it('.NET and curl: flat parameters with brackets', async () => {
    const flat = signedFlat({
      job: 'update',
      emails: 'net@example.com',
      'update[vars][city]': 'Oslo',
      'update[lists][My list]': '1',
      'update[optout]': 'blast',
    });
    const job = await finished((await postJob(house.app, flat)).body);
    expect(job).toMatchObject({
      created: 1,
      update: { vars: { city: 'Oslo' }, lists: { 'My list': '1' }, optout: 'blast' },
    });
    const list = await house.ports.lists.find(house.client.id, 'My list');
    const person = await personOf(house, 'net@example.com');
    expect(person).toMatchObject({ vars: { city: 'Oslo' }, optout: 'blast' });
    expect(Object.keys(person.lists)).toEqual([list?.id]);
  });

  it('Go: flags that mean nothing here are left alone, an empty URL is none', async () => {
    const body = { job: 'update', signup_dates: false, url: '', emails: 'go@example.com', update };
    expect(await finished((await postJob(house.app, signed(body))).body)).toMatchObject({ created: 1 });
  });
});

describe('errors of an update on the wire', () => {
  it.each<[string, Json, number, number, string]>([
    ['no source', {}, 400, 99, 'One of the following parameters is required: emails, url, file, or query'],
    ['a URL that is none', { url: 'x' }, 400, 99, 'Invalid URL'],
    ['an unknown campaign', { emails: 'a@example.com', schedule_blast: 4711 }, 404, 13, 'Unknown blast_id: 4711'],
    [
      'an unknown word of consent',
      { emails: 'a@example.com', update: { optout: 'in' } },
      400,
      99,
      'Invalid update: optout is none of the words all, basic, blast, none',
    ],
    ['a query of an unknown list', { query: { source_list: 'X' } }, 400, 99, 'Invalid query: unknown list X'],
  ])('with %s', async (_what, params, status, error, errormsg) => {
    expect(await postJob(house.app, signed({ job: 'update', ...params }))).toMatchObject({
      status,
      body: { error, errormsg },
    });
  });
});

describe('a campaign that an update schedules', () => {
  it('is scheduled when the job is done', async () => {
    const made = await client.endpoint('POST', 'blast', { name: 'Big', list: 'N', subject: 's', content_html: 'x' });
    const accepted = await client.post({
      job: 'update',
      emails: 'one@example.com',
      schedule_blast: String(made.blast_id),
    });
    expect(await finished(accepted)).toMatchObject({ schedule_blast: made.blast_id, blast: 'scheduled' });
    expect(await client.endpoint('GET', 'blast', { blast_id: made.blast_id })).toMatchObject({ status: 'scheduled' });
  });
});

describe('the column Extid of a list export', () => {
  it('is there for clients who have it switched on, and only for them', async () => {
    await imported(house, 'ext@example.com\nnone@example.com\n', { list: 'Ext' });
    await client.endpoint('POST', 'user', { id: 'ext@example.com', keys: { extid: 'E, 1' } });
    const fields = { domain: 1 };
    expect((await exported(house, 'Ext', { fields }))[0]).toBe('"Profile Id","Email Hash",Domain');
    await withSettings(house, { extidLookup: true });
    const [header, ...lines] = await exported(house, 'Ext', { fields });
    expect(header).toBe('"Profile Id","Email Hash",Extid,Domain');
    expect(lines.map((line) => line.split(',').slice(2).join(',')).sort()).toEqual([
      '"E, 1",example.com',
      ',example.com',
    ]);
    await withSettings(house, {});
  });
});
