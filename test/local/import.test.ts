import { gzipSync } from 'node:zlib';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { Refusal } from '../../functions/jobs/errors.ts';
import { type House, openHouse } from '../helpers/house.ts';
import { exported, imported, readObject, settled, submitJob } from '../helpers/jobs.ts';

describe('import', () => {
  let house: House;
  beforeAll(async () => {
    house = await openHouse();
  });
  afterAll(() => house.close());

  it('creates the list and the people of an address list, once each', async () => {
    const job = await settled(
      house,
      await submitJob(house, 'import', {
        list: 'Addresses',
        emails: 'A@example.com, b@example.com,broken,a@example.com, ,',
      }),
    );
    expect(job.state).toBe('completed');
    expect(job.rows).toBe(4);
    expect(job.counts).toEqual({ created: 2, duplicate: 1, rejected: 1 });
    expect(await exported(house, 'Addresses', { fields: { domain: 1 } })).toHaveLength(3);
  });

  it('keeps quoted commas, quoted line breaks, CRLF, a BOM and non-ASCII as they are', async () => {
    const csv =
      '\ufeffemail,city,note\r\nzoë@example.com,Zürich,"a, b"\r\n"x@example.com","São ""P""","two\r\nlines"\r\n';
    const job = await imported(house, csv, { list: 'Odd' });
    expect(job.counts).toEqual({ created: 2 });
    const lines = await exported(house, 'Odd', { fields: { vars: { city: 1, note: 1 } } });
    expect(lines[0]).toBe('"Profile Id","Email Hash",city,note');
    expect(lines.slice(1).map((line) => line.split(',').slice(2).join(','))).toEqual(
      expect.arrayContaining(['Zürich,"a, b"', '"São ""P""","two lines"']),
    );
  });

  it('counts the same file again as unchanged, and an empty cell touches nothing', async () => {
    const csv = 'email,city\nu1@example.com,Oslo\nu2@example.com,Bergen\n';
    expect((await imported(house, csv, { list: 'Again' })).counts).toEqual({ created: 2 });
    expect((await imported(house, csv, { list: 'Again' })).counts).toEqual({ unchanged: 2 });
    const changed = await imported(house, 'email,city\nu1@example.com,\nu2@example.com,Voss\n', { list: 'Again' });
    expect(changed.counts).toEqual({ unchanged: 1, updated: 1 });
    const lines = await exported(house, 'Again', { fields: { vars: 1 } });
    expect(lines.map((line) => line.split(',')[2]).toSorted()).toEqual(['Oslo', 'Voss', 'city']);
  });

  it('merges the rows of one person in file order, the last value wins, and counts all but the last as duplicate', async () => {
    const csv = 'email,a,b\nd@example.com,1,x\nother@example.com,9,9\nD@example.com ,2,\n"d@example.com",,y\n';
    const job = await imported(house, csv, { list: 'Merge' });
    expect(job.counts).toEqual({ created: 2, duplicate: 2 });
    const lines = await exported(house, 'Merge', { fields: { vars: { a: 1, b: 1 } } });
    expect(lines.slice(1).map((line) => line.split(',').slice(2).join())).toEqual(
      expect.arrayContaining(['2,y', '9,9']),
    );
  });

  it('gives rejected rows back as a file that can be mended and sent again', async () => {
    const csv = 'email,city\nok@example.com,Oslo\nbroken address,"Ber\ngen"\n"open,quote\nlast@example.com,a,b\n';
    const job = await imported(house, csv, { list: 'Mend' });
    expect(job.counts).toEqual({ created: 1, rejected: 3 });
    const rejected = await readObject(house.ports, job.files.rejected?.key ?? '');
    expect(rejected.split('\n')[0]?.trim()).toBe('email,city,_line,_reason');
    expect(rejected).toContain('broken address,"Ber\ngen",3,');
    const mended = rejected.replace('broken address', 'mended@example.com');
    const again = await imported(house, mended, { list: 'Mend' });
    expect(again.counts.created).toBe(1);
    const lines = await exported(house, 'Mend');
    expect(lines[0]).not.toContain('_line');
  });

  it('sets signup dates when asked, and rejects a Unix time', async () => {
    const csv = 'email,signup_date\ns1@example.com,2015-03-04\ns2@example.com,1425427200\n';
    const job = await imported(house, csv, { list: 'Dates', signup_dates: '1' });
    expect(job.counts).toEqual({ created: 1, rejected: 1 });
    const lines = await exported(house, 'Dates', { fields: { signup: 1 } });
    expect(lines[1]).toMatch(/,"2015\/03\/04 00:00:00"$/);
  });

  it('leaves an opt-out alone and still adds the person to the list', async () => {
    await imported(house, 'email\nout@example.com\n', { list: 'Before' });
    const [person] = await house.ports.profiles.read(house.client.id, [
      (await exported(house, 'Before'))[1]?.slice(0, 24) ?? '',
    ]);
    expect(person?.email).toBe('out@example.com');
    const job = await imported(house, 'email,optout\nout@example.com,none\n', { list: 'After' });
    expect(job.counts).toEqual({ updated: 1 });
    expect((await exported(house, 'After')).length).toBe(2);
  });

  it('reads gzip', async () => {
    const job = await imported(house, gzipSync('email,city\ngz@example.com,Oslo\n'), { list: 'Packed' });
    expect(job.counts).toEqual({ created: 1 });
  });

  it.each([
    ['nothing', ''],
    ['a header only', 'email,city\n'],
    ['a BOM only', '\ufeff'],
  ])('completes with no rows for %s', async (_what, content) => {
    const job = await imported(house, content, { list: 'Empty' });
    expect([job.state, job.rows]).toEqual(['completed', 0]);
  });

  it.each([
    ['no address column', 'name,city\nAda,London\n'],
    ['a column twice', 'email,city,city\na@example.com,x,y\n'],
    ['a name over 32 characters', `email,${'x'.repeat(33)}\na@example.com,1\n`],
    ['a zip', Buffer.from('PK\u0003\u0004aaaaaaaa')],
  ])('fails with a sentence and writes nothing for %s', async (_what, content) => {
    const job = await imported(house, content, { list: 'Never' });
    expect(job.state).toBe('failed');
    expect(job.failure).toMatchObject({ class: 'input' });
    expect(job.failure?.message.length).toBeGreaterThan(10);
    expect(await house.ports.lists.find(house.client.id, 'Never')).toBeUndefined();
  });

  it('leaves nothing but the input behind when it fails', async () => {
    const job = await imported(house, gzipSync('name,city\nAda,London\n'), { list: 'Never' });
    expect(job.state).toBe('failed');
    expect(await house.ports.files.list(`jobs/${job.id}/`)).toEqual([]);
  });

  it('takes __proto__ and constructor for ordinary columns', async () => {
    const job = await imported(house, 'email,__proto__,constructor\np@example.com,1,2\n', { list: 'Proto' });
    expect(job.counts).toEqual({ created: 1 });
    expect((await imported(house, 'email,__proto__\np@example.com,1\n', { list: 'Proto' })).counts).toEqual({
      unchanged: 1,
    });
    const lines = await exported(house, 'Proto', { fields: { vars: 1 } });
    expect(lines[0]).toBe('"Profile Id","Email Hash",__proto__,constructor');
    expect(lines[1]).toMatch(/,1,2$/);
  });

  it.each([
    [{}, 'missing_parameter', 'Missing required parameter: list'],
    [{ list: '' }, 'missing_parameter', 'Missing required parameter: list'],
    [{ list: ['x'], emails: 'a@b.co' }, 'invalid_parameter', 'Invalid list'],
    [{ list: 'a\u0000b', emails: 'a@b.co' }, 'invalid_list_name', 'Invalid list name: a\u0000b'],
    [
      { list: 'x', emails: [] },
      'invalid_parameter',
      'One of the following parameters is required: emails, url, or file',
    ],
    [{ list: '\ud83d', emails: 'a@b.co' }, 'invalid_list_name', 'Invalid list name: \ud83d'],
    [{ list: 'x' }, 'invalid_parameter', 'One of the following parameters is required: emails, url, or file'],
    [{ list: 'x', url: 'ftp://example.com/a' }, 'invalid_url', 'Invalid URL'],
    [{ list: 'x', emails: { a: 1 } }, 'invalid_parameter', 'Invalid emails'],
    [{ list: 'x', emails: 'a@b.co', report_email: 'nobody' }, 'invalid_parameter', 'Invalid report_email'],
    [{ list: 'x', emails: 'a@b.co', postback_url: 'file:///etc' }, 'invalid_parameter', 'Invalid postback_url'],
    [{ list: 'x', emails: 'a@b.co', signup_dates: 'maybe' }, 'invalid_parameter', 'Invalid signup_dates'],
  ])('refuses %j', async (params, reason, message) => {
    const refused = submitJob(house, 'import', params);
    await expect(refused).rejects.toThrow(Refusal);
    await expect(refused).rejects.toMatchObject({ reason, message });
  });

  it('writes no address and no row into the log', async () => {
    expect(house.logs.length).toBeGreaterThan(10);
    expect(JSON.stringify(house.logs)).not.toMatch(/@|Oslo|Zürich|Main|Mend/);
  });
});
