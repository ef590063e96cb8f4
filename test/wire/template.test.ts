// Templates, repeats, ad plans and events over the wire.
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { type House, openHouse } from '../helpers/house.ts';
import type { Json } from './calls.ts';
import { callEndpoint as call, type Method } from './calls.ts';

let house: House;
beforeEach(async () => {
  house = await openHouse();
});
afterEach(() => house.close());

const at =
  (path: string) =>
  (method: Method, params: Json | string = {}) =>
    call(house.app, method, path, params);
const rfc2822 = /^[A-Z][a-z]{2}, \d\d [A-Z][a-z]{2} \d{4} \d\d:\d\d:\d\d [+-]\d{4}$/;

describe('/template', () => {
  const template = at('/template');
  const welcome = {
    template: 'welcome',
    subject: 'Hi',
    from_name: 'Shop',
    from_email: 'shop@example.com',
    content_html: '<b>1</b>',
    content_text: '1',
    labels: ['a'],
  };

  it('lists all without parameters, as the PHP client asks for it', async () => {
    expect((await template('GET', '[]')).body).toEqual({ templates: [] });
    await template('POST', welcome);
    await template('POST', { template: 'another' });
    const { templates } = (await template('GET', '[]')).body as { templates: Json[] };
    expect(templates.map(({ name }) => name)).toEqual(['another', 'welcome']);
    expect(templates[1]).toMatchObject({
      template_id: expect.any(Number),
      labels: ['a'],
      tags: [],
      subject: 'Hi',
      modify_time: expect.stringMatching(rfc2822),
      mode: 'email',
      data_feed_url: '',
      is_disabled: false,
      teams: [],
    });
  });

  it('keeps every revision, and what is not given stays as it was', async () => {
    const first = (await template('POST', welcome)).body;
    expect(first).toMatchObject({ revision: expect.any(Number), content_html: '<b>1</b>', content_text: '1' });
    const second = (await template('POST', { template: 'welcome', content_html: '<b>2</b>' })).body;
    expect(second).toMatchObject({ template_id: first.template_id, content_text: '1', subject: 'Hi' });
    const third = (await template('POST', { template: 'welcome', subject: 'Ho' })).body;
    const revision = async ({ revision: number }: Json) =>
      (await template('GET', { template: 'welcome', revision: number })).body;
    expect(await revision(first)).toEqual(first);
    expect(await revision(second)).toEqual(second);
    expect(await revision(third)).toMatchObject({ content_html: '<b>2</b>', subject: 'Ho' });
    for (const params of [{ template: 'welcome', revision: 9 }, { revision: 9 }])
      expect(await template('GET', params)).toMatchObject({ status: 404, body: { error: 99 } });
    const other = (await template('POST', { template: 'other' })).body;
    expect(await template('GET', { template: 'welcome', revision: other.revision })).toMatchObject({ status: 404 });
  });

  it('loses nothing when several people save at once', async () => {
    const first = (await template('POST', welcome)).body;
    const saved = await Promise.all(
      ['x', 'y', 'z'].map(async (subject) => (await template('POST', { template: 'welcome', subject })).body),
    );
    const subjects = await Promise.all(
      [first, ...saved].map(async ({ revision }) => (await template('GET', { revision })).body.subject),
    );
    expect(subjects.toSorted()).toEqual(['Hi', 'x', 'y', 'z']);
    const last = Math.max(...saved.map(({ revision }) => Number(revision)));
    expect((await template('GET', { template: 'welcome' })).body).toMatchObject({ revision: last });
  });

  it('is removed with its revisions; a new one of that name begins anew', async () => {
    const first = (await template('POST', welcome)).body;
    await template('POST', welcome);
    expect((await template('DELETE', { template: 'welcome' })).body).toEqual({ template: 'welcome', ok: true });
    expect((await template('GET', { template: 'welcome' })).body).toEqual({
      error: 14,
      errormsg: 'Unknown template: welcome',
    });
    const again = (await template('POST', { template: 'welcome' })).body;
    expect(again).toMatchObject({ content_html: '' });
    expect(await template('GET', { revision: first.revision })).toMatchObject({ status: 404, body: { error: 99 } });
    expect(again.template_id).not.toBe(first.template_id);
    expect(await template('DELETE', { template: 'x' })).toMatchObject({ status: 404, body: { error: 14 } });
    expect(await template('POST')).toMatchObject({ status: 400, body: { error: 2 } });
  });
});

describe('/blast_repeat', () => {
  const repeat = at('/blast_repeat');

  it('gives extractors a list always, and modify_time on each', async () => {
    // As tap-sailthru asks: without parameters.
    expect((await repeat('GET', 'null')).body).toEqual({ repeats: [] });
    const weekly = {
      name: 'Weekly',
      list: 'Main',
      template: 'news',
      days: ['Mon'],
      send_time: '9:00 am',
      generate_time: 2,
    };
    const made = (await repeat('POST', weekly)).body;
    expect(made.repeat_id).toMatch(/^[0-9a-f]{24}$/);
    const { repeats } = (await repeat('GET', 'null')).body as { repeats: Json[] };
    expect(repeats).toEqual([
      expect.objectContaining({ ...weekly, days_month: [], modify_time: expect.stringMatching(rfc2822) }),
    ]);
    await repeat('POST', { repeat_id: made.repeat_id, status: 'paused' });
    expect((await repeat('GET')).body).toMatchObject({ repeats: [{ name: 'Weekly', status: 'paused' }] });
    expect((await repeat('DELETE', { repeat_id: made.repeat_id })).body).toMatchObject({ ok: true });
    expect((await repeat('GET')).body).toEqual({ repeats: [] });
    expect(await repeat('DELETE', { repeat_id: made.repeat_id })).toMatchObject({ status: 404 });
    expect(await repeat('POST', { list: 'Main' })).toMatchObject({ status: 400, body: { error: 2 } });
  });
});

describe('/ad/plan', () => {
  const plan = at('/ad/plan');

  it('keeps plans by name and gives extractors a list always', async () => {
    expect((await plan('GET')).body).toEqual({ ad_plans: [] });
    const spring = {
      name: 'Spring',
      list: 'Main',
      schedule: ['Monday', 'fri'],
      schedule_days: { 20120214: 1 },
      zones: 'top,side',
    };
    await plan('POST', spring);
    await plan('POST', { name: 'Spring', schedule_days: { 20120214: '-1', 20120215: 0 } });
    await plan('POST', { name: 'Autumn', schedule: 'Tue' });
    const { ad_plans } = (await plan('GET')).body as { ad_plans: Json[] };
    expect(ad_plans).toMatchObject([
      { name: 'Autumn', schedule: ['Tue'] },
      {
        name: 'Spring',
        list: 'Main',
        schedule: ['Mon', 'Fri'],
        zones: ['top', 'side'],
        schedule_days: { 20120214: -1, 20120215: 0 },
      },
    ]);
    expect(ad_plans.every(({ plan_id }) => /^[0-9a-f]{24}$/.test(String(plan_id)))).toBe(true);
    expect((await plan('GET', { name: 'Autumn' })).body).toMatchObject({ ad_plans: [{ name: 'Autumn' }] });
    expect((await plan('GET', { name: 'none' })).body).toEqual({ ad_plans: [] });
  });

  it.each<[Json, string]>([
    [{ name: 'x', schedule: ['someday'] }, 'Invalid schedule'],
    [{ name: 'x', schedule_days: { 20120230: 1 } }, 'Invalid schedule_days'],
    [{ name: 'x', schedule_days: { 20120214: 2 } }, 'Invalid schedule_days'],
    [{ schedule: ['Mon'] }, 'Missing required parameter: name'],
  ])('refuses %j', async (params, errormsg) => {
    expect((await plan('POST', params)).body).toMatchObject({ errormsg });
  });
});

describe('/event', () => {
  const event = at('/event');
  const told = () => house.logs.filter(({ code, fields }) => code === 'event.told' && fields.kind === 'user.event');

  it('tells what somebody did under their profile id, and nothing else of them', async () => {
    const answer = await event('POST', { id: 'ada@example.com', event: 'signed up', vars: { plan: 'gold' } });
    expect(answer).toMatchObject({ status: 200, body: { ok: true } });
    expect(told()).toMatchObject([{ fields: { name: 'signed up', person: expect.stringMatching(/^[0-9a-f]{24}$/) } }]);
    expect(JSON.stringify(told())).not.toMatch(/ada|gold/);
  });

  it.each(['send', 'cancel', 'open', 'click', 'purchase', 'daily'])('refuses the reserved name %s', async (name) => {
    expect(await event('POST', { id: 'ada@example.com', event: name })).toMatchObject({
      status: 400,
      body: { error: 99 },
    });
    expect(told()).toEqual([]);
  });

  it.each<[Json, number, number]>([
    [{ event: 'x' }, 400, 2],
    [{ id: 'ada@example.com' }, 400, 2],
    [{ id: 'ada@', event: 'x' }, 400, 11],
    [{ id: 'nobody', key: 'extid', event: 'x' }, 404, 99],
    [{ id: 'ada@example.com', event: 'ada@example.com' }, 400, 99],
    [{ id: 'ada@example.com', event: 'x', vars: 'y' }, 400, 99],
  ])('refuses %j', async (params, status, error) => {
    expect(await event('POST', params)).toMatchObject({ status, body: { error } });
  });
});
