// Sends over the wire: asked for, asked about, taken back, and refused to people who do not want them.
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { noteMove, writeAliases } from '../../functions/jobs/people/aliases.ts';
import { type Profile, type ProfileMore, sidOf } from '../../functions/jobs/profile.ts';
import { type House, openHouse } from '../helpers/house.ts';
import { answered, callEndpoint as call, type Json, type Method, signedFlat } from './calls.ts';

let house: House;
beforeEach(async () => {
  house = await openHouse();
  await call(house.app, 'POST', '/template', { template: 'welcome', content_html: '<b>Hi</b>' });
  await call(house.app, 'POST', '/template', { template: 'receipt', is_basic: 1 });
});
afterEach(() => house.close());

const send = (method: Method, params: Json) => call(house.app, method, '/send', params);
const told = () => house.logs.filter(({ code, fields }) => code === 'event.told' && fields.kind === 'send.due');
const sendId = /^[A-Za-z0-9][\w-]{15}$/;

const person = async (email: string, more: Partial<ProfileMore>): Promise<void> => {
  const sid = sidOf(house.client.id, email);
  const profile: Profile = {
    sid,
    email,
    vars: {},
    lists: {},
    createdAt: 1,
    createdBy: '',
    changedBy: '',
    signupAt: 1,
    ...more,
  };
  await house.ports.profiles.apply(house.client.id, [{ kind: 'create', profile }]);
};

describe('POST /send', () => {
  it('to one person is told at once, and the sender finds all it needs under the id', async () => {
    const { status, body } = await send('POST', {
      template: 'welcome',
      email: 'Ada@Example.com',
      vars: { name: 'Ada' },
      options: { replyto: 'shop@example.com', test: 1 },
      limit: { name: 'daily', within_time: '1 day', conflict: 'cancel' },
    });
    expect(status).toBe(200);
    expect(body).toEqual({
      send_id: expect.stringMatching(sendId),
      email: 'ada@example.com',
      template: 'welcome',
      status: 'unknown',
      send_key: null,
    });
    expect(told()).toMatchObject([
      { fields: { event: `send.due ${body.send_id}`, send: body.send_id, client: 'demo' } },
    ]);
    expect(JSON.stringify(told())).not.toContain('ada');
    const shown = (await send('GET', { send_id: body.send_id })).body;
    expect(shown).toMatchObject({
      ...body,
      vars: { name: 'Ada' },
      options: { replyto: 'shop@example.com', test: 1 },
      limit: { name: 'daily', within_time: '1 day', conflict: 'cancel' },
      profile_id: sidOf(house.client.id, 'ada@example.com'),
      send_time: expect.stringMatching(/ \+0000$/),
    });
  });

  it('to some people is a send for each, with variables of their own', async () => {
    const { body } = await send('POST', {
      template: 'welcome',
      email: 'ada@example.com, bob@example.com,ada@example.com',
      vars: { shop: 'S' },
      evars: { 'bob@example.com': { name: 'Bob' } },
    });
    const ids = body.send_ids as Record<string, string>;
    expect(body).toEqual({ sent_count: 2, send_ids: ids, template: 'welcome' });
    expect(Object.keys(ids)).toEqual(['ada@example.com', 'bob@example.com']);
    expect((await send('GET', { send_id: ids['bob@example.com'] })).body.vars).toEqual({ shop: 'S', name: 'Bob' });
    expect((await send('GET', { send_id: ids['ada@example.com'] })).body.vars).toEqual({ shop: 'S' });
    expect(told()).toHaveLength(2);
  });

  it('may come flat, with brackets', async () => {
    const form = new URLSearchParams(
      signedFlat({ template: 'welcome', email: 'ada@example.com', 'vars[city]': 'Oslo' }),
    );
    const headers = { 'content-type': 'application/x-www-form-urlencoded' };
    const { body } = await answered(
      await house.app.request('/send', { method: 'POST', body: form.toString(), headers }),
    );
    expect((await send('GET', { send_id: body.send_id })).body).toMatchObject({ vars: { city: 'Oslo' } });
  });

  it('with a time to come is scheduled, and may be taken back until then', async () => {
    const { body } = await send('POST', { template: 'welcome', email: 'ada@example.com', schedule_time: '+3 hours' });
    expect(body).toMatchObject({ status: 'scheduled', schedule_time: expect.any(String) });
    expect(told()).toEqual([]);
    const { send_id } = body;
    expect((await send('GET', { send_id })).body).toMatchObject({ status: 'scheduled' });
    expect((await send('DELETE', { send_id })).body).toEqual({ send_id, ok: true });
    expect(await send('GET', { send_id })).toMatchObject({
      status: 404,
      body: { error: 12, errormsg: `Unknown send_id: ${send_id}` },
    });
    const gone = (await send('POST', { template: 'welcome', email: 'ada@example.com' })).body.send_id;
    expect(await send('DELETE', { send_id: gone })).toMatchObject({ status: 409, body: { error: 41 } });
  });

  it('takes the time as an object too', async () => {
    const schedule_time = { start_time: '2099-06-01 09:00', end_time: '2099-06-01 12:00', method: 'personalized' };
    const { body } = await send('POST', { template: 'welcome', email: 'ada@example.com', schedule_time });
    expect(body).toMatchObject({ status: 'scheduled', schedule_time: 'Mon, 01 Jun 2099 09:00:00 +0000' });
    expect((await send('GET', { send_id: body.send_id })).body).toMatchObject({
      end_time: '2099-06-01 12:00',
      method: 'personalized',
    });
  });
});

describe('a send that is refused', () => {
  it.each<[string, Json, number, number, string]>([
    ['no template', { email: 'a@example.com' }, 400, 2, 'Missing required parameter: template'],
    ['no address', { template: 'welcome' }, 400, 2, 'Missing required parameter: email'],
    ['an empty address', { template: 'welcome', email: '' }, 400, 2, 'Missing required parameter: email'],
    ['only commas', { template: 'welcome', email: ',,' }, 400, 99, 'Invalid email'],
    ['no address at all', { template: 'welcome', email: 'nobody' }, 400, 11, 'Invalid email: nobody'],
    ['an unknown template', { template: 'x', email: 'a@example.com' }, 404, 14, 'Unknown template: x'],
    [
      'no moment',
      { template: 'welcome', email: 'a@example.com', schedule_time: 'soon' },
      400,
      18,
      'Invalid schedule_time: soon',
    ],
    [
      'an object without a moment',
      { template: 'welcome', email: 'a@example.com', schedule_time: {} },
      400,
      18,
      'Invalid schedule_time',
    ],
    ['vars that are text', { template: 'welcome', email: 'a@example.com', vars: 'x' }, 400, 99, 'Invalid vars'],
    [
      'too many vars',
      { template: 'welcome', email: 'a@example.com', vars: { x: 'y'.repeat(70_000) } },
      400,
      99,
      'Invalid vars',
    ],
  ])('%s is told in the documented way', async (_name, params, status, error, errormsg) => {
    const answer = await send('POST', params);
    expect([answer.status, answer.body]).toEqual([status, { error, errormsg }]);
    expect(told()).toEqual([]);
  });

  it.each<[string, Partial<ProfileMore>, number | undefined]>([
    ['wants nothing', { optout: 'all' }, 32],
    ['does not want this template', { optoutTemplates: ['welcome'] }, 33],
    ['is a known hardbounce', { status: 'hardbounce' }, 35],
    ['wants nothing but what is basic', { optout: 'basic' }, 37],
    ['wants no campaigns', { optout: 'blast' }, undefined],
  ])('is the answer for a person who %s', async (_name, more, code) => {
    await person('ada@example.com', more);
    const answer = await send('POST', { template: 'welcome', email: 'ada@example.com' });
    if (code === undefined) expect(answer.status).toBe(200);
    else expect(answer).toMatchObject({ status: 403, body: { error: code } });
    expect(told()).toHaveLength(code === undefined ? 1 : 0);
  });

  it('is the answer at any of their addresses', async () => {
    const later = { name: 'email' as const, value: 'ada@new.example' };
    const sid = sidOf(house.client.id, 'ada@example.com');
    await person('ada@example.com', { optout: 'all', addresses: [later.value] });
    await noteMove(house.ports, house.client.id);
    await writeAliases(house.ports, house.client.id, [{ key: later, to: sid, seen: undefined }]);
    for (const email of ['ada@example.com', later.value])
      expect(await send('POST', { template: 'welcome', email })).toMatchObject({ status: 403, body: { error: 32 } });
  });

  it('is no refusal of what somebody must get: basic templates reach those who want only these', async () => {
    await person('ada@example.com', { optout: 'basic' });
    expect((await send('POST', { template: 'receipt', email: 'ada@example.com' })).status).toBe(200);
  });

  it('leaves the others of many alone, and says who was left out', async () => {
    await person('ada@example.com', { optout: 'all' });
    const { body } = await send('POST', {
      template: 'welcome',
      email: ['ada@example.com', 'bob@example.com', 'nobody'],
    });
    expect(body).toMatchObject({
      sent_count: 1,
      send_ids: { 'bob@example.com': expect.stringMatching(sendId) },
      refused: { 'ada@example.com': { code: 32 }, nobody: { code: 11 } },
    });
    expect(told()).toHaveLength(1);
  });

  it.each(['0000000000000000', 'x', '../x', 'a'.repeat(200)])('knows no send %s', async (send_id) => {
    for (const method of ['GET', 'DELETE'] as const)
      expect(await send(method, { send_id })).toMatchObject({ status: 404, body: { error: 12 } });
  });
});
