import { afterEach, describe, expect, it } from 'vitest';
import { retryJob } from '../../functions/jobs/control.ts';
import { exported, imported, readObject } from '../helpers/jobs.ts';
import { closeHouses, peopleCsv, resultLines, smallHouse } from '../helpers/small-house.ts';

afterEach(closeHouses);

describe('a job in mode plan', () => {
  it('reads and matches everything, writes nothing, and says what it would do', async () => {
    const house = await smallHouse();
    await imported(house, peopleCsv(250));
    const before = await exported(house, 'Main');
    const lines = [
      ...peopleCsv(100).trimEnd().split('\n'),
      ...peopleCsv(400, 'Bergen').split('\n').slice(201, 401),
      'nobody,x',
      'p399@example.com,Rome',
      '',
    ];
    const job = await imported(house, lines.join('\n'), { mode: 'plan' });
    expect(job).toMatchObject({ state: 'completed', mode: 'plan', rows: 302 });
    expect(job.counts).toEqual({ unchanged: 100, updated: 50, created: 150, rejected: 1, duplicate: 1 });
    expect(job.usage.plannedUnits).toBe(50 + 2 * 150);
    expect(await exported(house, 'Main')).toEqual(before);
    const changes = JSON.parse(await readObject(house.ports, job.files.changes?.key ?? ''));
    expect(changes.length).toBeGreaterThan(10);
    expect(changes.find((change: { outcome: string }) => change.outcome === 'updated')).toEqual({
      line: 102,
      outcome: 'updated',
      email: 'p200@example.com',
      before: { city: 'Oslo' },
      after: { city: 'Bergen' },
    });
    expect((await resultLines(house, job, 'rejected')).length).toBe(2);
  });

  it('makes no list, and cannot be retried', async () => {
    const house = await smallHouse();
    const job = await imported(house, peopleCsv(10), { mode: 'plan', list: 'Nowhere' });
    expect(job.counts).toEqual({ created: 10 });
    expect(await house.ports.lists.all(house.client.id)).toEqual([]);
    await expect(retryJob(house.ports, house.client, job.id)).rejects.toMatchObject({ reason: 'not_allowed' });
  });
});
