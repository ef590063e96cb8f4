// Reports that somebody asks for once more: sent again as often as a first one, and never twice for one wish.
import { readdirSync } from 'node:fs';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { jobAnswer } from '../../functions/doors/console/schemas.ts';
import { sweep } from '../../functions/jobs/sweep.ts';
import { consoleClient } from '../helpers/console-client.ts';
import { type House, openHouse } from '../helpers/house.ts';
import { readJob } from '../helpers/jobs.ts';

let house: House;
let client: ReturnType<typeof consoleClient>;
let statuses: number[];
let posted: { body: string; id: string }[];
beforeEach(async () => {
  [statuses, posted] = [[], []];
  house = await openHouse({
    wrap: (ports) => ({
      ...ports,
      hooks: {
        ...ports.hooks,
        post: async (_url, body, headers) => {
          posted.push({ body, id: headers['webhook-id'] ?? '' });
          return statuses.shift() ?? 200;
        },
      },
    }),
  });
  client = consoleClient(house.app.request, undefined, house.now);
});
afterEach(() => house.close());

const order = async (): Promise<string> => {
  const told = { report_email: 'boss@example.com', postback_url: 'http://127.0.0.1:1/' };
  const { body } = await client.submit({ type: 'import', list: 'Main', emails: 'ada@example.com', ...told });
  await house.settle();
  house.advance(1000);
  return body.id;
};
const again = (id: string, body?: unknown) =>
  client.call('POST', `/jobs/${id}/reports`, body === undefined ? undefined : JSON.stringify(body));
const mails = () => readdirSync(join(house.home, 'mailbox')).filter((name) => name.endsWith('.eml')).length;

it('are a second mail and the same postback under the same id', async () => {
  const id = await order();
  expect([posted.length, mails()]).toEqual([1, 1]);
  const { status, body } = await again(id);
  expect(status).toBe(200);
  expect(jobAnswer.parse(body).reports).toMatchObject([
    { channel: 'mail', state: 'due', attempts: 1 },
    { channel: 'postback', state: 'due', attempts: 1 },
  ]);
  await house.settle();
  expect([posted.length, mails()]).toEqual([2, 2]);
  expect(posted[1]?.id).toBe(posted[0]?.id);
  expect((await client.job(id)).body.reports).toMatchObject([
    { state: 'delivered', attempts: 2, before: 1 },
    { state: 'delivered', attempts: 2, before: 1 },
  ]);
});

it('may be asked for by channel', async () => {
  const id = await order();
  await again(id, { channel: 'postback' });
  await house.settle();
  expect([posted.length, mails()]).toEqual([2, 1]);
});

it('have all their tries anew, also when the first were used up', async () => {
  statuses = [404];
  const id = await order();
  expect((await client.job(id)).body.reports[1]).toMatchObject({ state: 'failed', answer: '404' });
  statuses = [503, 503];
  await again(id, { channel: 'postback' });
  for (let wait = 0; wait < 3; wait++) {
    await house.settle();
    house.advance(60_000);
  }
  await house.settle();
  expect((await client.job(id)).body.reports[1]).toMatchObject({ state: 'delivered', attempts: 4, before: 1 });
});

it('are sent once for two wishes while they are on their way', async () => {
  const id = await order();
  await again(id, { channel: 'postback' });
  await again(id, { channel: 'postback' });
  await house.settle();
  expect(posted).toHaveLength(2);
});

it('are found by the sweeper when their message got lost', async () => {
  const id = await order();
  const { deliver } = house.ports.jobs;
  // As if the process had died right behind the write.
  house.ports.jobs.deliver = async (...args) => {
    await deliver(...args);
    throw new Error('died');
  };
  expect((await again(id, { channel: 'postback' })).status).toBe(500);
  house.ports.jobs.deliver = deliver;
  expect((await readJob(house.ports, id)).deliveries.postback?.state).toBe('due');
  house.advance(180_000);
  await sweep(house.ports);
  await house.settle();
  expect(posted).toHaveLength(2);
});

it('are refused for a job that has not ended, or was ordered without an address', async () => {
  const waiting = await client.submit({ type: 'import', list: 'Main', emails: 'ada@example.com' });
  expect((await again(waiting.body.id)).body.error).toMatchObject({ code: 'not_allowed' });
  await house.settle();
  const { status, body } = await again(waiting.body.id);
  expect([status, body.error.message]).toEqual([
    409,
    'The job has no such report: it was ordered without an address for it',
  ]);
  expect((await again(waiting.body.id, { channel: 'pigeon' })).status).toBe(400);
});
