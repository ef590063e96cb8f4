// Promises about the history of campaigns: what a file of events leaves behind, whatever happens while it is brought in.
import { afterEach, describe, expect, it } from 'vitest';
import { findBlast } from '../../functions/jobs/campaigns/blasts.ts';
import { sidOf } from '../../functions/jobs/profile.ts';
import { addBlast, importEvents, type Line } from '../helpers/campaigns.ts';
import { type House, openHouse } from '../helpers/house.ts';
import { readObject } from '../helpers/jobs.ts';
import { addPerson, personOf } from '../helpers/people.ts';

let house: House;
afterEach(() => house.close());

const at = (time: string): number => Date.parse(`2024-06-${time}Z`);
const event = (blast_id: number, event: string, time: string, more: Line = {}): Line => ({
  email: 'ada@example.com',
  blast_id,
  event,
  time: `2024-06-${time}Z`,
  ...more,
});

describe('blast_events_import', () => {
  it('counts what a person got and did, and makes people who are missing without saying anything about their consent', async () => {
    house = await openHouse();
    const [one, other] = [await addBlast(house.ports, house.client), await addBlast(house.ports, house.client)];
    const job = await importEvents(house, [
      event(one, 'send', '01T12:00:05'),
      event(one, 'open', '01T12:00:11', { device: 'iPhone' }),
      event(one, 'open', '02T08:00:00', { device: 'iPhone' }),
      event(one, 'click', '01T12:00:40', { url: 'https://example.com/a', device: 'Outlook' }),
      event(one, 'purchase', '01T12:10:00'),
      event(other, 'send', '03T12:00:00'),
      event(other, 'open', '03T12:00:00'),
    ]);
    expect(job).toMatchObject({ state: 'completed', counts: { created: 7 } });
    expect(job.result).toEqual({ invalid_count: 0, successful_count: 7 });
    const ada = await personOf(house, 'ada@example.com');
    expect(ada).not.toHaveProperty('optout');
    expect(ada).not.toHaveProperty('consents');
    expect(ada.stats).toEqual({
      version: 1,
      messages: 2,
      opens: 3,
      clicks: 1,
      lastOpen: at('03T12:00:00'),
      lastClick: at('01T12:00:40'),
      openDays: { '20240601': 1, '20240602': 1, '20240603': 1 },
      topDevice: 'iPhone',
    });
  });

  it('keeps the consent, lists, variables and other stats of people who are there', async () => {
    house = await openHouse();
    const blast = await addBlast(house.ports, house.client);
    const before = await addPerson(house, 'ada@example.com', {
      optout: 'all',
      optoutAt: 5,
      vars: { city: 'Oslo' },
      stats: { purchases: 2, opens: 99 },
    });
    await importEvents(house, [event(blast, 'open', '01T12:00:11')]);
    const { stats, changedBy: _, ...rest } = await personOf(house, 'ada@example.com');
    const { stats: _old, changedBy: _by, ...kept } = before;
    expect(rest).toEqual(kept);
    expect(stats).toMatchObject({ purchases: 2, opens: 1 });
  });

  it('gives each line an outcome of its own: new, known, told twice, wrong', async () => {
    house = await openHouse();
    const blast = await addBlast(house.ports, house.client);
    const first = event(blast, 'send', '01T12:00:05');
    await importEvents(house, [first]);
    const job = await importEvents(house, [
      first,
      event(blast, 'send', '01T12:00:05', { email: 'bob@example.com' }),
      event(blast, 'open', '01T13:00:00', { email: 'bob@example.com' }),
      event(blast, 'open', '01T13:00:00', { email: 'Bob@example.com ', device: 'iPhone' }),
      event(blast, 'open', '01T13:00:01', { email: 'bob@example.com' }),
      event(blast, 'bounce', '01T12:00:05'),
      event(blast, 'optout', '01T12:00:05'),
      event(blast + 1000, 'open', '01T12:00:05'),
      event(blast, 'open', 'yesterday'),
      event(blast, 'open', '01T12:00:05', { email: 'nobody' }),
      { id: 'f'.repeat(24), key: 'sid', blast_id: blast, event: 'open', time: 1717243205 },
      event(blast, 'click', '01T12:00:05', { url: 'https://example.com/a b' }),
      '{"email":',
    ]);
    expect(job.counts).toEqual({ unchanged: 1, created: 3, duplicate: 1, rejected: 8 });
    expect(job.reasons).toEqual({
      'event must be one of send, open, click, purchase': 2,
      'no campaign has that blast_id': 1,
      'time is not a date': 1,
      'the address has no @': 1,
      'there is no such person, and no address to create one with': 1,
      'url must be an http or https address of up to 2000 characters without white space': 1,
      'the line is not a JSON object: each object must stand on one line of its own': 1,
    });
    const rejected = await readObject(house.ports, job.files.rejected?.key ?? '');
    expect(rejected.trimEnd().split('\n')).toHaveLength(9);
  });

  it('calls a person who is named by id', async () => {
    house = await openHouse();
    const blast = await addBlast(house.ports, house.client);
    await addPerson(house, 'ada@example.com');
    const id = sidOf(house.client.id, 'ada@example.com');
    const job = await importEvents(house, [{ id, key: 'sid', blast_id: blast, event: 'open', time: '2024-06-01' }]);
    expect(job.counts).toEqual({ created: 1 });
    expect((await personOf(house, 'ada@example.com')).stats).toMatchObject({ opens: 1 });
  });

  it('keeps a hundred events of a kind and says which lines it left out', async () => {
    house = await openHouse();
    const blast = await addBlast(house.ports, house.client);
    const lines = Array.from({ length: 130 }, (_, i) => ({
      ...event(blast, 'open', '01T00:00:00'),
      time: 1717200000 + i,
    }));
    const job = await importEvents(house, lines);
    expect(job.counts).toEqual({ created: 100, skipped: 30 });
    expect((await personOf(house, 'ada@example.com')).stats).toMatchObject({
      opens: 100,
      lastOpen: (1717200000 + 129) * 1000,
    });
  });

  it('counts the campaigns that it brought events of', async () => {
    house = await openHouse();
    const [one, other] = [await addBlast(house.ports, house.client), await addBlast(house.ports, house.client)];
    const people = ['ada', 'bob', 'cyd'].map((name) => ({ email: `${name}@example.com` }));
    await importEvents(house, [
      ...people.map((person) => event(one, 'send', '01T12:00:05', person)),
      ...people.slice(1).map((person) => event(one, 'open', '01T13:00:05', person)),
      event(one, 'click', '01T13:00:07', { ...people[2], url: 'https://example.com/a' }),
      event(one, 'click', '01T13:00:08', { ...people[2], url: 'https://example.com/b' }),
    ]);
    const counted = await findBlast(house.ports, house.client.id, one);
    expect(counted?.stats?.total).toEqual({
      count: 3,
      confirmed_opens: 2,
      open_total: 2,
      click_total: 2,
      click_multiple_urls: 1,
      beacon_click: 1,
      beacon_noclick: 1,
      nobeacon_click: 0,
      purchase: 0,
    });
    expect((await findBlast(house.ports, house.client.id, other))?.stats).toBeUndefined();
    await importEvents(house, [event(one, 'open', '02T09:00:00', people[0])]);
    expect((await findBlast(house.ports, house.client.id, one))?.stats?.total).toMatchObject({
      count: 3,
      confirmed_opens: 3,
      open_total: 3,
    });
  });

  it('writes nothing when it only plans', async () => {
    house = await openHouse();
    const blast = await addBlast(house.ports, house.client);
    const job = await importEvents(house, [event(blast, 'send', '01T12:00:05')], { mode: 'plan' });
    expect(job).toMatchObject({ state: 'completed', counts: { created: 1 } });
    await expect(personOf(house, 'ada@example.com')).rejects.toThrow('no such person');
    expect((await findBlast(house.ports, house.client.id, blast))?.stats).toBeUndefined();
  });
});
