// Promises about GET /stats, as public extractors read it.
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { addBlast, importEvents } from '../helpers/campaigns.ts';
import { type House, openHouse } from '../helpers/house.ts';
import { imported, settled, submitJob } from '../helpers/jobs.ts';
import { type Answered, answered, type Json, signed } from './calls.ts';

let house: House;
beforeEach(async () => {
  house = await openHouse();
});
afterEach(() => house.close());

const stats = async (params: Json): Promise<Answered> =>
  answered(await house.app.request(`/stats?${new URLSearchParams(signed(params))}`));
const told = async (params: Json): Promise<Json> => {
  const { status, body } = await stats(params);
  expect(status).toBe(200);
  return body;
};
const refused = async (params: Json): Promise<[number, Json]> => {
  const { status, body } = await stats(params);
  return [status, body];
};

/** All that an extractor asks for at once. */
const flags = Object.fromEntries(
  [
    'beacon_times',
    'click_times',
    'clickmap',
    'domain',
    'engagement',
    'purchase_times',
    'signup',
    'subject',
    'topusers',
    'urls',
    'banners',
    'purchase_items',
    'device',
  ].map((flag) => [flag, 1]),
);

/** What vox makes of an answer: every one of these must be an object, of objects where it spreads them. */
const readLikeVox = (answer: Json): Json => {
  const entries = (name: string): [string, unknown][] => Object.entries(answer[name] as Json);
  const spread = (name: string, key: string) =>
    entries(name).map(([value, fields]) => ({ [key]: value, ...(fields as Json) }));
  return {
    beacon_times: entries('beacon_times').map(([time, count]) => ({ beacon_time: time, count })),
    click_times: entries('click_times').map(([time, count]) => ({ click_time: time, count })),
    domain: spread('domain', 'domain'),
    signup: entries('signup').map(([, fields]) => fields),
    subject: spread('subject', 'subject'),
    urls: spread('urls', 'url'),
    device: spread('device', 'device'),
  };
};

describe('stat=blast', () => {
  const event = (blast_id: number, email: string, word: string, time: string, more: Json = {}): Json => ({
    email,
    blast_id,
    event: word,
    time: `2024-06-01T${time}Z`,
    ...more,
  });

  it('tells the totals, and what is asked for by flags', async () => {
    const blast = await addBlast(house.ports, house.client);
    const url = 'https://example.com/a';
    await importEvents(house, [
      event(blast, 'ada@example.com', 'send', '12:00:05'),
      event(blast, 'ada@example.com', 'open', '13:00:11', { device: 'iPhone' }),
      event(blast, 'ada@example.com', 'click', '13:05:40', { url, device: 'iPhone' }),
      event(blast, 'ada@example.com', 'click', '13:06:40', { url, device: 'iPhone' }),
      event(blast, 'bob@example.org', 'send', '12:00:06'),
    ]);
    const totals = { blast_id: blast, count: 2, open_total: 1, click_total: 2, confirmed_opens: 1, beacon_click: 1 };
    expect(await told({ stat: 'blast', blast_id: blast })).toMatchObject(totals);
    const answer = await told({ stat: 'blast', blast_id: blast, ...flags });
    expect(answer).toMatchObject({ ...totals, clickmap: { [url]: 2 }, banners: {}, purchase_items: {} });
    const hour = String(Date.UTC(2024, 5, 1, 13) / 1000);
    expect(readLikeVox(answer)).toMatchObject({
      beacon_times: [{ beacon_time: hour, count: 1 }],
      click_times: [{ click_time: hour, count: 2 }],
      domain: [
        { domain: 'example.com', count: 1, open_total: 1, click_total: 2 },
        { domain: 'example.org', count: 1 },
      ],
      signup: [{ signup: expect.stringMatching(/^\d{6}$/), count: 2 }],
      subject: [{ subject: 'Hello', count: 2 }],
      urls: [{ url, count: 1, click_total: 2 }],
      device: [{ device: 'iPhone', open_total: 1, click_total: 2 }],
    });
    expect(JSON.stringify(answer)).not.toContain('ada@');
  });

  it('is not ready before events came, in the way that makes extractors try again; unknown for a campaign that is not there', async () => {
    const blast = await addBlast(house.ports, house.client);
    expect(await refused({ stat: 'blast', blast_id: blast })).toEqual([
      400,
      { error: 99, errormsg: `The stats for ${blast} are not ready yet` },
    ]);
    expect(await refused({ stat: 'blast', blast_id: 7 })).toEqual([
      404,
      { error: 99, errormsg: 'Unable to find stats for 7' },
    ]);
    expect(await refused({ stat: 'blast' })).toEqual([
      400,
      { error: 2, errormsg: 'Missing required parameter: blast_id' },
    ]);
  });
});

describe('stat=list', () => {
  it('tells of a list what it knows itself, until a snapshot was taken', async () => {
    await imported(house, 'email,source\nada@example.com,web\nbob@example.com,shop\n', { list: 'Main' });
    const before = await told({ stat: 'list', list: 'Main' });
    expect(before).toMatchObject({ list: 'Main', email_count: 2, signup_month: {}, source_count: {} });
    expect(String(before.day)).toMatch(/^\d{8}$/);
    await settled(house, await submitJob(house, 'snapshot', { query: { source_list: 'Main' } }));
    const after = await told({ stat: 'list', list: 'Main', date: new Date(house.now()).toISOString().slice(0, 10) });
    expect(after).toMatchObject({
      day: before.day,
      email_count: 2,
      valid_count: 2,
      new_count: 2,
      lists_count: 2,
      source_count: { web: 1, shop: 1 },
      signup_month: { [String(before.day).slice(0, 6)]: { email_count: 2, new_count: 2 } },
      lists_signup_count: 0,
      lists_remove_count: 0,
    });
    expect(after.count_time).toMatch(/^\w{3}, \d\d \w{3} \d{4} \d\d:\d\d:\d\d \+0000$/);
  });

  it('keeps what was counted on each day', async () => {
    await imported(house, 'email\nada@example.com\n', { list: 'Main' });
    const take = async () => settled(house, await submitJob(house, 'snapshot', { query: { source_list: 'Main' } }));
    await take();
    const first = await told({ stat: 'list', list: 'Main' });
    house.advance(24 * 3600_000);
    await imported(house, 'email\nbob@example.com\n', { list: 'Main' });
    await take();
    expect(await told({ stat: 'list', list: 'Main' })).toMatchObject({ email_count: 2 });
    expect(await told({ stat: 'list', list: 'Main', date: String(first.day) })).toMatchObject({
      day: first.day,
      email_count: 1,
    });
  });

  it('is about everyone when no list is named', async () => {
    expect(await told({ stat: 'list' })).toMatchObject({ list: '', email_count: 0 });
    await imported(house, 'email\nada@example.com\n', { list: 'Main' });
    await settled(house, await submitJob(house, 'snapshot', {}));
    expect(await told({ stat: 'list' })).toMatchObject({ list: '', email_count: 1 });
  });

  it('says what it cannot find', async () => {
    expect(await refused({ stat: 'list', list: 'Nowhere' })).toEqual([
      404,
      { error: 99, errormsg: 'Unable to find stats for Nowhere' },
    ]);
    await imported(house, 'email\nada@example.com\n', { list: 'Main' });
    expect(await refused({ stat: 'list', list: 'Main', date: '2001-01-01' })).toEqual([
      404,
      { error: 99, errormsg: 'Unable to find stats for 2001-01-01' },
    ]);
    expect(await refused({ stat: 'list', list: 'Main', date: 'someday' })).toEqual([
      400,
      { error: 18, errormsg: 'Invalid date: someday' },
    ]);
  });
});

describe('other stats', () => {
  it('of templates are nothing, for their mails are sent elsewhere', async () => {
    expect(await told({ stat: 'send', template: 'welcome' })).toMatchObject({ template: 'welcome', count: 0 });
  });

  it('are unknown in the documented words', async () => {
    expect(await refused({ stat: 'weather' })).toEqual([400, { error: 99, errormsg: 'Unknown stat: weather' }]);
    expect(await refused({})).toEqual([400, { error: 2, errormsg: 'Missing required parameter: stat' }]);
  });
});
