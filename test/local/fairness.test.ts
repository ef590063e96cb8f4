import { afterEach, describe, expect, it } from 'vitest';
import type { Client } from '../../functions/jobs/ports.ts';
import { submit } from '../../functions/jobs/submit.ts';
import { importFile, readJob } from '../helpers/jobs.ts';
import { closeHouses, peopleCsv, smallHouse } from '../helpers/small-house.ts';

afterEach(closeHouses);

describe('a small job of another client', () => {
  it.each([
    ['that runs where it is planned', 50, 1_000],
    ['that has a chunk of its own', 50, 0],
  ])('%s ends within two chunks of a large job that was there before', async (_what, rows, inlineRows) => {
    const house = await smallHouse({ batch: 100, tuning: { chunkRows: 100, inlineRows, window: 8, lookEvery: 0 } });
    const large = await importFile(house, peopleCsv(3_000));
    for (let steps = 0; steps < 10; steps++) await house.step();
    const before = (await readJob(house.ports, large.id)).done.length;
    expect(before).toBeGreaterThan(3);
    await house.ports.clients.put({ id: 'other', apiKey: 'other-key', secret: 'other-secret' });
    const other = (await house.ports.clients.byId('other')) as Client;
    const emails = Array.from({ length: rows }, (_, i) => `q${i}@example.com`);
    const small = await submit(house.ports, other, {
      door: 'sailthru',
      type: 'import',
      params: { list: 'Other', emails },
    });
    while ((await readJob(house.ports, small.id)).state !== 'completed') await house.step();
    expect((await readJob(house.ports, large.id)).done.length - before).toBeLessThanOrEqual(2);
    await house.settle();
    expect(await readJob(house.ports, large.id)).toMatchObject({ state: 'completed', counts: { created: 3_000 } });
  });
});
