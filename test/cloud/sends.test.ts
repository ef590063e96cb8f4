// Promises of the deployed system about sends: each function has the rights that telling them takes, and the bus hears of each.
import { afterAll, beforeAll, expect, it } from 'vitest';
import { until } from '../helpers/machine.ts';
import { callEndpoint as call, type Method } from '../wire/calls.ts';
import { type Bench, startBench } from './bench.ts';

let bench: Bench;
beforeAll(async () => {
  bench = await startBench();
});
afterAll(() => bench?.cloud.stop());

const app = { request: (path: string, init?: RequestInit) => fetch(bench.cloud.url + path, init) };
const ask = async (method: Method, path: string, params: Record<string, unknown>) =>
  (await call(app as Parameters<typeof call>[0], method, path, params)).body;
const told = (): unknown[] =>
  bench.cloud.events.filter(({ kind }) => kind === 'send.due').map(({ detail }) => detail.send);

it('tells a send at once through the API, and one that falls due through the sweeper', async () => {
  await ask('POST', '/template', { template: 'welcome', content_html: '<b>Hi</b>' });
  const now = await ask('POST', '/send', { template: 'welcome', email: 'ada@example.com' });
  expect(told()).toEqual([now.send_id]);
  const later = await ask('POST', '/send', {
    template: 'welcome',
    email: 'bob@example.com',
    schedule_time: '+2 seconds',
  });
  const back = await ask('POST', '/send', {
    template: 'welcome',
    email: 'eve@example.com',
    schedule_time: '+2 seconds',
  });
  expect(await ask('DELETE', '/send', { send_id: back.send_id })).toEqual({ send_id: back.send_id, ok: true });
  await until(
    async () => {
      await bench.cloud.tick();
      return told().length;
    },
    (count) => count > 1,
  );
  expect(told()).toEqual([now.send_id, later.send_id]);
  expect(await ask('GET', '/send', { send_id: later.send_id })).toMatchObject({
    status: 'unknown',
    template: 'welcome',
  });
});

it('keeps campaigns, repeats and ad plans, and finds the inventory out of these', async () => {
  const blast = await ask('POST', '/blast', { name: 'June', list: 'Main', status: 'sent', start_time: '2024-06-01' });
  expect(await ask('GET', '/blast', { status: 'sent', limit: 0 })).toMatchObject({
    blasts: [{ blast_id: blast.blast_id }],
  });
  await ask('POST', '/blast_repeat', { name: 'Weekly', list: 'Main' });
  await ask('POST', '/ad/plan', { name: 'Spring', schedule: ['Mon'], zones: ['top'] });
  for (const job of ['ad_inventory', 'export_scheduled_sends']) {
    const { job_id } = await ask('POST', '/job', { job, start_date: '20240603', end_date: '20240603' });
    expect(await bench.ended(String(job_id))).toMatchObject({ state: 'completed' });
  }
});

it('asked for nothing that the template does not allow', () => {
  expect(bench.cloud.denied).toEqual([]);
});
