// The end of every job is told to other systems: once when nothing goes wrong, the same again when something does.
import { afterEach, beforeEach, expect, it } from 'vitest';
import { sweep } from '../../functions/jobs/sweep.ts';
import { type House, openHouse } from '../helpers/house.ts';
import { imported } from '../helpers/jobs.ts';

let house: House;
/** How many times the bus is away from now on. */
let away = 0;
beforeEach(async () => {
  away = 0;
  house = await openHouse({
    wrap: (ports) => ({
      ...ports,
      events: {
        async publish(events) {
          if (away-- > 0) throw new Error('the bus is away');
          await ports.events.publish(events);
        },
      },
    }),
  });
});
afterEach(() => house.close());

const told = () => house.logs.filter(({ code }) => code === 'event.told').map(({ fields }) => fields);

it('tells the end of a job with its counts, and nothing of what was in it', async () => {
  const { id } = await imported(house, 'email,city\nada@example.com,London\nnot an address,Paris\n');
  expect(told()).toEqual([
    {
      event: `job.ended ${id}`,
      kind: 'job.ended',
      client: house.client.id,
      at: expect.any(Number),
      job: id,
      type: 'import',
      state: 'completed',
      mode: 'run',
      rows: 2,
      created: 1,
      rejected: 1,
    },
  ]);
  expect(JSON.stringify(told())).not.toMatch(/ada|London|Main/);
});

it('does not tell it again when the sweeper comes for files and reports', async () => {
  await imported(house, 'email\nada@example.com\nnot an address\n');
  for (let day = 0; day < 9; day++) {
    house.advance(24 * 3600_000);
    await sweep(house.ports);
  }
  expect(told()).toHaveLength(1);
});

it('tells it later when the bus was away, under the same id and with the same time', async () => {
  away = 1;
  const { id, finishedAt } = await imported(house, 'email\nada@example.com\n');
  expect(told()).toEqual([]);
  house.advance(3 * 60_000);
  await sweep(house.ports);
  expect(told()).toMatchObject([{ event: `job.ended ${id}`, at: finishedAt }]);
});
