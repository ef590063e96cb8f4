// A whole synchronisation as public extractors do it: everything that was brought in over the wire is read back over the wire.
import { afterEach, beforeEach, expect, it } from 'vitest';
import { type House, openHouse } from '../helpers/house.ts';
import { readJob, readObject } from '../helpers/jobs.ts';
import { callEndpoint, fieldsOf, filePart, type Json, multipart, postMultipart, signed } from './calls.ts';

let house: House;
beforeEach(async () => {
  house = await openHouse();
  await house.ports.clients.put({ ...house.client, settings: { timeZone: 'America/New_York', dialect: 'strict' } });
});
afterEach(() => house.close());

const get = async (endpoint: string, params: unknown = {}): Promise<Json> =>
  (await callEndpoint(house.app, 'GET', endpoint, params)).body;
const post = async (endpoint: string, params: unknown): Promise<Json> =>
  (await callEndpoint(house.app, 'POST', endpoint, params)).body;
const upload = async (params: Json, file: string): Promise<Json> =>
  (await postMultipart(house.app, multipart([...fieldsOf(signed(params)), filePart(file)]))).body;

/** Polls as they do: everything but `completed` is work in progress. */
const finished = async (started: Json): Promise<Json> => {
  expect(started).not.toHaveProperty('error');
  for (let polls = 0; polls < 10; polls++) {
    const job = await get('job', { job_id: started.job_id });
    if (job.status === 'completed') return job;
    await house.settle();
  }
  throw new Error(`the job does not end: ${JSON.stringify(await get('job', { job_id: started.job_id }))}`);
};

/** Python's csv.DictReader over `iter_lines`, as far as these files go. */
const rowsOf = async (started: Json): Promise<Record<string, string>[]> => {
  const job = await finished(started);
  expect(job.export_url).toMatch(/^http/);
  const file = (await readJob(house.ports, String(job.job_id))).files.export;
  const [header = '', ...lines] = (await readObject(house.ports, file?.key ?? '')).trimEnd().split('\n');
  const cells = (line: string) =>
    [...line.matchAll(/("(?:[^"]|"")*"|[^,]*)(?:,|$)/g)]
      .map(([, cell = '']) => (cell.startsWith('"') ? cell.slice(1, -1).replaceAll('""', '"') : cell))
      .slice(0, header.split(',').length);
  const names = cells(header);
  return lines.map((line) => Object.fromEntries(cells(line).map((cell, index) => [names[index] ?? '', cell])));
};

const fill = async (): Promise<number> => {
  await finished(
    await upload({ job: 'import', list: 'Main' }, 'email,city\nada@example.com,"Oslo, N"\nbob@example.com,\n'),
  );
  await post('list', { list: 'In Oslo', query: { criteria: ['match'], field: ['city'], value: ['Oslo, N'] } });
  const purchase = (extid: string, date: string, price: number) =>
    JSON.stringify({
      email: 'ada@example.com',
      date,
      purchase_keys: { extid },
      items: [{ id: 'SKU1', title: 'Cup', price, qty: 2, url: 'https://example.com/cup' }],
    });
  const lines = [purchase('o-2', '2024-06-02 10:00', 300), purchase('o-1', '2024-06-01 23:30', 1250)];
  await finished(await upload({ job: 'purchase_import' }, `${lines.join('\n')}\n`));
  const blast = { name: 'June', list: 'Main', status: 'sent', start_time: '2024-06-01 08:00:00' };
  const { blast_id: id } = await post('blast', blast);
  const event = (email: string, kind: string, time: string, more: Json = {}) =>
    JSON.stringify({ email, blast_id: id, event: kind, time, ...more });
  const events = [
    event('ada@example.com', 'send', '2024-06-01 12:00:05 +0000'),
    event('bob@example.com', 'send', '2024-06-01 12:00:06 +0000'),
    event('ada@example.com', 'open', '2024-06-01 12:00:11 +0000', { device: 'iPhone' }),
    event('ada@example.com', 'click', '2024-06-01 12:00:40 +0000', { url: 'https://example.com/a' }),
    event('ada@example.com', 'click', '2024-06-01 12:01:02 +0000', { url: 'https://example.com/b' }),
  ];
  await finished(await upload({ job: 'blast_events_import' }, events.join('\n')));
  await post('ad/plan', { name: 'Banner', list: 'Main', schedule: ['Mon'] });
  return Number(id);
};

it('finds settings, lists with their people, campaigns with theirs, purchases day by day, and who they are', async () => {
  const blastId = await fill();
  expect((await get('settings', null)).domains).toEqual({});

  // Each list is exported, smart ones too.
  const lists = (await get('list', { list: '' })).lists as Json[];
  expect(lists.map(({ name, type }) => [name, type])).toEqual([
    ['In Oslo', 'smart'],
    ['Main', 'normal'],
  ]);
  const sids = new Map<string, string>();
  for (const { name } of lists) {
    const people = await rowsOf(await post('job', { job: 'export_list_data', list: name }));
    expect(people).toHaveLength(name === 'Main' ? 2 : 1);
    for (const person of people) sids.set(String(person['Profile Id']), String(person.city));
  }
  expect([...sids.values()].toSorted()).toEqual(['', 'Oslo, N']);

  // Each campaign of the last 540 days, then its people and its numbers.
  const { blasts, filtered_count: found } = await get('blast', { status: 'sent', limit: 0 });
  expect(found).toBe(1);
  for (const blast of blasts as Json[]) {
    expect(blast).toMatchObject({ blast_id: blastId, stats: { total: { count: 2, open_total: 1, click_total: 2 } } });
    const recipients = await rowsOf(await post('job', { job: 'blast_query', blast_id: blast.blast_id }));
    expect(recipients.map(({ profile_id: sid }) => sid).toSorted()).toEqual([...sids.keys()].toSorted());
    const clicked = recipients.filter(({ first_ten_clicks: urls }) => urls !== '');
    expect(clicked).toEqual([
      expect.objectContaining({
        first_ten_clicks: 'https://example.com/a https://example.com/b',
        first_ten_clicks_time: '2024-06-01 12:00:40|2024-06-01 12:01:02',
        device: 'iPhone',
      }),
    ]);
    expect(await get('stats', { stat: 'blast', blast_id: blast.blast_id, urls: 1 })).not.toHaveProperty('error');
  }

  // The purchase log, a day at a time, on the clock of the account.
  const log = async (day: string) =>
    rowsOf(await post('job', { job: 'export_purchase_log', start_date: day, end_date: Number(day) }));
  const [first, second, third] = [await log('20240601'), await log('20240602'), await log('20240603')];
  expect(first.map(({ Extid, Price, Date: at }) => [Extid, Price, at])).toEqual([
    ['o-1', '2500', 'Sat, 01 Jun 2024 23:30:00 -0400'],
  ]);
  expect([second.map(({ Extid }) => Extid), third]).toEqual([['o-2'], []]);

  // Who they are, by profile id without a key.
  for (const [sid, city] of sids) {
    const user = await get('user', { id: sid, fields: { keys: 1, vars: 1, lists: 1, activity: 1 } });
    expect(user).toMatchObject({ keys: { sid }, lists: { Main: expect.stringMatching(/ -0[45]00$/) } });
    expect((user.vars as Json | null)?.city ?? '').toBe(city);
  }
  const ada = await get('user', { id: 'ada@example.com', fields: { lifetime: 1 } });
  expect(ada).toMatchObject({ lifetime: { lifetime_open: 1, lifetime_click: 2, lifetime_purchase: 2 } });

  expect((await get('ad/plan')).ad_plans).toHaveLength(1);
  expect(await get('blast_repeat')).toEqual({ repeats: [] });
  expect(await get('template', [])).toEqual({ templates: [] });
});
