// Imports of subscribers: columns by name, who is overwritten with what, and why others are left alone.
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { accountedRows, type Job } from '../../functions/jobs/job.ts';
import { type Profile, sidOf } from '../../functions/jobs/profile.ts';
import { submit } from '../../functions/jobs/submit.ts';
import { skipReasons } from '../../functions/jobs/types/subscriber-import.ts';
import { type House, openHouse } from '../helpers/house.ts';
import { readJob, readObject, settled } from '../helpers/jobs.ts';

let house: House;
beforeEach(async () => {
  house = await openHouse();
});
afterEach(() => house.close());

const start = async (content: string | Uint8Array, params: Record<string, unknown>): Promise<Job> => {
  const key = `uploads/spool/${crypto.randomUUID()}`;
  await house.ports.files.put(key, content);
  const upload = { key, filename: 'people.csv' };
  return submit(house.ports, house.client, {
    door: 'greenarrow',
    type: 'subscriber_import',
    params: { list: 'Main', ...params },
    upload,
  });
};
const run = async (content: string | Uint8Array, params: Record<string, unknown>): Promise<Job> => {
  const job = await settled(house, await start(content, params));
  if (job.state === 'completed') expect(accountedRows(job.counts)).toBe(job.rows);
  return job;
};
const person = async (email: string): Promise<Profile | undefined> =>
  (await house.ports.profiles.read(house.client.id, [sidOf(house.client.id, email)]))[0];
const rejectedOf = async (job: Job) => (await readObject(house.ports, job.files.rejected?.key ?? '')).split('\n');

const two = { column_mapping: ['email', 'First Name'] };

describe('columns', () => {
  it('are what the request says, whatever the first line calls them', async () => {
    const job = await run('Adresse,Vorname,Rest\nAda@Example.com,Ada,x\ngrace@example.com,,y\n', {
      column_mapping: ['email', 'First Name', ''],
      default_custom_fields: { 'First Name': 'friend', colours: ['red', 'blue'] },
    });
    expect(job).toMatchObject({ state: 'completed', counts: { created: 2 } });
    expect((await person('ada@example.com'))?.vars).toEqual({ 'First Name': 'Ada', colours: ['red', 'blue'] });
    expect((await person('grace@example.com'))?.vars).toMatchObject({ 'First Name': 'friend' });
    const list = await house.ports.lists.find(house.client.id, 'Main');
    expect(list).toMatchObject({ vars: ['First Name', 'colours'], sizeHint: 2 });
  });

  it('stand in files without a first line for them, in any order', async () => {
    const job = await run('Ada;ada@example.com\nGrace;grace@example.com\n', {
      column_mapping: ['First Name', 'email'],
      file_format: { csv_has_headers: false, csv_field_separator: ';' },
    });
    expect(job).toMatchObject({ state: 'completed', rows: 2, counts: { created: 2 } });
    expect((await person('grace@example.com'))?.vars).toEqual({ 'First Name': 'Grace' });
  });

  it('that are not as many as were given end the import before anything is written', async () => {
    const job = await run('email,a,b\nada@example.com,1,2\n', two);
    expect(job.state).toBe('failed');
    expect(job.failure?.message).toBe('The file has 3 columns in its first line, but 2 were given');
    expect(await person('ada@example.com')).toBe(undefined);
  });

  it('may be enclosed in single quotes, and be ISO 8859-1', async () => {
    const text = "email,note\n'ada@example.com','say \"oui\", d''accord\nà demain'\ngrace@example.com,\"ça\" va\n";
    const job = await run(Buffer.from(text, 'latin1'), {
      column_mapping: ['email', 'note'],
      file_format: { csv_field_enclosure: "'", character_set: 'iso-8859-1' },
    });
    expect(job).toMatchObject({ state: 'completed', counts: { created: 2 } });
    expect((await person('ada@example.com'))?.vars).toEqual({ note: 'say "oui", d\'accord\nà demain' });
    expect((await person('grace@example.com'))?.vars).toEqual({ note: '"ça" va' });
  });

  it('of times are read with the day or the month first', async () => {
    const file = 'email,since\nada@example.com,01/02/2014\n';
    const mapping = { column_mapping: ['email', 'subscribe_time'] };
    await run(file, { ...mapping, list: 'A' });
    await run(file, { ...mapping, list: 'B', file_format: { date_format: 'dmy' } });
    const ada = await person('ada@example.com');
    const since = async (name: string) => {
      const list = await house.ports.lists.find(house.client.id, name);
      return new Date(ada?.lists[list?.id ?? ''] ?? 0).toISOString().slice(0, 10);
    };
    expect([await since('A'), await since('B')]).toEqual(['2014-01-02', '2014-02-01']);
  });
});

describe('rows', () => {
  it('that cannot be read are rejected with the reason in their last column', async () => {
    const job = await run('email,status,subscribe_time\nnobody,,\na@example.com,gone,\nb@example.com,,soon\n', {
      column_mapping: ['email', 'status', 'subscribe_time'],
    });
    expect(job).toMatchObject({ state: 'completed', counts: { rejected: 3 } });
    expect(await rejectedOf(job)).toEqual([
      'email,status,subscribe_time,_line,_reason',
      expect.stringMatching(/^nobody,,,2,/),
      'a@example.com,gone,,3,"status is none of active, unsubscribed, bounced, deactivated, scomp"',
      'b@example.com,,soon,4,subscribe_time is not a date',
      '',
    ]);
  });

  it('of one person count once, as the first of them says', async () => {
    const job = await run('email,n\nada@example.com,1\nADA@example.com,2\nada@example.com,3\n', {
      column_mapping: ['email', 'n'],
    });
    expect(job.counts).toEqual({ created: 1, duplicate: 2 });
    expect((await person('ada@example.com'))?.vars).toEqual({ n: '1' });
  });

  it('that were rejected can be mended by a retry of the job', async () => {
    const job = await run("email;n\n'nobody';'1'\n", {
      column_mapping: ['email', 'n'],
      file_format: { csv_field_separator: ';', csv_field_enclosure: "'" },
    });
    const { retryJob } = await import('../../functions/jobs/control.ts');
    const again = await settled(house, await retryJob(house.ports, house.client, job.id));
    expect(again).toMatchObject({ state: 'completed', rows: 1, counts: { rejected: 1 } });
  });
});

describe('a subscriber of the list', () => {
  const status = { column_mapping: ['email', 'First Name', 'status'] };
  const base = 'email,n,s\nactive@example.com,old,\nout@example.com,old,unsubscribed\nbounce@example.com,old,bounced\n';
  const again = 'email,n\nactive@example.com,new\nout@example.com,new\nbounce@example.com,new\nnew@example.com,new\n';
  const names = async () =>
    Promise.all(
      ['active', 'out', 'bounce', 'new'].map(async (who) => (await person(`${who}@example.com`))?.vars['First Name']),
    );
  const all = { active: true, unsubscribed: true, bounced: true };

  it('is skipped unless overwriting is asked for', async () => {
    expect((await run(base, status)).counts).toEqual({ created: 3 });
    const job = await run(again, two);
    expect(job).toMatchObject({ counts: { created: 1, skipped: 3 }, reasons: { [skipReasons.overwrite]: 3 } });
    expect(await names()).toEqual(['old', 'old', 'old', 'new']);
  });

  it('is overwritten by what it is: active ones unless told otherwise, others when told so', async () => {
    await run(base, status);
    const usual = await run(again, { ...two, overwrite: true });
    expect(usual.counts).toEqual({ created: 1, updated: 1, skipped: 2 });
    expect(usual.reasons).toEqual({ [skipReasons.unsubscribed]: 1, [skipReasons.bounced]: 1 });
    expect(await names()).toEqual(['new', 'old', 'old', 'new']);
    const whole = await run(again, { ...two, overwrite: true, overwrite_when_status: all });
    expect(whole.counts).toEqual({ unchanged: 2, updated: 2 });
    expect(await names()).toEqual(['new', 'new', 'new', 'new']);
    const none = await run(again, { ...two, overwrite: true, overwrite_when_status: { active: false } });
    expect(none.reasons).toMatchObject({ [skipReasons.active]: 2 });
  });

  it('keeps its fields when they are not to be overwritten', async () => {
    await run(base, status);
    const job = await run(again, { ...two, overwrite: true, overwrite_what: { custom_fields: false } });
    expect(job.counts).toEqual({ created: 1, unchanged: 1, skipped: 2 });
    expect((await names())[0]).toBe('old');
  });

  it('gets mail again only where the status itself is to be overwritten', async () => {
    await run(base, status);
    expect(await person('out@example.com')).toMatchObject({ optout: 'all' });
    expect(await person('bounce@example.com')).toMatchObject({ status: 'hardbounce' });
    const well = 'email,n,s\nout@example.com,new,active\nbounce@example.com,new,active\nactive@example.com,new,scomp\n';
    const how = { ...status, overwrite: true, overwrite_when_status: all };
    await run(well, how);
    expect(await person('out@example.com')).toMatchObject({ optout: 'all', vars: { 'First Name': 'new' } });
    const job = await run(well, { ...how, overwrite_what: { status: true } });
    const out = await person('out@example.com');
    expect(out?.optout).toBe(undefined);
    expect(out?.consents?.at(-1)).toMatchObject({ from: 'all', to: 'none', job: job.id });
    expect((await person('bounce@example.com'))?.status).toBe('valid');
    expect((await person('active@example.com'))?.optout).toBe('all');
  });

  it('of another list joins this one, and stays opted out', async () => {
    await run(base, { ...status, list: 'Other' });
    const job = await run(again, two);
    expect(job.counts).toEqual({ created: 4 });
    expect((await person('out@example.com'))?.optout).toBe('all');
  });
});

it('counts the same when its chunks run twice', async () => {
  await house.close();
  let died = false;
  house = await openHouse({
    wrap: (ports) => ({
      ...ports,
      jobs: {
        ...ports.jobs,
        account: async (...args) => {
          if (died) return ports.jobs.account(...args);
          died = true;
          throw new Error('died before the account');
        },
      },
    }),
  });
  const old = 'email,n,s\nactive@example.com,old,\nleaves@example.com,old,\n';
  died = true;
  await run(old, { column_mapping: ['email', 'n', 'status'] });
  died = false;
  const file = 'email,n,s\nactive@example.com,new,\nleaves@example.com,new,unsubscribed\nnew@example.com,new,\n';
  const job = await start(file, {
    column_mapping: ['email', 'n', 'status'],
    overwrite: true,
    overwrite_what: { status: true },
  });
  await house.settle();
  expect(died).toBe(true);
  expect(await readJob(house.ports, job.id)).toMatchObject({ state: 'completed', counts: { created: 1, updated: 2 } });
});
