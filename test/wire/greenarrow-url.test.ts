// Subscriber imports by URL over the GreenArrow door: fetched when they begin, tried three times.
import { afterEach, beforeEach, expect, it } from 'vitest';
import { sidOf } from '../../functions/jobs/profile.ts';
import { type GreenArrowClient, greenarrowClient } from '../helpers/greenarrow-client.ts';
import { type House, openHouse } from '../helpers/house.ts';
import { startTarget, type Target } from './greenarrow-target.ts';

let house: House;
let client: GreenArrowClient;
let target: Target;
beforeEach(async () => {
  house = await openHouse();
  client = greenarrowClient(house.app.request);
  target = await startTarget();
});
afterEach(async () => {
  await target.close();
  await house.close();
});

const make = async (changes: Record<string, unknown>) => {
  const { id } = await client.data('POST', '/mailing_lists', { mailing_list: { name: 'Spring' } });
  const order = { column_mapping: ['email', 'first'], ...changes };
  return client.data('POST', `/mailing_lists/${id}/subscriber_imports`, { subscriber_import: order });
};
const read = (id: unknown) => client.data('GET', `/subscriber_imports/${id}`);

it('an import fetches its file when it begins, in its own characters, and is named by it', async () => {
  target.answer = Buffer.from('email,first\nzoe@example.com,Zoë\n', 'latin1');
  const url = `${target.url}/a/50-subscribers.csv?token=secret`;
  const made = await make({ file_source: { type: 'url', url }, file_format: { character_set: 'ISO-8859-1' } });
  expect(made).toMatchObject({ state: 'scheduled', file_source: { type: 'url', url } });
  expect((await client.jobs('all'))[0]).toMatchObject({ name: '50-subscribers.csv', progress_total: null });
  expect(target.calls).toBe(0);
  await house.settle();
  expect(await read(made.id)).toMatchObject({ state: 'finished', stats: { subscribers: { added: 1 } } });
  const [zoe] = await house.ports.profiles.read(house.client.id, [sidOf(house.client.id, 'zoe@example.com')]);
  expect(zoe?.vars).toEqual({ first: 'Zoë' });
});

it('an import is tried three times, with the next try told in between', async () => {
  const made = await make({ file_source: { type: 'url', url: `${target.url}/x.csv` } });
  for (const wait of [10, 50]) {
    await house.settle();
    const [job] = await client.jobs('unfinished');
    expect(job).toMatchObject({ state: 'downloading', retry_at: expect.stringMatching(/Z$/), name: 'x.csv' });
    house.advance(wait * 1000);
  }
  await house.settle();
  expect(target.calls).toBe(3);
  expect((await client.jobs('all'))[0]).toMatchObject({ state: 'failed', retry_at: null, progress_total: null });
  expect((await read(made.id)).error_message).toContain('could not be fetched');
});
