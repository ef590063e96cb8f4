import { afterEach, describe, expect, it } from 'vitest';
import type { House } from '../helpers/house.ts';
import { importFile, settled } from '../helpers/jobs.ts';
import { closeHouses, memberCount, peopleCsv, resultLines, smallHouse } from '../helpers/small-house.ts';

afterEach(closeHouses);

/** Writes of this person fail, whoever else is in the batch. */
const poison = (house: House, email: string): void => {
  const { apply } = house.ports.profiles;
  house.ports.profiles = {
    ...house.ports.profiles,
    apply: async (client, changes) => {
      if (changes.some((change) => change.kind === 'create' && change.profile.email === email))
        throw new Error('poison');
      return apply(client, changes);
    },
  };
};

describe('a chunk that can never be done', () => {
  it('is told: what its tries wrote counts as written, only the rest as not processed', async () => {
    const house = await smallHouse();
    poison(house, 'p150@example.com');
    const job = await settled(house, await importFile(house, peopleCsv(300)));
    expect(job).toMatchObject({ state: 'incomplete', counts: { created: 240, not_processed: 60 } });
    expect(await memberCount(house)).toBe(240);
    expect(await resultLines(house, job, 'notProcessed')).toHaveLength(61);
    expect(job.failure?.message).toBe('60 rows could not be processed after several tries');
  });

  it('counts whole as not processed when it cannot even be told', async () => {
    const house = await smallHouse();
    poison(house, 'p150@example.com');
    const { read } = house.ports.profiles;
    house.ports.profiles = {
      ...house.ports.profiles,
      read: async (client, sids, options) => {
        if (options?.fresh) throw new Error('poison for readers too');
        return read(client, sids, options);
      },
    };
    const job = await settled(house, await importFile(house, peopleCsv(300)));
    expect(job).toMatchObject({ state: 'incomplete', counts: { created: 200, not_processed: 100 } });
    expect(await resultLines(house, job, 'notProcessed')).toHaveLength(101);
  });
});

describe('a job whose results cannot be made', () => {
  it('ends all the same, with the counts of its rows and the reason', async () => {
    const house = await smallHouse();
    house.ports.files = {
      ...house.ports.files,
      join: async () => {
        throw new Error('no room for results');
      },
    };
    const job = await settled(house, await importFile(house, `${peopleCsv(300)}nobody\n`));
    expect(job).toMatchObject({ state: 'incomplete', counts: { created: 300, rejected: 1 } });
    expect(job.failure).toEqual({ class: 'internal', message: 'The results could not be made after several tries' });
  });

  it('completes when they can be made after all', async () => {
    const house = await smallHouse();
    const { join } = house.ports.files;
    let failures = 7;
    house.ports.files = {
      ...house.ports.files,
      join: async (...args) => {
        if (failures-- > 0) throw new Error('no room for results');
        return join(...args);
      },
    };
    const job = await settled(house, await importFile(house, `${peopleCsv(300)}nobody\n`));
    expect(job).toMatchObject({ state: 'completed', counts: { created: 300, rejected: 1 } });
    expect(await resultLines(house, job, 'rejected')).toHaveLength(2);
  });
});
