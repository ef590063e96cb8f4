import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { submitDrop } from '../../functions/jobs/drop.ts';
import { submit } from '../../functions/jobs/submit.ts';
import { type House, openHouse } from '../helpers/house.ts';
import { exported, settled } from '../helpers/jobs.ts';

describe('the same request twice', () => {
  let house: House;
  beforeAll(async () => {
    house = await openHouse();
  });
  afterAll(() => house.close());

  const post = (fingerprint: string, key = 'k1') =>
    submit(house.ports, house.client, {
      door: 'sailthru',
      type: 'import',
      params: { list: 'Main', emails: 'a@example.com' },
      idempotency: { key, fingerprint },
    });

  it('is one job under one Idempotency-Key', async () => {
    const first = await post('same');
    expect((await post('same')).id).toBe(first.id);
    await settled(house, first);
    expect((await post('same')).id).toBe(first.id);
    expect((await post('same', 'k2')).id).not.toBe(first.id);
  });

  it('is a conflict when the request differs', async () => {
    await expect(post('other')).rejects.toMatchObject({ reason: 'idempotency_conflict' });
  });

  it('is one job when many come at once, and each of them brought the addresses', async () => {
    const jobs = await Promise.all(Array.from({ length: 20 }, () => post('race', 'k3')));
    expect(new Set(jobs.map((job) => job.id)).size).toBe(1);
    const [job] = jobs;
    if (!job) return;
    const left = await house.ports.files.list(`jobs/${job.id}/`);
    expect(left).toEqual([job.source && 'key' in job.source ? job.source.key : '']);
    expect(await settled(house, job)).toMatchObject({ state: 'completed', rows: 1 });
  });

  it('does not disturb the plan of the first when the second comes while the first is planned', async () => {
    const { create } = house.ports.jobs;
    house.ports.jobs.create = async (job) => {
      house.ports.jobs.create = create;
      // Between the claim and the job of the first request the second one does all of its work.
      const second = await post('overtaken', 'k5');
      await house.step();
      const made = await create.call(house.ports.jobs, job);
      expect(made).toBe(false);
      expect(second.id).toBe(job.id);
      return made;
    };
    expect(await settled(house, await post('overtaken', 'k5'))).toMatchObject({ state: 'completed', rows: 1 });
  });

  it('finishes a request that died between claim and job', async () => {
    const { create } = house.ports.jobs;
    house.ports.jobs.create = () => Promise.reject(new Error('the process dies here'));
    await expect(post('crash', 'k4')).rejects.toThrow('dies');
    house.ports.jobs.create = create;
    const job = await post('crash', 'k4');
    expect((await settled(house, job)).state).toBe('completed');
  });

  it('is one import when the event of a dropped file comes twice, and a new one when the file changed', async () => {
    const key = 'uploads/imports/demo/Dropped list/people.csv';
    await house.ports.files.put(key, 'email\ndropped@example.com\n');
    const [first, second] = [await submitDrop(house.ports, key, 'v1'), await submitDrop(house.ports, key, 'v1')];
    expect(second?.id).toBe(first?.id);
    if (first) expect((await settled(house, first)).counts).toEqual({ created: 1 });
    expect(await exported(house, 'Dropped list')).toHaveLength(2);
    // A restart on one machine finds the file again as long as it lies there.
    house.advance(8 * 24 * 3600_000);
    expect((await submitDrop(house.ports, key, 'v1'))?.id).toBe(first?.id);
    expect((await submitDrop(house.ports, key, 'v2'))?.id).not.toBe(first?.id);
  });

  it.each([
    'uploads/imports/demo/people.csv',
    'uploads/imports/nobody/Main/people.csv',
    'uploads/spool/a',
    'uploads/imports/demo/Main//a',
    'uploads/imports/demo/../a',
    'uploads/imports/demo/Main/a\\b',
  ])('is no job for %s', async (key) => {
    expect(await submitDrop(house.ports, key, 'v1')).toBeUndefined();
  });
});
