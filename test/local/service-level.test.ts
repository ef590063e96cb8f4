// What on-call's promises are measured by: which jobs were late, and which do not come on.
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { pauseJob, resumeJob } from '../../functions/jobs/control.ts';
import { sweep } from '../../functions/jobs/sweep.ts';
import { type House, openHouse } from '../helpers/house.ts';
import { imported, importFile, settled } from '../helpers/jobs.ts';

const minute = 60_000;
const people = 'email\nada@example.com\n';
let house: House;
beforeEach(async () => {
  house = await openHouse({ tuning: { inlineRows: 3, chunkRows: 2, window: 1 } });
});
afterEach(() => house.close());

const ends = () => house.logs.filter(({ code }) => code === 'job.ended').map(({ fields }) => fields);
const stands = () =>
  house.logs.filter(({ code }) => code === 'sweep.sent_on').map(({ fields }) => Number(fields.stands_ms));

describe('a small job', () => {
  it('counts as in time when it ends within two minutes, else as late', async () => {
    await imported(house, people);
    const waiting = await importFile(house, people);
    house.advance(3 * minute);
    await settled(house, waiting);
    expect(ends()).toMatchObject([
      { small: 1, late: 0 },
      { small: 1, late: 1 },
    ]);
  });

  it('is one of few rows', async () => {
    await imported(house, 'email\na@example.com\nb@example.com\nc@example.com\n');
    expect(ends()[0]).not.toHaveProperty('small');
  });

  it('does not count when a person held it', async () => {
    const job = await importFile(house, people);
    await pauseJob(house.ports, house.client, job.id);
    house.advance(60 * minute);
    await resumeJob(house.ports, house.client, job.id);
    await settled(house, job);
    expect(ends()[0]).toMatchObject({ state: 'completed' });
    expect(ends()[0]).not.toHaveProperty('small');
  });

  it('counts too when it fails', async () => {
    await imported(house, 'name\nnobody\n');
    expect(ends()).toMatchObject([{ state: 'failed', small: 1, late: 0 }]);
  });
});

describe('a job that nobody works on', () => {
  it('is told with the time for which it has stood, longer at each look', async () => {
    await importFile(house, people);
    for (let look = 0; look < 15; look++) {
      house.advance(minute);
      await sweep(house.ports);
    }
    const minutes = stands().map((ms) => Math.round(ms / minute));
    expect(minutes).toEqual([1, 6, 11]);
  });

  it('begins anew once it has come on', async () => {
    const job = await importFile(house, 'email\na@example.com\nb@example.com\nc@example.com\n');
    house.advance(2 * minute);
    await sweep(house.ports);
    // Planned, its chunk not begun.
    await house.step();
    house.advance(7 * minute);
    await sweep(house.ports);
    expect((await house.ports.jobs.read(job.id))?.phase).toBe('processing');
    expect(stands().map((ms) => Math.round(ms / minute))).toEqual([2, 7]);
    expect((await settled(house, job)).state).toBe('completed');
  });
});
