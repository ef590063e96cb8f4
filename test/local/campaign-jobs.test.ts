// The jobs over sends and ad plans, from request to result, as a caller of the protocol sees them.
import { afterEach, describe, expect, it } from 'vitest';
import { sweepSends } from '../../functions/jobs/sends/release.ts';
import { cancelSend } from '../../functions/jobs/sends/sends.ts';
import type { House } from '../helpers/house.ts';
import { readJob, readObject, settled, submitJob } from '../helpers/jobs.ts';
import { minute, sendsIn } from '../helpers/sends.ts';
import { closeHouses, smallHouse } from '../helpers/small-house.ts';
import { callEndpoint as call, type Json, jobOf, postJob, signed } from '../wire/calls.ts';

afterEach(closeHouses);

const newYork = async (): Promise<House> => {
  const house = await smallHouse();
  const settings = { ...house.client.settings, timeZone: 'America/New_York' };
  await house.ports.clients.put({ ...house.client, settings });
  return house;
};
const exportedLines = async (house: House): Promise<string[]> => {
  const job = await settled(house, await submitJob(house, 'export_scheduled_sends', {}));
  expect(job.state).toBe('completed');
  return (await readObject(house.ports, job.files.export?.key ?? '')).split('\n').slice(0, -1);
};

describe('export_scheduled_sends', () => {
  it('writes what is to come in order of time, and nothing that is out or was taken back', async () => {
    const house = await newYork();
    const later = await sendsIn(house, 300 * minute, ['late@example.com']);
    const [taken] = await sendsIn(house, 60 * minute, ['back@example.com']);
    const soon = await sendsIn(house, 2 * minute, ['soon@example.com']);
    const next = await sendsIn(house, 120 * minute, ['ada@example.com', 'bob@example.com']);
    await sendsIn(house, 0, ['now@example.com']);
    await cancelSend(house.ports, house.client.id, taken?.id ?? '');
    const lines = await exportedLines(house);
    expect(lines[0]).toBe('"Send Id",Template,Email,"Profile Id","Schedule Time"');
    const order = [...soon, ...next.toSorted((a, b) => (a.id < b.id ? -1 : 1)), ...later];
    const start = order.map(({ id, email, sid }) => `${id},welcome,${email},${sid},"`);
    expect(lines.slice(1).map((line, index) => line.slice(0, start[index]?.length))).toEqual(start);
    expect(lines[1]).toMatch(/,"[A-Z][a-z]{2}, \d\d [A-Z][a-z]{2} \d{4} \d\d:\d\d:\d\d -0[45]00"$/);
    house.advance(3 * minute);
    await sweepSends(house.ports);
    expect(await exportedLines(house)).toHaveLength(order.length);
  });

  it('has a name with the day, and a header alone when nothing is scheduled', async () => {
    const house = await newYork();
    const { body } = await postJob(house.app, signed({ job: 'export_scheduled_sends', report_email: 'a@example.com' }));
    expect(body).toEqual({ job_id: body.job_id, name: 'Export Scheduled Sends', status: 'pending' });
    const done = await jobOf(house, body.job_id);
    expect(done).toMatchObject({
      status: 'completed',
      rows: 0,
      filename: expect.stringMatching(/^scheduled_sends-\d{8}\.csv$/),
    });
    expect(await exportedLines(house)).toHaveLength(1);
  });

  it('keeps thousands in order, and those of other clients out', async () => {
    const house = await smallHouse();
    await sendsIn(house, 10 * minute, ['other@example.com'], 'other');
    const sends = (await Promise.all([5, 3, 4].map((hours) => sendsIn(house, hours * 60 * minute, 1000)))).flat();
    const lines = (await exportedLines(house)).slice(1);
    const order = sends.toSorted((a, b) => a.dueAt - b.dueAt || (a.id < b.id ? -1 : 1)).map(({ id }) => id);
    expect(lines.map((line) => line.slice(0, 16))).toEqual(order);
  });
});

describe('inventory', () => {
  const plan = (house: House, params: Json) => call(house.app, 'POST', '/ad/plan', params);

  it.each(['inventory', 'ad_inventory'])('is asked for as %s, and found in the job', async (job) => {
    const house = await smallHouse();
    await plan(house, { name: 'Spring', schedule: ['Mon'], zones: ['top'] });
    await plan(house, { name: 'Shoes', schedule_days: { 20240603: 1 }, zones: ['top', 'side'] });
    const order = { job, start_date: 20240602, end_date: '20240603' };
    const { status, body } = await postJob(house.app, signed(order));
    expect(status).toBe(200);
    expect(body).toMatchObject({
      name: 'Ad Inventory',
      start_date: '20240602',
      end_date: '20240603',
      status: 'pending',
    });
    expect(await jobOf(house, body.job_id)).toMatchObject({
      status: 'completed',
      inventory: {
        20240602: { available: ['side', 'top'], used: [] },
        20240603: { available: [], used: ['side', 'top'] },
      },
      conflicts: [{ day: '20240603', zone: 'top', plans: ['Shoes', 'Spring'] }],
      rows: 2,
    });
  });

  it.each<[Json, number, number, string]>([
    [{ end_date: '20240603' }, 400, 2, 'Missing required parameter: start_date'],
    [{ start_date: '20240603' }, 400, 2, 'Missing required parameter: end_date'],
    [{ start_date: '20240230', end_date: '20240301' }, 400, 99, 'Invalid start_date'],
    [{ start_date: '20240603', end_date: '20240602' }, 400, 99, 'Invalid end_date'],
    [{ start_date: '20240101', end_date: '20250101' }, 400, 99, 'Invalid end_date'],
    [{ start_date: 'x', end_date: 'y' }, 400, 99, 'Invalid start_date'],
  ])('refuses %j', async (params, status, error, errormsg) => {
    const house = await smallHouse();
    const answer = await postJob(house.app, signed({ job: 'inventory', ...params }));
    expect([answer.status, answer.body]).toEqual([status, { error, errormsg }]);
  });

  it('fails with a reason when there is more to tell than a job keeps', async () => {
    const house = await smallHouse();
    const zones = Array.from({ length: 200 }, (_, index) => `zone ${index}`);
    await plan(house, { name: 'Everything', schedule: ['Mon'], zones });
    const job = await submitJob(house, 'inventory', { start_date: '20240101', end_date: '20241231' });
    await house.settle();
    expect(await readJob(house.ports, job.id)).toMatchObject({
      state: 'failed',
      failure: { message: 'The inventory of so many days and zones is too long: ask for fewer days' },
    });
  });
});
