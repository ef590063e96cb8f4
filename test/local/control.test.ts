import { afterEach, describe, expect, it } from 'vitest';
import { cancelJob, pauseJob, resumeJob, retryJob } from '../../functions/jobs/control.ts';
import { accountedRows } from '../../functions/jobs/job.ts';
import { sweep } from '../../functions/jobs/sweep.ts';
import { exported, imported, importFile, readJob, settled, submitJob } from '../helpers/jobs.ts';
import { closeHouses, duringBatch, memberCount, peopleCsv, resultLines, smallHouse } from '../helpers/small-house.ts';

afterEach(closeHouses);

describe('pausing', () => {
  it('stops within the batch, keeps what was done, and goes on behind it', async () => {
    const house = await smallHouse();
    const job = await importFile(house, peopleCsv(500));
    duringBatch(house, 8, () => pauseJob(house.ports, house.client, job.id));
    await house.settle();
    const paused = await readJob(house.ports, job.id);
    expect(paused).toMatchObject({ state: 'paused', phase: 'processing', done: [0], reached: { 1: 60 } });
    expect(paused.counts).toEqual({ created: 160 });
    expect(await memberCount(house)).toBe(160);
    house.advance(3600_000);
    await sweep(house.ports);
    await house.settle();
    expect((await readJob(house.ports, job.id)).counts).toEqual({ created: 160 });
    await resumeJob(house.ports, house.client, job.id);
    expect(await settled(house, job)).toMatchObject({ state: 'completed', counts: { created: 500 }, reached: {} });
  });

  it('keeps the order of people who come more than once', async () => {
    const house = await smallHouse();
    const twice = peopleCsv(150).trimEnd() + peopleCsv(150, 'Bergen').slice('email,city'.length);
    const job = await importFile(house, twice);
    for (const batch of [2, 3, 2]) {
      duringBatch(house, batch, () => pauseJob(house.ports, house.client, job.id));
      await house.settle();
      expect((await readJob(house.ports, job.id)).state).toBe('paused');
      await resumeJob(house.ports, house.client, job.id);
    }
    expect((await settled(house, job)).counts).toEqual({ created: 150, duplicate: 150 });
    const lines = await exported(house, 'Main', { fields: { vars: { city: 1 } } });
    expect(new Set(lines.slice(1).map((line) => line.split(',').at(-1)))).toEqual(new Set(['Bergen']));
  });

  it('stops a planner, which plans again when the job goes on', async () => {
    const house = await smallHouse();
    const job = await importFile(house, peopleCsv(300));
    const { get } = house.ports.files;
    house.ports.files = {
      ...house.ports.files,
      get: async function* (key, options) {
        house.ports.files = { ...house.ports.files, get };
        yield* get(key, options);
        await pauseJob(house.ports, house.client, job.id);
      },
    };
    await house.settle();
    expect(await readJob(house.ports, job.id)).toMatchObject({ state: 'paused', phase: 'splitting' });
    expect(await house.ports.files.list(`jobs/${job.id}/plan-`)).toEqual([]);
    await resumeJob(house.ports, house.client, job.id);
    expect(await settled(house, job)).toMatchObject({ state: 'completed', counts: { created: 300 } });
  });

  it('holds an export, whose slice is written anew', async () => {
    const house = await smallHouse();
    await imported(house, peopleCsv(300));
    const job = await submitJob(house, 'export_list_data', { list: 'Main' });
    const { members: stream } = house.ports.profiles;
    house.ports.profiles = {
      ...house.ports.profiles,
      members: async function* (...args) {
        for await (const page of stream(...args)) {
          house.ports.profiles = { ...house.ports.profiles, members: stream };
          await pauseJob(house.ports, house.client, job.id);
          yield page;
        }
      },
    };
    await house.settle();
    expect(await readJob(house.ports, job.id)).toMatchObject({ state: 'paused', counts: {} });
    await resumeJob(house.ports, house.client, job.id);
    expect(await settled(house, job)).toMatchObject({ state: 'completed', counts: { exported: 300 } });
  });

  it('ends a job that nobody lets go on before its input goes', async () => {
    const house = await smallHouse();
    const job = await importFile(house, peopleCsv(300));
    duringBatch(house, 2, () => pauseJob(house.ports, house.client, job.id));
    await house.settle();
    house.advance(6 * 24 * 3600_000 + 60_000);
    await sweep(house.ports);
    house.advance(3_000);
    const ended = await settled(house, job);
    expect(ended).toMatchObject({ state: 'cancelled', counts: { created: 40, not_processed: 260 } });
  });

  it('is refused for a job that is paused, being stopped or over', async () => {
    const house = await smallHouse();
    const job = await importFile(house, peopleCsv(30));
    await pauseJob(house.ports, house.client, job.id);
    await expect(pauseJob(house.ports, house.client, job.id)).rejects.toMatchObject({ reason: 'not_allowed' });
    await resumeJob(house.ports, house.client, job.id);
    await expect(resumeJob(house.ports, house.client, job.id)).rejects.toMatchObject({ reason: 'not_allowed' });
    await house.settle();
    for (const act of [pauseJob, resumeJob, cancelJob])
      await expect(act(house.ports, house.client, job.id)).rejects.toMatchObject({ reason: 'not_allowed' });
  });

  it('of another client’s job looks like a job that does not exist', async () => {
    const house = await smallHouse();
    const job = await importFile(house, peopleCsv(30));
    const other = { ...house.client, id: 'other' };
    for (const act of [pauseJob, resumeJob, cancelJob, retryJob])
      await expect(act(house.ports, other, job.id)).rejects.toMatchObject({ reason: 'job_not_found' });
    expect((await readJob(house.ports, job.id)).state).toBe('pending');
  });
});

describe('cancelling', () => {
  it('writes nothing after the present batch, and tells which rows were not processed', async () => {
    const house = await smallHouse();
    const job = await importFile(house, `${peopleCsv(1000)}broken\n`);
    duringBatch(house, 13, () => cancelJob(house.ports, house.client, job.id));
    const ended = await settled(house, job);
    expect(ended).toMatchObject({ state: 'cancelled', rows: 1001, counts: { created: 260, not_processed: 741 } });
    expect(await memberCount(house)).toBe(260);
    const [header, ...lines] = await resultLines(house, ended, 'notProcessed');
    expect(header).toBe('email,city,_line,_reason');
    expect(lines).toHaveLength(741);
    expect(lines[0]).toBe('p260@example.com,Oslo,262,not processed');
    expect(new Set(lines).size).toBe(741);
    expect(ended.finishedAt).toBeDefined();
  });

  it('ends a job that has not begun at once', async () => {
    const house = await smallHouse();
    const job = await importFile(house, peopleCsv(30), { postback_url: 'http://127.0.0.1:9/' });
    expect(await cancelJob(house.ports, house.client, job.id)).toMatchObject({ state: 'cancelled' });
    expect((await settled(house, job)).counts).toEqual({});
    expect(await memberCount(house)).toBe(0);
  });

  it('of a paused job keeps what was done', async () => {
    const house = await smallHouse();
    const job = await importFile(house, peopleCsv(300));
    duringBatch(house, 3, () => pauseJob(house.ports, house.client, job.id));
    await house.settle();
    await cancelJob(house.ports, house.client, job.id);
    house.advance(3_000);
    const ended = await settled(house, job);
    expect(ended).toMatchObject({ state: 'cancelled', counts: { created: 60, not_processed: 240 } });
    expect((await resultLines(house, ended, 'notProcessed')).length).toBe(241);
  });

  it('tells as done what a worker wrote that died before its account', async () => {
    const house = await smallHouse();
    const job = await importFile(house, peopleCsv(300));
    const { account } = house.ports.jobs;
    house.ports.jobs = {
      ...house.ports.jobs,
      account: async () => {
        house.ports.jobs = { ...house.ports.jobs, account };
        await cancelJob(house.ports, house.client, job.id);
        throw new Error('the process dies here');
      },
    };
    const ended = await settled(house, job);
    expect(ended).toMatchObject({ state: 'cancelled', counts: { created: 100, not_processed: 200 } });
    expect(await memberCount(house)).toBe(100);
  });

  it('of a job with people who come more than once leaves whole people', async () => {
    const house = await smallHouse();
    const job = await importFile(house, `${peopleCsv(90)}${peopleCsv(90, 'Bergen').slice('email,city\n'.length)}`);
    duringBatch(house, 2, () => cancelJob(house.ports, house.client, job.id));
    const ended = await settled(house, job);
    expect(accountedRows(ended.counts)).toBe(180);
    expect(ended.counts).toEqual({ created: 40, duplicate: 40, not_processed: 100 });
    expect((await resultLines(house, ended, 'notProcessed')).length).toBe(101);
    const again = await retryJob(house.ports, house.client, job.id);
    expect((await settled(house, again)).counts).toEqual({ created: 50, duplicate: 50 });
    const lines = await exported(house, 'Main', { fields: { vars: { city: 1 } } });
    expect(lines.slice(1).map((line) => line.split(',').at(-1))).toEqual(Array(90).fill('Bergen'));
  });

  it('ends an export at once and leaves no file', async () => {
    const house = await smallHouse();
    await imported(house, peopleCsv(300));
    const job = await submitJob(house, 'export_list_data', { list: 'Main' });
    const { members: stream } = house.ports.profiles;
    house.ports.profiles = {
      ...house.ports.profiles,
      members: async function* (...args) {
        await cancelJob(house.ports, house.client, job.id);
        yield* stream(...args);
      },
    };
    expect(await settled(house, job)).toMatchObject({ state: 'cancelled', files: {} });
    expect(await house.ports.files.list(`jobs/${job.id}/`)).toEqual([]);
  });
});
