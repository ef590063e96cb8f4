// Erasing lists in bulk: exactly those that were named, once, whatever happens on the way.
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { readMailbox } from '../../functions/embedded/mailbox.ts';
import type { BlastStatus } from '../../functions/jobs/campaigns/blast.ts';
import { changeBlast, createBlast } from '../../functions/jobs/campaigns/blasts.ts';
import type { Job } from '../../functions/jobs/job.ts';
import { type House, openHouse } from '../helpers/house.ts';
import { exported, imported, settled, submitJob } from '../helpers/jobs.ts';
import { personOf } from '../helpers/people.ts';
import { callEndpoint, jobOf } from '../wire/calls.ts';

let house: House;
beforeEach(async () => {
  house = await openHouse();
});
afterEach(() => house.close());

const makeLists = async (...names: string[]): Promise<void> => {
  for (const name of names) await house.ports.lists.ensure(house.client.id, name, house.now());
};
const namesLeft = async (): Promise<string[]> => (await house.ports.lists.all(house.client.id)).map(({ name }) => name);
const campaign = async (list: string, status: BlastStatus): Promise<number> => {
  const at = house.now();
  const blast = await createBlast(
    house.ports,
    house.client.id,
    { name: list, list, status, labels: [], more: {}, createdAt: at, modifiedAt: at },
    {},
  );
  if (!blast) throw new Error('no campaign');
  return blast.id;
};
const erase = async (lists: unknown, more: Record<string, unknown> = {}): Promise<Job> =>
  settled(house, await submitJob(house, 'list_erase', { lists, ...more }));

describe('list_erase', () => {
  it('erases the lists that it names, tells which were not there, and leaves people and other lists', async () => {
    await imported(house, 'email,city\nada@example.com,Oslo\n', { list: 'A' });
    await imported(house, 'email\nada@example.com\n', { list: 'B' });
    const job = await erase(['A', 'C'], { report_email: 'me@example.com' });
    expect(job).toMatchObject({
      state: 'completed',
      name: 'Bulk List Erase: 2 requested',
      rows: 2,
      counts: { updated: 1, rejected: 1 },
      reasons: { 'no list has this name': 1 },
      result: { remove_count: 1, deleted: ['A'], in_use: [], not_found: ['C'] },
    });
    expect(await namesLeft()).toEqual(['B']);
    expect((await personOf(house, 'ada@example.com')).vars).toEqual({ city: 'Oslo' });
    const [mail] = await readMailbox(house.home);
    for (const line of ['Remove count: 1', 'Deleted: A', 'Not found: C']) expect(mail?.text).toContain(line);
    expect(await exported(house, 'B', { fields: { lists: 1 } })).toEqual([
      '"Profile Id","Email Hash",Lists',
      expect.stringMatching(/,B$/),
    ]);
  });

  it('leaves lists that a scheduled or sending campaign needs, and erases them once it was sent', async () => {
    await makeLists('A', 'B', 'C', 'D');
    const made = [];
    for (const [list, status] of [
      ['A', 'scheduled'],
      ['B', 'sending'],
      ['C', 'sent'],
      ['D', 'created'],
    ] as const)
      made.push(await campaign(list, status));
    const job = await erase(['A', 'B', 'C', 'D']);
    expect(job).toMatchObject({ state: 'completed', counts: { updated: 2, skipped: 2 } });
    expect(job.result).toMatchObject({ deleted: ['C', 'D'], in_use: ['A', 'B'], not_found: [] });
    expect(await namesLeft()).toEqual(['A', 'B']);
    expect((await callEndpoint(house.app, 'DELETE', 'list', { list: 'A' })).body).toEqual({
      error: 99,
      errormsg: 'The list A is used by a campaign that is scheduled or being sent',
    });
    for (const blast of made)
      await changeBlast(house.ports, house.client.id, blast, (found) => ({ ...found, status: 'sent' }));
    expect((await erase(['A', 'B'])).counts).toEqual({ updated: 2 });
  });

  it('gives the name to a new list that has none of the old members', async () => {
    await imported(house, 'email\nada@example.com\nbob@example.com\n', { list: 'A' });
    await erase(['A']);
    await imported(house, 'email\nbob@example.com\n', { list: 'A' });
    expect(await exported(house, 'A', { fields: { a: 1 } })).toHaveLength(2);
  });

  it('takes names with any characters, numbers, PHP arrays with gaps, and each name once', async () => {
    const names = ['x,y', '"quoted"', "'; DROP TABLE lists; --", '__proto__', 'Grüße 🚚', '../up'];
    await makeLists(...names, '7');
    const rest = names.slice(2).map((name, index) => [10 + index, name]);
    const job = await erase({ 1: names[0], 4: names[1], 5: names[1], 6: 7, ...Object.fromEntries(rest) });
    expect(job.counts).toEqual({ updated: 7, duplicate: 1 });
    expect(await namesLeft()).toEqual([]);
  });

  it('erases 1,000 lists in one small job', async () => {
    const names = Array.from({ length: 1000 }, (_, i) => `list ${i}`);
    await makeLists(...names, 'other');
    const job = await erase(names);
    expect(job).toMatchObject({ state: 'completed', counts: { updated: 1000 }, result: { remove_count: 1000 } });
    expect(await namesLeft()).toEqual(['other']);
  });

  it('only tells in a plan what it would erase', async () => {
    await makeLists('A');
    const job = await erase(['A', 'B'], { mode: 'plan' });
    expect(job).toMatchObject({ state: 'completed', counts: { updated: 1, rejected: 1 } });
    expect(await namesLeft()).toEqual(['A']);
  });

  it('with no names does nothing', async () => {
    expect(await erase([])).toMatchObject({ state: 'completed', rows: 0, result: { remove_count: 0 } });
  });

  it('is refused with the documented words, as a success of HTTP', async () => {
    const post = (params: object) => callEndpoint(house.app, 'POST', 'job', { job: 'list_erase', ...params });
    const notAnArray = { error: 99, errormsg: 'The lists parameter must be passed as an array' };
    for (const params of [{}, { lists: 'A,B' }, { lists: null }, { lists: { a: 'A' } }, { lists: [['A']] }]) {
      const { status, body } = await post(params);
      expect([status, body]).toEqual([200, notAnArray]);
    }
    const many = await post({ lists: Array.from({ length: 1001 }, (_, i) => `l${i}`) });
    const tooMany = { error: 99, errormsg: 'Request exceeds limit of 1,000 lists. No lists deleted' };
    expect([many.status, many.body]).toEqual([200, tooMany]);
  });

  it('answers over the wire with what was deleted, in use and not found', async () => {
    await makeLists('A');
    const { body } = await callEndpoint(house.app, 'POST', 'job', { job: 'list_erase', lists: ['A', 'C'] });
    expect(body).toEqual({ job_id: body.job_id, name: 'Bulk List Erase: 2 requested', status: 'pending' });
    expect(await jobOf(house, body.job_id)).toMatchObject({
      status: 'completed',
      remove_count: 1,
      deleted: ['A'],
      in_use: [],
      not_found: ['C'],
    });
  });
});

describe('a list_erase whose worker dies', () => {
  it('counts what the first try erased as erased, and leaves a list that was made anew since', async () => {
    let deaths = 1;
    await house.close();
    house = await openHouse({
      wrap: (ports) => ({
        ...ports,
        lists: {
          ...ports.lists,
          async erase(client, lists) {
            if (deaths-- <= 0) return ports.lists.erase(client, lists);
            await ports.lists.erase(client, lists.slice(0, 2));
            await ports.lists.ensure(client, 'B', ports.clock.now() + 5000);
            throw new Error('killed');
          },
        },
      }),
    });
    await makeLists('A', 'B', 'C');
    const job = await erase(['A', 'B', 'C', 'D']);
    expect(job).toMatchObject({ state: 'completed', counts: { updated: 3, rejected: 1 } });
    expect(job.result).toMatchObject({ deleted: ['A', 'B', 'C'], not_found: ['D'] });
    expect(await namesLeft()).toEqual(['B']);
  });
});
