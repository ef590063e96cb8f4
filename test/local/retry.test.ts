import { afterEach, describe, expect, it } from 'vitest';
import { cancelJob, retryJob } from '../../functions/jobs/control.ts';
import { exported, imported, importFile, readObject, settled } from '../helpers/jobs.ts';
import { closeHouses, duringBatch, memberCount, peopleCsv, smallHouse } from '../helpers/small-house.ts';

afterEach(closeHouses);

describe('a retry', () => {
  it('brings just the rejected rows again, and knows its parent', async () => {
    const house = await smallHouse();
    const parent = await imported(
      house,
      `email,city\na@example.com,Oslo\nnobody,Bergen\n"open,Rome\nb@example.com,Paris\n`,
    );
    expect(parent.counts).toEqual({ created: 2, rejected: 2 });
    const again = await retryJob(house.ports, house.client, parent.id);
    const ended = await settled(house, again);
    expect(ended).toMatchObject({ parent: parent.id, rows: 2, counts: { rejected: 2 }, state: 'completed' });
    expect(Object.values(ended.reasons).reduce((sum, rows) => sum + rows, 0)).toBe(2);
  });

  it('by hand is the mended file with the parent’s id', async () => {
    const house = await smallHouse();
    const parent = await imported(house, 'email,city\na@example.com,Oslo\nnobody,Bergen\n');
    const rejected = await readObject(house.ports, parent.files.rejected?.key ?? '');
    const mended = rejected.replace('nobody', 'b@example.com');
    const job = await imported(house, mended, { parent_job_id: parent.id });
    expect(job).toMatchObject({ parent: parent.id, state: 'completed', counts: { created: 1 } });
    expect((await exported(house, 'Main', { fields: { vars: 1 } }))[0]).toBe('"Profile Id","Email Hash",city');
  });

  it('of a cancelled job does the rest, exactly', async () => {
    const house = await smallHouse();
    const job = await importFile(house, peopleCsv(1000));
    duringBatch(house, 7, () => cancelJob(house.ports, house.client, job.id));
    await house.settle();
    const again = await retryJob(house.ports, house.client, job.id);
    expect(await settled(house, again)).toMatchObject({ state: 'completed', rows: 860, counts: { created: 860 } });
    expect(await memberCount(house)).toBe(1000);
  });

  it('that is asked for twice is one job', async () => {
    const house = await smallHouse();
    const parent = await imported(house, 'email\nnobody\n');
    const [one, other] = await Promise.all([1, 2].map(() => retryJob(house.ports, house.client, parent.id)));
    expect(one?.id).toBe(other?.id);
    await house.settle();
    expect((await retryJob(house.ports, house.client, parent.id)).id).toBe(one?.id);
  });

  it('is refused where nothing is left to do', async () => {
    const house = await smallHouse();
    const whole = await imported(house, peopleCsv(10));
    await expect(retryJob(house.ports, house.client, whole.id)).rejects.toMatchObject({ reason: 'not_allowed' });
    const running = await importFile(house, peopleCsv(10));
    await expect(retryJob(house.ports, house.client, running.id)).rejects.toMatchObject({ reason: 'not_allowed' });
  });

  it('of a job that failed before it wrote anything brings all of it', async () => {
    const house = await smallHouse();
    const failed = await imported(house, 'name\nAda\n');
    expect(failed.state).toBe('failed');
    const again = await retryJob(house.ports, house.client, failed.id);
    expect(await settled(house, again)).toMatchObject({ state: 'failed', parent: failed.id });
  });
});
