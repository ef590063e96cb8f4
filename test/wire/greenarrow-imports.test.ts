// Subscriber imports over the GreenArrow door: what is asked, what is answered, and what may be done to them.
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { jobNumber } from '../../functions/doors/greenarrow/numbers.ts';
import { sidOf } from '../../functions/jobs/profile.ts';
import { sweep } from '../../functions/jobs/sweep.ts';
import { type GreenArrowClient, greenarrowClient, type Item } from '../helpers/greenarrow-client.ts';
import { type House, openHouse } from '../helpers/house.ts';
import { readJob, submitJob } from '../helpers/jobs.ts';

let house: House;
let client: GreenArrowClient;
let list: number;
beforeEach(async () => {
  house = await openHouse();
  client = greenarrowClient(house.app.request);
  list = Number((await client.data('POST', '/mailing_lists', { mailing_list: { name: 'Spring' } })).id);
});
afterEach(() => house.close());

const content = 'mail,name\nada@example.com,Ada\nADA@example.com,Again\nnobody,No\n';
const request = (changes: Record<string, unknown> = {}) => ({
  subscriber_import: {
    column_mapping: ['email', 'first'],
    file_source: { type: 'json', content },
    ...changes,
  },
});
const make = (changes: Record<string, unknown> = {}) =>
  client.data('POST', `/mailing_lists/${list}/subscriber_imports`, request(changes));
const refused = async (body: unknown, path = `/mailing_lists/${list}/subscriber_imports`) => {
  const { status, body: answer } = await client.post(path, body);
  expect([status, answer.success, answer.data]).toEqual([200, false, null]);
  return [answer.error_code, answer.error_message];
};
const read = (id: unknown) => client.data('GET', `/subscriber_imports/${id}`);
const noCounts = {
  added: 0,
  updated: 0,
  failed: 0,
  skipped_overwrite: 0,
  skipped_active: 0,
  skipped_unsubscribed: 0,
  skipped_scomp: 0,
  skipped_bounced: 0,
  skipped_deactivated: 0,
  skipped_duplicate: 0,
};

describe('an import', () => {
  it('is answered as scheduled, with everything that was asked or is usual, and counts at its end', async () => {
    const made = await make();
    expect(made).toEqual({
      id: expect.any(Number),
      mailing_list_id: list,
      mailing_list_name: 'Spring',
      created_at: expect.stringMatching(/Z$/),
      state: 'scheduled',
      begins_at: made.created_at,
      finished_at: null,
      file_source: { type: 'json', filename: 'data' },
      overwrite: false,
      error_message: null,
      overwrite_what: { custom_fields: true, autoresponder: true, confirmed: false, format: false, status: false },
      overwrite_when_status: { active: true, unsubscribed: false, bounced: false, deactivated: false, scomp: false },
      column_mapping: ['email', 'first'],
      default_custom_fields: {},
      subscriber_defaults: {},
      file_format: {
        csv_has_headers: true,
        character_set: 'UTF-8',
        csv_field_separator: ',',
        csv_field_enclosure: '"',
        date_format: 'mdy',
      },
      stats: { number_of_records: null, records_imported: 0, subscribers: noCounts },
    });
    await house.settle();
    const done = await read(made.id);
    expect(done).toMatchObject({ state: 'finished', finished_at: expect.stringMatching(/Z$/) });
    const subscribers = { ...noCounts, added: 1, skipped_duplicate: 1, failed: 1 };
    expect(done.stats).toEqual({ number_of_records: 3, records_imported: 3, subscribers });
    const [job] = await client.jobs('all');
    expect(job).toMatchObject({
      id: made.id,
      name: 'data',
      mailing_list_id: list,
      progress_value: 3,
      progress_total: 3,
    });
    expect(await client.data('GET', `/mailing_lists/${list}/subscriber_imports/${made.id}`)).toEqual(done);
  });

  it('repeats what it was sent, as it was sent', async () => {
    const asked = {
      overwrite: true,
      overwrite_what: { custom_fields: false, status: true },
      overwrite_when_status: { unsubscribed: true },
      default_custom_fields: { tags: ['a', 'b'] },
      subscriber_defaults: { status: 'active', format: 'html' },
      file_format: { character_set: 'utf-8', csv_field_separator: '\t', date_format: 'dmy' },
    };
    expect(await make(asked)).toMatchObject(asked);
  });

  it('takes characters as they come in JSON, whatever it says of the file', async () => {
    await make({
      file_source: { type: 'json', content: "email,first\n'ada@example.com','Ada, Zoë €'\n" },
      file_format: { character_set: 'ISO-8859-1', csv_field_enclosure: "'" },
    });
    await house.settle();
    const [ada] = await house.ports.profiles.read(house.client.id, [sidOf(house.client.id, 'ada@example.com')]);
    expect(ada?.vars).toEqual({ first: 'Ada, Zoë €' });
  });

  it('begins at its time, and keeps a time that has passed as it was asked', async () => {
    const at = new Date(Math.floor(house.now() / 1000) * 1000 + 3600_000).toISOString().replace('.000', '');
    const later = await make({ begins_at: at });
    expect(later).toMatchObject({ state: 'scheduled', begins_at: at });
    await house.settle();
    expect(await read(later.id)).toMatchObject({ state: 'scheduled' });
    expect(await make({ begins_at: '2014-07-03T08:37:00-05:00' })).toMatchObject({ begins_at: '2014-07-03T13:37:00Z' });
    for (const begins_at of ['now', null]) expect((await make({ begins_at })).state).toBe('scheduled');
    house.advance(3601_000);
    await sweep(house.ports);
    await house.settle();
    expect(await read(later.id)).toMatchObject({ state: 'finished' });
  });

  it('is refused with the reason when something in it is not right', async () => {
    expect(await refused({})).toEqual(['invalid_request', 'The body must have a key subscriber_import']);
    expect(await refused('{')).toMatchObject(['invalid_request', expect.stringContaining('JSON')]);
    expect(await refused('[]')).toMatchObject(['invalid_request', expect.stringContaining('JSON')]);
    const bad: [Record<string, unknown>, string][] = [
      [{ column_mapping: undefined }, 'Missing required parameter: column_mapping'],
      [{ column_mapping: ['first'] }, 'column_mapping must name a column email'],
      [{ column_mapping: ['email', 'a', 'a'] }, 'column_mapping names a twice'],
      [{ column_mapping: ['email', 'x'.repeat(33)] }, 'a name in column_mapping is longer than 32 characters'],
      [{ file_source: undefined }, 'file_source is missing'],
      [{ file_source: { type: 'fax' } }, 'file_source.type is neither json nor url'],
      [{ file_source: { type: 'upload_directory', filename: 'a.csv' } }, 'upload_directory is not offered'],
      [{ file_source: { type: 'json' } }, 'file_source.content is missing'],
      [{ file_source: { type: 'url' } }, 'file_source.url is missing'],
      [{ file_source: { type: 'url', url: 'ftp://example.com/x' } }, 'Invalid URL'],
      [{ file_source: { type: 'json', content: 'x'.repeat(10 * 1024 ** 2 + 1) } }, 'larger than 10 MB'],
      [{ begins_at: 'soon' }, 'begins_at is neither a time nor now'],
      [{ begins_at: house.now() / 1000 + 7 * 24 * 3600 }, 'begins_at is'],
      [{ file_format: { character_set: 'EBCDIC' } }, 'Invalid file_format'],
      [{ overwrite: 'perhaps' }, 'Invalid overwrite'],
    ];
    for (const [changes, message] of bad)
      expect(await refused(request(changes)), message).toEqual(['validation_failed', expect.stringContaining(message)]);
    expect(await client.jobs('all')).toEqual([]);
    expect(await house.ports.files.list('uploads/')).toEqual([]);
    expect((await make({ column_mapping: undefined, mapping: ['email', 'first'] })).column_mapping).toEqual([
      'email',
      'first',
    ]);
  });

  it('needs a list that is there, and that people can be imported into', async () => {
    expect(await refused(request(), '/mailing_lists/1/subscriber_imports')).toEqual([
      'not_found',
      'The mailing list was not found',
    ]);
    await house.ports.lists.describe(house.client.id, 'Spring', { query: {} }, house.now());
    expect((await refused(request()))[0]).toBe('invalid_request');
  });
});

describe('control', () => {
  const act = async (id: unknown, word: string) => {
    const { status, body } = await client.post(`/subscriber_imports/${id}/${word}`);
    expect(status).toBe(200);
    return body.success ? (body.data as Item).state : body.error_code;
  };

  it('holds an import, lets it go on and cancels it, and says when that cannot be', async () => {
    const { id } = await make();
    expect(await act(id, 'unpause')).toBe('validation_failed');
    expect(await act(id, 'pause')).toBe('paused');
    expect((await client.jobs('unfinished'))[0]).toMatchObject({ id, paused: true, state: 'paused' });
    expect(await act(id, 'pause')).toBe('validation_failed');
    await house.settle();
    expect(await act(id, 'unpause')).toBe('scheduled');
    expect(await act(id, 'cancel')).toBe('cancelled');
    for (const word of ['cancel', 'pause', 'unpause']) expect(await act(id, word)).toBe('validation_failed');
    expect(await client.jobs('unfinished')).toEqual([]);
  });

  it('reaches imports of other doors, and no other job', async () => {
    const job = await submitJob(house, 'import', { list: 'Spring', emails: 'ada@example.com' });
    const id = jobNumber(job.id);
    expect(await read(id)).toMatchObject({ column_mapping: [], overwrite: true, mailing_list_id: list });
    expect(await act(id, 'pause')).toBe('paused');
    const exporting = await submitJob(house, 'export_list_data', { list: 'Spring' });
    expect(await act(jobNumber(exporting.id), 'cancel')).toBe('not_found');
    expect((await readJob(house.ports, exporting.id)).state).toBe('pending');
  });

  it("finds nobody else's import, and none under another list or another number", async () => {
    const { id } = await make();
    await house.ports.clients.put({ id: 'other', apiKey: 'k', secret: 's'.repeat(32), organization: 7 });
    const stranger = greenarrowClient(house.app.request, { organization: 7, secret: 's'.repeat(32) });
    const missing = (await stranger.get('/subscriber_imports/123')).body;
    for (const path of [`/subscriber_imports/${id}`, `/subscriber_imports/${id}/logs/failed`])
      expect((await stranger.get(path)).body.error_code).toBe('not_found');
    expect((await stranger.post(`/subscriber_imports/${id}/cancel`)).body).toEqual(missing);
    for (const path of [
      `/mailing_lists/1/subscriber_imports/${id}`,
      `/subscriber_imports/${Number(id) + 1}`,
      '/subscriber_imports/0',
      '/subscriber_imports/x',
      '/subscriber_imports/-1',
      `/subscriber_imports/${'9'.repeat(16)}`,
    ])
      expect((await client.get(path)).body.error_code, path).toBe('not_found');
    expect(await read(id)).toMatchObject({ state: 'scheduled' });
  });
});

it('lists tell which imports there are, by scope and by list', async () => {
  const first = await make();
  await house.settle();
  const other = Number((await client.data('POST', '/mailing_lists', { mailing_list: { name: 'Other' } })).id);
  const second = await client.data('POST', `/mailing_lists/${other}/subscriber_imports`, request());
  const ids = async (path: string) => (await client.data<Item[]>('GET', path)).map(({ id }) => id);
  expect(await ids('/subscriber_imports')).toEqual([second.id, first.id]);
  expect(await ids('/subscriber_imports?scope=active')).toEqual([second.id]);
  expect(await ids('/subscriber_imports?scope=finished')).toEqual([first.id]);
  expect(await ids('/subscriber_imports?scope=all&per_page=1&page=1')).toEqual([first.id]);
  expect(await ids(`/mailing_lists/${list}/subscriber_imports`)).toEqual([first.id]);
  expect((await client.get('/subscriber_imports?scope=some')).body.error_code).toBe('invalid_request');
  expect((await client.get('/mailing_lists/5/subscriber_imports')).body.error_code).toBe('not_found');
  const [view = {}] = await client.data<Item[]>('GET', '/subscriber_imports?scope=finished');
  expect(Object.keys(view)).toEqual([
    'id',
    'mailing_list_id',
    'mailing_list_name',
    'created_at',
    'state',
    'begins_at',
    'finished_at',
    'file_source',
    'stats',
  ]);
  house.advance(15 * 24 * 3600_000);
  expect(await ids('/subscriber_imports')).toEqual([second.id]);
  expect(await ids('/subscriber_imports?scope=all')).toEqual([second.id, first.id]);
});

it('logs of failed rows have their reason in the last column; others, and those too old, are not there', async () => {
  const { id } = await make();
  const log = (kind: string) => client.raw('GET', `/ga/api/v2/subscriber_imports/${id}/logs/${kind}`);
  const missing = async (kind: string) => ((await (await log(kind)).json()) as { error_code: string }).error_code;
  expect(await missing('failed')).toBe('not_found');
  await house.settle();
  const failed = await log('failed');
  expect(failed.headers.get('content-type')).toBe('text/csv; charset=utf-8');
  expect(failed.headers.get('set-cookie')).toBe(null);
  expect((await failed.text()).split('\n')).toEqual([
    'email,first,_line,_reason',
    expect.stringMatching(/^nobody,No,4,.*address/),
    '',
  ]);
  for (const kind of ['added', 'skipped_duplicate', 'toString', '../failed'])
    expect(await missing(kind), kind).toBe('not_found');
  house.advance(8 * 24 * 3600_000);
  expect(await missing('failed')).toBe('not_found');
});
