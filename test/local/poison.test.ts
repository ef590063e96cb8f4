import { afterEach, describe, expect, it } from 'vitest';
import { cancelJob } from '../../functions/jobs/control.ts';
import { failJob } from '../../functions/jobs/fail.ts';
import { buryMessage } from '../../functions/jobs/handle.ts';
import { accountedRows } from '../../functions/jobs/job.ts';
import type { House } from '../helpers/house.ts';
import { importFile, readJob, settled } from '../helpers/jobs.ts';
import { closeHouses, duringBatch, memberCount, peopleCsv, resultLines, smallHouse } from '../helpers/small-house.ts';

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

  it('is cancelled all the same when that was asked for', async () => {
    const house = await smallHouse();
    const job = await importFile(house, peopleCsv(300));
    duringBatch(house, 3, () => cancelJob(house.ports, house.client, job.id));
    const { put } = house.ports.files;
    house.ports.files = {
      ...house.ports.files,
      put: async (key, ...rest) => {
        if (key.endsWith('/not-processed.csv')) throw new Error('no room for results');
        return put(key, ...rest);
      },
    };
    const ended = await settled(house, job);
    expect(ended).toMatchObject({ state: 'cancelled', counts: { created: 60, not_processed: 240 } });
  });

  it('is not ended by a message to its planner that died long before', async () => {
    const house = await smallHouse();
    const job = await importFile(house, `${peopleCsv(300)}nobody\n`);
    const { join } = house.ports.files;
    house.ports.files = {
      ...house.ports.files,
      join: async (...args) => {
        house.ports.files = { ...house.ports.files, join };
        await buryMessage(house.ports, { v: 1, kind: 'plan', job: job.id });
        return join(...args);
      },
    };
    expect(await settled(house, job)).toMatchObject({ state: 'completed', counts: { created: 300, rejected: 1 } });
  });
});

describe('a job that fails in the middle', () => {
  it('gives every row an outcome', async () => {
    const house = await smallHouse();
    const job = await importFile(house, peopleCsv(1000));
    duringBatch(house, 8, async () => {
      const now = await readJob(house.ports, job.id);
      await failJob(house.ports, now, { class: 'internal', message: 'The plan of the job is gone' });
    });
    const ended = await settled(house, job);
    expect(ended).toMatchObject({ state: 'incomplete', counts: { created: 100, not_processed: 900 } });
    expect(accountedRows(ended.counts)).toBe(1000);
  });
});
