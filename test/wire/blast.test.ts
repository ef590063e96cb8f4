// Campaigns over the wire: as the public clients make, change, schedule, cancel, copy and remove them.
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { blastsInUse, findBlast } from '../../functions/jobs/campaigns/blasts.ts';
import { type House, openHouse } from '../helpers/house.ts';
import type { Json } from './calls.ts';
import { callEndpoint as call, type Method } from './calls.ts';

let house: House;
beforeEach(async () => {
  house = await openHouse();
});
afterEach(() => house.close());

const blast = (method: Method, params: Json) => call(house.app, method, '/blast', params);
const june = {
  name: 'June',
  list: 'Main',
  schedule_time: '2099-06-01 08:00:00',
  from_name: 'Shop',
  from_email: 'shop@example.com',
  subject: 'Hello',
  content_html: '<p>Hello</p>',
  content_text: 'Hello',
};
const made = async (params: Json = june): Promise<Json> => (await blast('POST', params)).body;
const rfc2822 = /^(Mon|Tue|Wed|Thu|Fri|Sat|Sun), \d\d [A-Z][a-z]{2} \d{4} \d\d:\d\d:\d\d [+-]\d{4}$/;

describe('POST /blast', () => {
  it('schedules what clients send in one call, and GET shows all of it', async () => {
    const { status, body } = await blast('POST', june);
    expect(status).toBe(200);
    expect(body).toMatchObject({ name: 'June', list: 'Main', status: 'scheduled', subject: 'Hello' });
    expect(Number.isInteger(body.blast_id)).toBe(true);
    const shown = await blast('GET', { blast_id: body.blast_id });
    expect(shown.body).toEqual(body);
    expect(shown.body).toMatchObject({
      from_name: 'Shop',
      from_email: 'shop@example.com',
      content_html: '<p>Hello</p>',
      content_text: 'Hello',
      mode: 'email',
      labels: [],
      email_count: 0,
      schedule_time: 'Mon, 01 Jun 2099 08:00:00 +0000',
      modify_time: expect.stringMatching(rfc2822),
      stats: { total: { count: 0 } },
    });
    expect(shown.body).not.toHaveProperty('error');
  });

  it('changes what is given and leaves the rest; an empty time takes the schedule back', async () => {
    const { blast_id } = await made();
    // As the PHP client does it: what is not to be changed is null.
    const changed = await blast('POST', { blast_id, name: 'July', list: null, subject: null, labels: ['a', 'b'] });
    expect(changed.body).toMatchObject({
      blast_id,
      name: 'July',
      list: 'Main',
      status: 'scheduled',
      labels: ['a', 'b'],
    });
    await blast('POST', { blast_id, content_text: 'Bye' });
    const cancelled = await blast('POST', { blast_id, schedule_time: '' });
    expect(cancelled.body).toMatchObject({ status: 'created', content_html: '<p>Hello</p>', content_text: 'Bye' });
    expect(cancelled.body).not.toHaveProperty('schedule_time');
  });

  it('takes one list whose people do not get it, or several', async () => {
    expect(await made({ ...june, suppress_list: 'Angry, very' })).toMatchObject({ suppress_list: ['Angry, very'] });
    expect(await made({ ...june, suppress_list: ['a', 'b'] })).toMatchObject({ suppress_list: ['a', 'b'] });
    expect(await blastsInUse(house.ports, house.client.id)).toEqual(new Set(['Main', 'Angry, very', 'a', 'b']));
  });

  it('reads times that are counted from now, on the clock of the client', async () => {
    const { schedule_time } = await made({ ...june, schedule_time: '+3 hours' });
    expect(Date.parse(String(schedule_time)) - house.now()).toBeGreaterThan(2.9 * 3600_000);
  });

  it('copies a campaign or a template, and what is given goes before', async () => {
    const { blast_id } = await made();
    const copy = await made({ copy_blast: blast_id, schedule_time: '2099-07-01', name: 'July' });
    expect(copy).toMatchObject({
      name: 'July',
      list: 'Main',
      subject: 'Hello',
      copy_blast_id: blast_id,
      status: 'scheduled',
    });
    expect(copy.blast_id).not.toBe(blast_id);
    const envelope = { from_name: 'Shop', from_email: 'shop@example.com', subject: 'Welcome' };
    await call(house.app, 'POST', '/template', { template: 'welcome', ...envelope, content_html: '<b>Hi</b>' });
    const byTemplate = await made({ copy_template: 'welcome', list: 'Main', schedule_time: 'tomorrow' });
    expect(byTemplate).toMatchObject({
      name: 'welcome',
      subject: 'Welcome',
      content_html: '<b>Hi</b>',
      status: 'scheduled',
    });
  });

  it('is told by whoever sends that a campaign is being sent and was sent; from then on it stays', async () => {
    const { blast_id } = await made({ ...june, schedule_time: '2020-06-01 08:00:00' });
    expect((await blast('POST', { blast_id, status: 'sending' })).body).toMatchObject({ status: 'sending' });
    const sent = await blast('POST', { blast_id, status: 'sent' });
    expect(sent.body).toMatchObject({ status: 'sent', start_time: expect.stringMatching(rfc2822) });
    expect((await blast('POST', { blast_id, status: 'sent' })).body.start_time).toBe(sent.body.start_time);
    expect((await blast('POST', { blast_id, labels: 'late' })).body).toMatchObject({ labels: ['late'] });
    for (const late of [{ schedule_time: '' }, { list: 'Other' }, { content_html: 'x' }, { status: 'draft' }])
      expect(await blast('POST', { blast_id, ...late })).toMatchObject({
        status: 409,
        body: { error: 99, errormsg: `The campaign ${blast_id} was sent already` },
      });
    expect(await blast('DELETE', { blast_id })).toMatchObject({ status: 409, body: { error: 41 } });
  });

  it('takes in campaigns of another system under their ids', async () => {
    const old = { blast_id: 1042, imported: 1, name: 'Old', list: 'Main', status: 'sent', start_time: '2020-06-01' };
    expect(await made(old)).toMatchObject({
      blast_id: 1042,
      status: 'sent',
      start_time: 'Mon, 01 Jun 2020 00:00:00 +0000',
    });
    expect(await blast('POST', old)).toMatchObject({ status: 409, body: { error: 99 } });
  });
});

describe('what is wrong with a campaign', () => {
  const { list: _l, ...noList } = june;
  const { from_email: _f, ...noSender } = june;
  const { content_html: _h, content_text: _t, ...noContent } = june;
  it.each<[string, Method, Json, number, number, string]>([
    ['no name', 'POST', { list: 'Main' }, 400, 2, 'Missing required parameter: name'],
    ['no list', 'POST', noList, 400, 2, 'Missing required parameter: list'],
    ['no sender', 'POST', noSender, 400, 2, 'Missing required parameter: from_email'],
    ['no content', 'POST', noContent, 400, 2, 'Missing required parameter: content_html'],
    ['a name that is an array', 'POST', { ...june, name: ['x'] }, 400, 99, 'Invalid name'],
    ['a name with a line break', 'POST', { ...june, name: 'a\nb' }, 400, 99, 'Invalid name'],
    ['no time', 'POST', { ...june, schedule_time: 'soon' }, 400, 18, 'Invalid schedule_time: soon'],
    ['an unknown status', 'POST', { ...june, status: 'flying' }, 400, 99, 'Invalid status'],
    ['a change of nothing', 'POST', { blast_id: 7, name: 'x' }, 404, 13, 'Unknown blast_id: 7'],
    ['a copy of nothing', 'POST', { copy_blast: 7 }, 404, 13, 'Unknown blast_id: 7'],
    ['a copy of no template', 'POST', { ...june, copy_template: 'x' }, 404, 14, 'Unknown template: x'],
    ['an unknown id', 'GET', { blast_id: 1 }, 404, 13, 'Unknown blast_id: 1'],
    ['an id that is none', 'GET', { blast_id: 'x' }, 404, 13, 'Unknown blast_id: x'],
    ['nothing asked for', 'GET', {}, 400, 2, 'Missing required parameter: blast_id'],
    ['a list of an unknown status', 'GET', { status: 'flying' }, 400, 99, 'Invalid status'],
    ['a removal of nothing', 'DELETE', { blast_id: 5 }, 404, 13, 'Unknown blast_id: 5'],
    ['a removal without id', 'DELETE', {}, 400, 2, 'Missing required parameter: blast_id'],
  ])('%s is told in the documented way', async (_name, method, params, status, error, errormsg) => {
    const answer = await blast(method, params);
    expect([answer.status, answer.body]).toEqual([status, { error, errormsg }]);
  });

  it('is never another client’s business', async () => {
    const { blast_id } = await made();
    await house.ports.clients.put({ id: 'other', apiKey: 'f'.repeat(32), secret: 'e'.repeat(32) });
    expect(await findBlast(house.ports, 'other', Number(blast_id))).toBeUndefined();
  });
});

describe('DELETE /blast', () => {
  it('removes what has not gone out', async () => {
    const { blast_id } = await made();
    expect((await blast('DELETE', { blast_id })).body).toEqual({ ok: true, blast_id });
    expect((await blast('GET', { blast_id })).body).toMatchObject({ error: 13 });
  });
});
