// The public Node client's own helpers for campaigns, templates and sends, unchanged.
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type House, openHouse } from '../helpers/house.ts';
import { createSailthruClient } from '../helpers/sailthru-client.ts';
import { apiKey, listen, secret } from './calls.ts';

let house: House;
let server: Awaited<ReturnType<typeof listen>>;
let client: ReturnType<typeof createSailthruClient>;
beforeAll(async () => {
  house = await openHouse();
  server = await listen(house.app);
  client = createSailthruClient(apiKey, secret, server.url);
});
afterAll(async () => {
  await server.close();
  await house.close();
});

const schedule = () =>
  client.call('scheduleBlast', 'June', 'Main', '+2 days', 'Shop', 's@example.com', 'Hi', '<b>Hi</b>', 'Hi');

describe('the Node client', () => {
  it('saves templates, reads them and their revisions, and removes them', async () => {
    expect(await client.call('getTemplates')).toEqual({ templates: [] });
    const first = await client.call('saveTemplate', 'news', { subject: '1', content_html: 'one' });
    await client.call('saveTemplate', 'news', { subject: '2', content_html: 'two' });
    expect(await client.call('getTemplate', 'news')).toMatchObject({ subject: '2', content_html: 'two' });
    expect(await client.call('getTemplateFromRevision', first.revision)).toMatchObject({ content_html: 'one' });
    const restored = await client.call('saveTemplateFromRevision', 'news', first.revision);
    expect(restored).toMatchObject({ name: 'news', subject: '1', content_html: 'one' });
    expect(restored.revision).toBeGreaterThan(Number(first.revision));
    expect(await client.call('deleteTemplate', 'news')).toMatchObject({ ok: true });
  });

  it('schedules, changes, unschedules, pauses and ends campaigns', async () => {
    const { blast_id: id } = await schedule();
    expect(await client.call('getBlast', id)).toMatchObject({ blast_id: id, status: 'scheduled' });
    expect(await client.call('updateBlast', id, { name: 'July' })).toMatchObject({ name: 'July', status: 'scheduled' });
    expect(await client.call('unscheduleBlast', id)).toMatchObject({ status: 'created' });
    expect(await client.call('scheduleBlastFromBlast', id, 'tomorrow')).toMatchObject({
      status: 'scheduled',
      name: 'July',
    });
    await client.call('saveTemplate', 'news', { subject: 'News', content_html: 'new' });
    expect(await client.call('scheduleBlastFromTemplate', id, 'news', 'Other', 'tomorrow')).toMatchObject({
      name: 'July',
      list: 'Other',
      subject: 'News',
      content_html: 'new',
    });
    await client.call('updateBlast', id, { status: 'sending' });
    expect(await client.call('pauseBlast', id)).toMatchObject({ status: 'sending', paused: true });
    expect(await client.call('resumeBlast', id)).toMatchObject({ status: 'sending', paused: false });
    expect(await client.call('cancelBlast', id)).toMatchObject({ status: 'sent' });
    await expect(client.call('deleteBlast', id)).rejects.toMatchObject({ statusCode: 409, error: 41 });
    const { blast_id: other } = await schedule();
    expect(await client.call('deleteBlast', other)).toMatchObject({ ok: true, blast_id: other });
  });

  it('sends to one and to many, asks and takes back', async () => {
    await client.call('saveTemplate', 'welcome', {});
    const one = await client.call('send', 'welcome', 'ada@example.com', { vars: { name: 'Ada' } });
    expect(await client.call('getSend', one.send_id)).toMatchObject({ email: 'ada@example.com', status: 'unknown' });
    const many = await client.call('multiSend', 'welcome', ['ada@example.com', 'bob@example.com']);
    expect(many).toMatchObject({ sent_count: 2 });
    const later = await client.call('send', 'welcome', 'ada@example.com', { schedule_time: '+1 hour' });
    expect(await client.call('cancelSend', later.send_id)).toMatchObject({ ok: true });
    await expect(client.call('cancelSend', one.send_id)).rejects.toMatchObject({ statusCode: 409, error: 41 });
  });
});
