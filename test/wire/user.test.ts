// /user and /email as the official clients call them: answers in the captured form, errors literal.
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { readAliases } from '../../functions/jobs/people/aliases.ts';
import { sidOf } from '../../functions/jobs/profile.ts';
import { type House, openHouse } from '../helpers/house.ts';
import { imported } from '../helpers/jobs.ts';
import { addPerson, personOf, withSettings } from '../helpers/people.ts';
import type { Json } from './calls.ts';
import { callEndpoint as call, type Method } from './calls.ts';

let house: House;
beforeEach(async () => {
  house = await openHouse();
  await withSettings(house, { timeZone: 'America/New_York' });
});
afterEach(() => house.close());

const user = (method: Method, params: Json) => call(house.app, method, '/user', params);
const email = (method: Method, params: Json) => call(house.app, method, '/email', params);
const joined = Date.UTC(2024, 4, 24, 14, 20, 34);

const addAda = async () => {
  const { id } = await house.ports.lists.ensure(house.client.id, 'Main', 1);
  return addPerson(house, 'ada@example.com', {
    vars: { city: 'Oslo', n: 1 },
    lists: { [id]: joined },
    signupAt: joined,
    createdAt: joined,
    stats: { opens: 3, clicks: 1, messages: 9, lastOpen: joined, topDevice: 'iPhone', purchasePrice: 12 },
  });
};

describe('GET /user', () => {
  it('shows a person by address, by profile id with or without key, and by another key', async () => {
    const { sid } = await addAda();
    await user('POST', { id: 'ada@example.com', keys: { extid: 'E1', cookie: 'abc' } });
    const expected = {
      keys: { sid, cookie: 'abc', email: 'ada@example.com', extid: 'E1' },
      vars: { city: 'Oslo', n: 1 },
      lists: { Main: 'Fri, 24 May 2024 10:20:34 -0400' },
      engagement: 'disengaged',
      optout_email: 'none',
    };
    for (const id of [{ id: 'ADA@example.com' }, { id: sid }, { id: sid, key: 'sid' }, { id: 'E1', key: 'extid' }]) {
      const { status, body } = await user('GET', id);
      expect({ status, body }).toEqual({ status: 200, body: expected });
      expect(Object.keys(body)).toEqual(Object.keys(expected));
    }
  });

  it('shows the fields that are asked for, in their order', async () => {
    const { sid } = await addAda();
    const query = { criteria: ['domain'], value: ['example.com'] };
    await house.ports.lists.describe(house.client.id, 'Smart', { query }, 1);
    const items = [{ id: 'a', title: 'Cup', price: 100, qty: 2, url: 'http://example.com/a' }];
    await call(house.app, 'POST', '/purchase', { email: 'ada@example.com', items });
    const fields = {
      device: 1,
      activity: 1,
      lifetime: 1,
      smart_lists: 1,
      purchases: 1,
      purchase_incomplete: 1,
      keys: 0,
    };
    const { body } = await user('GET', { id: sid, fields });
    expect(Object.keys(body)).toEqual(Object.keys(fields).slice(0, -1));
    expect(body).toMatchObject({
      device: { top_device_email: 'iPhone' },
      activity: {
        signup_time: 'Fri, 24 May 2024 10:20:34 -0400',
        create_time: 'Fri, 24 May 2024 10:20:34 -0400',
        open_time: 'Fri, 24 May 2024 10:20:34 -0400',
        click_time: null,
        login_time: null,
        view_time: null,
        optout_time: null,
      },
      lifetime: { lifetime_message: 9, lifetime_pv: 0, lifetime_open: 3, lifetime_click: 1, lifetime_purchase: 1 },
      smart_lists: ['Smart'],
      purchases: [{ price: 200, qty: 2 }],
      purchase_incomplete: [],
    });
  });

  it.each<[string, Json, number, number, string]>([
    ['no id', {}, 400, 2, 'Missing required parameter: id'],
    ['an empty id', { id: '' }, 400, 2, 'Missing required parameter: id'],
    ['a bad address', { id: 'nobody' }, 400, 11, 'Invalid email: nobody'],
    ['an unknown address', { id: 'no@example.com' }, 404, 99, 'User not found with email: no@example.com'],
    ['an unknown key', { id: 'E', key: 'extid' }, 404, 99, 'User not found with extid: E'],
    ['an unknown profile id', { id: '0'.repeat(24) }, 404, 99, `User not found with sid: ${'0'.repeat(24)}`],
    [
      'a key that is none',
      { id: 'E', key: 'x' },
      400,
      99,
      'Invalid id: the key is none of email, sid, extid, sms, fb, twitter, cookie',
    ],
  ])('with %s is an error', async (_what, params, status, error, errormsg) => {
    expect(await user('GET', params)).toMatchObject({ status, body: { error, errormsg } });
    expect(Object.keys((await user('DELETE', params)).body)).toEqual(['error', 'errormsg']);
  });
});

describe('POST /user', () => {
  it('creates and changes a person and answers ok, the asked fields before it', async () => {
    const made = await user('POST', { id: 'New@example.com', vars: { a: 1 }, lists: { Main: 1 }, fields: { keys: 1 } });
    const sid = sidOf(house.client.id, 'new@example.com');
    expect(made.body).toEqual({ keys: { sid, email: 'new@example.com' }, ok: true });
    expect(Object.keys(made.body)).toEqual(['keys', 'ok']);
    const changed = await user('POST', { id: sid, vars: { a: null, b: [1] }, lists: { Main: 0 }, optout_email: 'all' });
    expect(changed).toMatchObject({ status: 200, body: { ok: true } });
    expect(Object.keys(changed.body)).toEqual(['ok']);
    const person = await personOf(house, 'new@example.com');
    expect(person).toMatchObject({ vars: { b: [1] }, lists: {}, optout: 'all' });
    expect(person.consents).toEqual([{ from: 'none', to: 'all', at: person.optoutAt }]);
    await user('POST', { id: sid, optout_email: 'blast', optout_templates: { T: 1, U: 1 } });
    await user('POST', { id: sid, optout_templates: { T: 0 } });
    expect(await personOf(house, 'new@example.com')).toMatchObject({ optout: 'blast', optoutTemplates: ['U'] });
    expect((await user('POST', { keys: { email: 'byKeys@example.com', extid: 'K' } })).body).toEqual({ ok: true });
    expect((await user('POST', { id: 'K', key: 'extid', vars: { x: 1 } })).body).toEqual({ ok: true });
  });

  it('changes an address: the new one and the old one name the person from then on, for imports too', async () => {
    const { sid } = await addAda();
    expect((await user('POST', { id: 'ada@example.com', keys: { email: 'ada@new.example' } })).body).toEqual({
      ok: true,
    });
    for (const id of ['ada@example.com', 'ada@new.example'])
      expect((await user('GET', { id })).body).toMatchObject({ keys: { sid, email: 'ada@new.example' } });
    expect((await imported(house, 'ada@new.example\nada@example.com\n')).counts).toEqual({ unchanged: 2 });
    await addPerson(house, 'bob@example.com', { vars: { bob: 1 } });
    const ask = { id: sid, keys: { email: 'bob@example.com' } };
    expect(await user('POST', ask)).toMatchObject({
      status: 409,
      body: { error: 99, errormsg: 'Conflict: the new address belongs to another person' },
    });
    expect((await user('POST', { ...ask, keysconflict: 'merge' })).body).toEqual({ ok: true });
    expect((await user('GET', { id: 'bob@example.com' })).body).toMatchObject({
      keys: { sid, email: 'bob@example.com' },
      vars: { city: 'Oslo', bob: 1 },
    });
  });

  it('hands the purchases of two who are one to the one who stays', async () => {
    const { sid } = await addAda();
    const items = [{ id: 'a', title: 'Cup', price: 100, qty: 1, url: 'http://example.com/a' }];
    for (const address of ['ada@example.com', 'bob@example.com'])
      await call(house.app, 'POST', '/purchase', { email: address, items });
    await user('POST', { id: sid, keys: { email: 'bob@example.com' }, keysconflict: 'merge' });
    const { body } = await user('GET', { id: sid, fields: { purchases: 1, lifetime: 1 } });
    expect(body).toMatchObject({
      purchases: [{}, {}],
      lifetime: { lifetime_purchase: 2, lifetime_purchase_price: 200 },
    });
  });

  it.each<[string, Json, number, number, string]>([
    ['a person nobody knows, and no address', { id: 'E', key: 'extid' }, 404, 99, 'User not found with extid: E'],
    [
      'an unknown word of consent',
      { optout_email: 'yes' },
      400,
      99,
      'Invalid parameter: optout is none of the words all, basic, blast, none',
    ],
    ['a bad new address', { keys: { email: 'x' } }, 400, 11, 'Invalid email: x'],
    ['a bad date', { signup_date: 'x' }, 400, 18, 'Invalid date: signup_date is not a date'],
    [
      'consent that is not kept',
      { optout_sms_status: 'opt-out' },
      400,
      99,
      'Invalid parameter: optout_sms_status is not kept here',
    ],
    ['vars that are none', { vars: 'x' }, 400, 99, 'Invalid parameter: vars is no object'],
  ])('with %s is an error, and nothing is written', async (_what, params, status, error, errormsg) => {
    const answer = await user('POST', { id: 'a@example.com', lists: { L: 1 }, ...params });
    expect(answer).toMatchObject({ status, body: { error, errormsg } });
    expect(await house.ports.lists.all(house.client.id)).toEqual([]);
    await expect(personOf(house, 'a@example.com')).rejects.toThrow();
  });
});

describe('DELETE /user', () => {
  it('forgets a person: no key, address or list leads to them, and their purchases have no name', async () => {
    const { sid, lists } = await addAda();
    const items = [{ id: 'a', title: 'Cup', price: 100, qty: 1, url: 'http://example.com/a' }];
    const vars = { gift_for: 'ada@example.com' };
    const bought = await call(house.app, 'POST', '/purchase', { email: 'ada@example.com', items, vars });
    await user('POST', { id: sid, keys: { email: 'ada@new.example', extid: 'E1' } });
    expect((await user('DELETE', { id: 'E1', key: 'extid' })).body).toEqual({ ok: true });
    for (const id of [{ id: sid }, { id: 'E1', key: 'extid' }, { id: 'ada@new.example' }, { id: 'ada@example.com' }])
      expect((await user('GET', id)).status).toBe(404);
    const members: unknown[] = [];
    for await (const page of house.ports.profiles.members(house.client.id, Object.keys(lists)[0] ?? '', 0, 256))
      members.push(...page);
    expect(members).toEqual([]);
    const { _id: purchase_id } = bought.body.purchase as Json;
    const kept = await call(house.app, 'GET', '/purchase', { purchase_id });
    expect(kept.body).toMatchObject({ price: 100, email: '', user_id: '0'.repeat(24) });
    expect(JSON.stringify(kept.body)).not.toContain('ada');
    const keys = [
      { name: 'extid' as const, value: 'E1' },
      { name: 'email' as const, value: 'ada@new.example' },
    ];
    expect(await readAliases(house.ports, house.client.id, keys)).toEqual(new Map());
    // Whoever comes with one of the addresses is a new person.
    expect((await imported(house, 'ada@example.com\nada@new.example\n')).counts).toEqual({ created: 2 });
  });
});

describe('/email', () => {
  it('shows and changes a person in the older words', async () => {
    await addAda();
    await email('POST', { email: 'ada@example.com', optout: 'blast', vars: { v: 1 }, templates: ['T'] });
    expect((await email('GET', { email: 'ADA@example.com' })).body).toEqual({
      email: 'ada@example.com',
      lists: { Main: 1 },
      lists_signup: { Main: 'Fri, 24 May 2024 10:20:34 -0400' },
      vars: { city: 'Oslo', n: 1, v: 1 },
      optout: 'blast',
      verified: 0,
      hardbounce: 0,
      templates: ['T'],
    });
    expect((await email('POST', { email: 'ada@example.com', change_email: 'ada@new.example' })).body).toEqual({
      ok: true,
    });
    expect((await email('GET', { email: 'ada@example.com' })).body).toMatchObject({ email: 'ada@new.example' });
    expect((await email('POST', { email: 'new@example.com' })).body).toEqual({ ok: true });
  });

  it.each<[Method, Json, number, number, string]>([
    ['GET', {}, 400, 2, 'Missing required parameter: email'],
    ['POST', { email: 'x' }, 400, 11, 'Invalid email: x'],
    ['GET', { email: 'no@example.com' }, 404, 99, 'User not found with email: no@example.com'],
    [
      'POST',
      { email: 'a@example.com', optout: 'in' },
      400,
      99,
      'Invalid parameter: optout is none of the words all, basic, blast, none',
    ],
    [
      'POST',
      { email: 'a@example.com', templates: { T: 0 } },
      400,
      99,
      'Invalid templates: an array of names, or optout_templates of /user',
    ],
  ])('%s with %j is an error', async (method, params, status, error, errormsg) => {
    expect(await email(method, params)).toMatchObject({ status, body: { error, errormsg } });
  });
});
