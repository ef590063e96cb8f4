// What an import may be told besides addresses and variables, and what a list may be called.
import { existsSync, readdirSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { readMailbox } from '../../functions/embedded/mailbox.ts';
import { Refusal } from '../../functions/jobs/errors.ts';
import { type House, openHouse } from '../helpers/house.ts';
import { exported, imported, importFile, settled, submitJob } from '../helpers/jobs.ts';
import { addPerson, personOf, withSettings } from '../helpers/people.ts';
import { getJob, signed } from '../wire/calls.ts';

let house: House;
beforeEach(async () => {
  house = await openHouse();
});
afterEach(() => house.close());

describe('the column source', () => {
  it('says where people signed up, and is no variable', async () => {
    await imported(house, 'email,source,city\na@example.com,web,Oslo\nb@example.com,,Oslo\n');
    const [a, b] = [await personOf(house, 'a@example.com'), await personOf(house, 'b@example.com')];
    expect([a.source, b.source]).toEqual(['web', undefined]);
    expect([a.vars, b.vars]).toEqual([{ city: 'Oslo' }, { city: 'Oslo' }]);
    expect((await exported(house, 'Main', { fields: { vars: 1 } }))[0]).toBe('"Profile Id","Email Hash",city');
  });

  it('stays as it was where its cell is empty or the column is missing', async () => {
    await addPerson(house, 'a@example.com', { source: 'shop' });
    await imported(house, 'email,source\na@example.com,\n');
    await imported(house, 'email,city\na@example.com,Oslo\n');
    expect((await personOf(house, 'a@example.com')).source).toBe('shop');
  });
});

describe('signup_dates', () => {
  const file = 'email,signup_date\nada@example.com,2015-03-04 10:00\nnew@example.com,\n';
  const before = Date.UTC(2020, 0, 1);

  it('overwrites the date of a person who is there, on the clock of the client', async () => {
    await withSettings(house, { timeZone: 'America/New_York' });
    await addPerson(house, 'ada@example.com', { signupAt: before, createdAt: before });
    const job = await imported(house, file, { signup_dates: true });
    expect(job.counts).toEqual({ updated: 1, created: 1 });
    const ada = await personOf(house, 'ada@example.com');
    expect([ada.signupAt, ada.createdAt, ada.vars]).toEqual([Date.UTC(2015, 2, 4, 15), before, {}]);
    const created = await personOf(house, 'new@example.com');
    expect(created.signupAt).toBe(created.createdAt);
    expect((await imported(house, file, { signup_dates: 1 })).counts).toEqual({ unchanged: 2 });
  });

  it('ends with a sentence and writes nothing when the file has no such column', async () => {
    const job = await imported(house, 'email,city\nada@example.com,Oslo\n', { signup_dates: 'true', list: 'Never' });
    expect([job.state, job.failure]).toEqual([
      'failed',
      { class: 'input', message: 'signup_dates needs a column signup_date' },
    ]);
    expect(await house.ports.lists.all(house.client.id)).toEqual([]);
    await expect(personOf(house, 'ada@example.com')).rejects.toThrow('no such person');
  });

  it.each([undefined, false, 0, '0', 'false', ''])('is off with %j: the column is a variable', async (flag) => {
    await addPerson(house, 'ada@example.com', { signupAt: before });
    await imported(house, file, { signup_dates: flag });
    const ada = await personOf(house, 'ada@example.com');
    expect([ada.signupAt, ada.vars]).toEqual([before, { signup_date: '2015-03-04 10:00' }]);
  });
});

describe('the name of a list', () => {
  const paths = () => readdirSync(house.home, { recursive: true, encoding: 'utf8' });

  it.each([
    ['200 characters', 'n'.repeat(200)],
    ['200 emoji', '😀'.repeat(200)],
    ['a way up', '../../../stevedore-outside'],
    ['an absolute path', '/tmp/stevedore-outside'],
    ['a way up for Windows', '..\\..\\stevedore-outside'],
    ['a hidden way up', '%2e%2e%2fstevedore-outside'],
    ['dots', '..'],
    ['quotes', `"it's", \`x\``],
    ['SQL', `x'); DROP TABLE lists; DELETE FROM profiles WHERE ('1'='1`],
    ['a script', '<script>alert(1)</script>'],
    ['a formula', '=HYPERLINK("http://example.com")'],
    ['__proto__', '__proto__'],
    ['wildcards', '%_*?'],
    ['24 hex digits', '0123456789abcdef01234567'],
  ])('may be %s, which is a name and nothing else', async (_what, name) => {
    await imported(house, 'email\nother@example.com\n', { list: 'Other' });
    const job = await imported(house, 'email\nada@example.com\n', { list: name, report_email: 'owner@example.com' });
    expect([job.state, job.counts, job.params.list]).toEqual(['completed', { created: 1 }, name]);
    expect((await house.ports.lists.all(house.client.id)).map((list) => list.name).toSorted()).toEqual(
      ['Other', name].toSorted(),
    );
    const lines = await exported(house, name, { fields: { domain: 1 } });
    expect(lines).toHaveLength(2);
    expect(await exported(house, 'Other', { fields: { domain: 1 } })).toHaveLength(2);
    expect(paths().filter((path) => /outside|DROP|script|nnnn|😀/.test(path))).toEqual([]);
    for (const outside of [join(house.home, '../stevedore-outside'), join(tmpdir(), 'stevedore-outside')])
      expect(existsSync(outside)).toBe(false);
    const [mail] = await readMailbox(house.home);
    expect(mail?.html).not.toContain('<script');
    expect(JSON.stringify(house.logs)).not.toContain(name === '..' ? '".."' : JSON.stringify(name).slice(1, -1));
  });

  it('tells upper from lower case', async () => {
    await imported(house, 'email\na@example.com\n', { list: 'news' });
    await imported(house, 'email\nb@example.com\n', { list: 'News' });
    expect(await house.ports.lists.all(house.client.id)).toHaveLength(2);
  });

  it.each([
    ['201 characters', 'n'.repeat(201)],
    ['201 emoji', '😀'.repeat(201)],
    ['white space', ' \u00a0 '],
    ['a line break', 'a\nb'],
    ['a tab', 'a\tb'],
    ['a delete character', 'a\u007fb'],
    ['the pseudo list', 'All Users'],
  ])('may not be %s', async (_what, name) => {
    const refused = submitJob(house, 'import', { list: name, emails: 'a@example.com' });
    await expect(refused).rejects.toMatchObject({ name: 'Refusal', reason: 'invalid_list_name' });
    await expect(refused).rejects.toThrow(`Invalid list name: ${name.slice(0, 200)}`);
    expect(await house.ports.lists.all(house.client.id)).toEqual([]);
  });
});

describe('an export', () => {
  it.each([
    [{ fields: 'domain' }, 'Invalid fields'],
    [{ fields: '{"domain":' }, 'Invalid fields'],
    [{ fields: '5' }, 'Invalid fields'],
    [{ fields: 5 }, 'Invalid fields'],
    [{ fields: true }, 'Invalid fields'],
    [{ fields: ['domain'] }, 'Invalid fields'],
    [{ hash_algo: 'sha1' }, 'Invalid hash_algo'],
    [{ hash_algo: 'SHA256' }, 'Invalid hash_algo'],
    [{ hash_algo: ['md5'] }, 'Invalid hash_algo'],
  ])('with %j is refused: %s', async (params, message) => {
    await house.ports.lists.ensure(house.client.id, 'Main', 1);
    const refused = submitJob(house, 'export_list_data', { list: 'Main', ...params });
    await expect(refused).rejects.toThrow(Refusal);
    await expect(refused).rejects.toMatchObject({ reason: 'invalid_parameter', message });
  });

  it.each([undefined, '', [], {}, '{}'])('with fields %j shows all columns and variables', async (fields) => {
    await imported(house, 'email,city\na@example.com,Oslo\n');
    const [names = ''] = await exported(house, 'Main', { fields });
    expect(names.split(',')).toHaveLength(29);
    expect(names).toMatch(/^"Profile Id","Email Hash",Domain,.*,"Email Status",city$/);
  });
});

describe('a column without a name', () => {
  it.each([
    ['email,city,\na@example.com,Oslo,x\n', 'Column 3 has no name and is ignored'],
    ['email,,city, \na@example.com,x,Oslo,y\n', 'Columns 2, 4 have no name and are ignored'],
    [
      'a@example.com,Oslo\n',
      'The file has no header: its first column is taken for the address, the other columns are ignored',
    ],
  ])('in %j is told to the reader of the job and of the mail', async (file, warning) => {
    const job = await settled(house, await importFile(house, file, { report_email: 'owner@example.com' }));
    const { body } = await getJob(house.app, signed({ job_id: job.id }));
    expect(body).toMatchObject({ status: 'completed', created: 1, warnings: [warning] });
    const [mail] = await readMailbox(house.home);
    for (const text of [mail?.text, mail?.html]) expect(text).toContain(warning);
    expect(Object.keys((await personOf(house, 'a@example.com')).vars)).toEqual(file.includes('city') ? ['city'] : []);
  });

  it('is no matter of a file that names all of its columns', async () => {
    const job = await imported(house, 'email,city\na@example.com,Oslo\n', { report_email: 'owner@example.com' });
    expect((await getJob(house.app, signed({ job_id: job.id }))).body).not.toHaveProperty('warnings');
    expect((await readMailbox(house.home))[0]?.text).not.toContain('Note');
  });
});
