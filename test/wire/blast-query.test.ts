// Promises about blast_query as public extractors read it.
import { createHash } from 'node:crypto';
import { parse } from 'csv-parse/sync';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { sidOf } from '../../functions/jobs/profile.ts';
import { addBlast, importEvents, type Line } from '../helpers/campaigns.ts';
import { type House, openHouse } from '../helpers/house.ts';
import { imported, readJob, readObject } from '../helpers/jobs.ts';
import { withSettings } from '../helpers/people.ts';
import { type Answered, getJob, type Json, jobOf, postJob, signed } from './calls.ts';

let house: House;
let blast: number;
const ada = 'ada@example.com';
const bob = 'bob@example.com';

beforeEach(async () => {
  house = await openHouse();
  blast = await addBlast(house.ports, house.client);
});
afterEach(() => house.close());

const line = (email: string, event: string, time: string, more: Line = {}): Line => ({
  email,
  blast_id: blast,
  event,
  time: `2024-06-01 ${time} +0000`,
  ...more,
});

const history = (): Line[] => [
  line(ada, 'send', '12:00:05'),
  line(ada, 'open', '12:00:11', { device: 'iPhone' }),
  line(ada, 'click', '12:00:40', { url: 'https://example.com/a', device: 'iPhone' }),
  line(ada, 'click', '12:01:02', { url: 'https://example.com/b', device: 'iPhone' }),
  line(bob, 'send', '12:00:06'),
];

const start = (params: Json): Promise<Answered> => postJob(house.app, signed({ job: 'blast_query', ...params }));

/** The file of a job that was started, as it lies in the store, and the job's answer. */
const exported = async (params: Json): Promise<{ csv: string; job: Json }> => {
  const { status, body } = await start(params);
  expect(status).toBe(200);
  const job = await jobOf(house, body.job_id);
  expect(job.status).toBe('completed');
  const { files } = await readJob(house.ports, String(body.job_id));
  return { csv: await readObject(house.ports, files.export?.key ?? ''), job };
};

const md5 = (text: string): string => createHash('md5').update(text).digest('hex');
const ofClient = (email: string): string => sidOf(house.client.id, email);
const headerLine =
  'profile_id,"email hash",send_time,open_time,click_time,first_ten_clicks,purchase_time,device,first_ten_clicks_time\n';

describe('the file of blast_query', () => {
  it('is the documented one byte for byte, ordered by profile id', async () => {
    await importEvents(house, history());
    const { csv, job } = await exported({ blast_id: blast });
    const lines = [
      `${ofClient(ada)},${md5(ada)},"2024-06-01 12:00:05","2024-06-01 12:00:11","2024-06-01 12:00:40","https://example.com/a https://example.com/b",,iPhone,"2024-06-01 12:00:40|2024-06-01 12:01:02"\n`,
      `${ofClient(bob)},${md5(bob)},"2024-06-01 12:00:06",,,,,,\n`,
    ];
    expect(csv).toBe(headerLine + lines.sort().join(''));
    expect(Object.keys(job).slice(0, 4)).toEqual(['job_id', 'name', 'blast_id', 'status']);
    expect(job).toMatchObject({
      name: `Blast Query: ${blast}`,
      blast_id: blast,
      filename: `blast_${blast}.csv`,
      rows: 2,
    });
    expect(job.export_url).toMatch(/^http/);
  });

  it('shows UTC whatever the clock of the client, and the hash of a later address', async () => {
    await withSettings(house, { timeZone: 'America/New_York' });
    await importEvents(house, [
      line(ada, 'send', '12:00:05'),
      { ...line(bob, 'send', ''), time: '2024-06-01 08:00:05' },
    ]);
    const { csv } = await exported({ blast_id: blast });
    expect(csv.split('\n').filter((text) => text.includes('"2024-06-01 12:00:05"'))).toHaveLength(2);
  });

  it('shows the first ten clicks that have an address, and just as many times, to readers that split both', async () => {
    const clicks = Array.from({ length: 14 }, (_, i) =>
      line(ada, 'click', `13:00:${String(59 - i)}`, { url: `https://example.com/${i}?a=1,2&b="x"` }),
    );
    await importEvents(house, [...history(), line(ada, 'click', '12:30:00'), ...clicks]);
    const { csv } = await exported({ blast_id: String(blast) });
    // As tap and vox do: lines first, then a reader that goes by names.
    const rows = csv
      .trimEnd()
      .split('\n')
      .slice(1)
      .map((text): Record<string, string> => (parse(headerLine + text, { columns: true }) as never[])[0] ?? {});
    for (const row of rows) {
      const urls = row.first_ten_clicks?.split(' ').filter(Boolean) ?? [];
      const times = row.first_ten_clicks_time?.split('|').filter(Boolean) ?? [];
      expect(urls).toHaveLength(times.length);
      expect(row['email hash']).toMatch(/^[0-9a-f]{32}$/);
      for (const time of [...times, row.send_time]) expect(time).toMatch(/^\d{4}-\d\d-\d\d \d\d:\d\d:\d\d$/);
    }
    const own = rows.find((row) => row.profile_id === ofClient(ada));
    expect(own?.first_ten_clicks?.split(' ')).toHaveLength(10);
    expect(own?.first_ten_clicks).toContain('https://example.com/13?a=1,2&b="x"');
  });

  it('holds only those whom a query means', async () => {
    await importEvents(house, history());
    await imported(house, `email,city\n${bob},Oslo\n`, { list: 'North' });
    const both = await exported({ blast_id: blast, query: { criteria: ['match'], field: ['city'], value: ['Oslo'] } });
    expect(both.csv).toBe(`${headerLine}${ofClient(bob)},${md5(bob)},"2024-06-01 12:00:06",,,,,,\n`);
    const list = await exported({
      blast_id: blast,
      query: { source_list: 'North', criteria: ['open_time'], timerange: ['not_ever'] },
    });
    expect(list.job.rows).toBe(1);
    const clicked = await exported({ blast_id: blast, query: { criteria: ['click_time'], timerange: ['ever'] } });
    expect(clicked.csv).toContain(ofClient(ada));
    expect(clicked.job.rows).toBe(1);
  });

  it('is a header alone when nobody got the campaign', async () => {
    expect((await exported({ blast_id: blast })).csv).toBe(headerLine);
  });

  it('neutralises formulas for clients that ask for it', async () => {
    await importEvents(house, [line(ada, 'open', '12:00:11', { device: '=cmd' })]);
    expect((await exported({ blast_id: blast })).csv).toContain(',=cmd,');
    await withSettings(house, { guardFormulas: true });
    expect((await exported({ blast_id: blast })).csv).toContain(",'=cmd,");
  });
});

describe('a blast_query that cannot be', () => {
  const refused = async (params: Json): Promise<[number, Json]> => {
    const { status, body } = await start(params);
    return [status, body];
  };

  it('names what is missing, unknown, or not sent yet, in the documented words', async () => {
    expect(await refused({})).toEqual([400, { error: 2, errormsg: 'Missing required parameter: blast_id' }]);
    expect(await refused({ blast_id: 99 })).toEqual([404, { error: 13, errormsg: 'Unknown blast_id: 99' }]);
    expect(await refused({ blast_id: 'June' })).toEqual([404, { error: 13, errormsg: 'Unknown blast_id: June' }]);
    const draft = await addBlast(house.ports, house.client, { status: 'created' });
    expect(await refused({ blast_id: draft })).toEqual([
      403,
      { error: 99, errormsg: 'You may not export a blast that has not been sent' },
    ]);
    expect(await refused({ blast_id: blast, query: { criteria: ['nonsense'] } })).toEqual([
      400,
      { error: 99, errormsg: expect.stringMatching(/^Invalid query: /) },
    ]);
    expect(await refused({ blast_id: blast, query: { source_list: 'Nowhere' } })).toEqual([
      400,
      { error: 99, errormsg: 'Invalid query: unknown list Nowhere' },
    ]);
  });

  it('tells another client that there is no such campaign', async () => {
    const other = { id: 'other', apiKey: 'b'.repeat(32), secret: 'c'.repeat(32) };
    await house.ports.clients.put(other);
    const { status, body } = await postJob(house.app, signed({ job: 'blast_query', blast_id: blast }, other));
    expect([status, body]).toEqual([404, { error: 13, errormsg: `Unknown blast_id: ${blast}` }]);
  });

  it('is too old only for clients with a limit, and extractors that skip by 403 and 99 go on', async () => {
    expect((await start({ blast_id: blast })).status).toBe(200);
    await withSettings(house, { blastQueryDays: 540 });
    expect(await refused({ blast_id: blast })).toEqual([
      403,
      { error: 99, errormsg: 'You may not export a blast that was sent more than 540 days ago' },
    ]);
    const recent = await addBlast(house.ports, house.client, { startAt: house.now() });
    expect((await start({ blast_id: recent })).status).toBe(200);
  });

  it('lets tap go from campaign to campaign: a job for each, polled until it is completed', async () => {
    await importEvents(house, history());
    const other = await addBlast(house.ports, house.client);
    for (const blast_id of [blast, other]) {
      const { body } = await start({ blast_id });
      await house.settle();
      const answer = (await getJob(house.app, signed({ job_id: body.job_id }))).body;
      expect(answer).toMatchObject({ status: 'completed', blast_id });
      expect(answer).not.toHaveProperty('error');
    }
  });
});
