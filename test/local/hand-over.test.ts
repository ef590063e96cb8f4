import { afterEach, describe, expect, it } from 'vitest';
import { handleMessage } from '../../functions/jobs/handle.ts';
import { importFile, readJob } from '../helpers/jobs.ts';
import { closeHouses, peopleCsv, smallHouse } from '../helpers/small-house.ts';

afterEach(closeHouses);

describe('a worker whose time runs out', () => {
  it('hands over where it stopped, and nothing is done twice', async () => {
    const house = await smallHouse();
    const job = await importFile(house, peopleCsv(300));
    const written: number[] = [];
    const { apply } = house.ports.profiles;
    house.ports.profiles = {
      ...house.ports.profiles,
      apply: async (client, changes) => {
        written.push(changes.length);
        return apply(client, changes);
      },
    };
    // Time for two batches, then it is short.
    for (let left = 2; ; left = 2) {
      const received = house.ports.messages.receive('work');
      if (!received) break;
      const timeLeft = () => (written.length > 0 && left-- <= 0 ? 1_000 : 300_000);
      await handleMessage(house.ports, received.message, timeLeft, false);
      house.ports.messages.done(received.id);
    }
    expect(await readJob(house.ports, job.id)).toMatchObject({ state: 'completed', counts: { created: 300 } });
    expect(written.reduce((sum, rows) => sum + rows, 0)).toBe(300);
    expect(written.length).toBe(15);
  });
});
