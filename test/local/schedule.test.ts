import { afterEach, describe, expect, it } from 'vitest';
import { pauseJob, resumeJob } from '../../functions/jobs/control.ts';
import { sweep } from '../../functions/jobs/sweep.ts';
import { importFile, readJob, settled } from '../helpers/jobs.ts';
import { closeHouses, peopleCsv, smallHouse } from '../helpers/small-house.ts';

afterEach(closeHouses);

describe('a job with a time to begin', () => {
  it('waits for it, and begins without the sweeper when it is near', async () => {
    const house = await smallHouse();
    const at = Math.ceil(house.now() / 1000) + 600;
    const job = await importFile(house, peopleCsv(10), { begins_at: at });
    await house.settle();
    expect(await readJob(house.ports, job.id)).toMatchObject({ state: 'scheduled', beginsAt: at * 1000 });
    house.advance(601_000);
    expect(await settled(house, job)).toMatchObject({ state: 'completed' });
    expect((await readJob(house.ports, job.id)).startedAt).toBeGreaterThanOrEqual(at * 1000);
  });

  it('is found by the sweeper when it is days away', async () => {
    const house = await smallHouse();
    const date = new Date(house.now() + 3 * 24 * 3600_000).toISOString().slice(0, 10);
    const job = await importFile(house, peopleCsv(10), { begins_at: date });
    for (let hours = 0; hours < 73; hours++) {
      await sweep(house.ports);
      await house.settle();
      if ((await readJob(house.ports, job.id)).state !== 'scheduled') break;
      expect(house.now()).toBeLessThan(Date.parse(date) + 3600_000);
      house.advance(3600_000);
    }
    expect((await readJob(house.ports, job.id)).state).toBe('completed');
  });

  it('begins at once when that time has passed, and may be paused and cancelled before it comes', async () => {
    const house = await smallHouse();
    const past = await importFile(house, peopleCsv(10), { begins_at: '2020-01-01' });
    expect(past).toMatchObject({ state: 'pending' });
    const later = await importFile(house, peopleCsv(10), { begins_at: Math.ceil(house.now() / 1000) + 600 });
    await pauseJob(house.ports, house.client, later.id);
    house.advance(601_000);
    await house.settle();
    expect((await readJob(house.ports, later.id)).state).toBe('paused');
    expect((await resumeJob(house.ports, house.client, later.id)).state).toBe('pending');
    expect((await settled(house, later)).state).toBe('completed');
  });
});
