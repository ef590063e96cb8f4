// The stage for new accounts: one queue and one function do all work, with the same promises.
import { afterAll, beforeAll, expect, it } from 'vitest';
import { stageOf } from '../../infra/stage.ts';
import { type Bench, startBench } from './bench.ts';
import { exported, md5 } from './exports.ts';

let bench: Bench;
beforeAll(async () => {
  bench = await startBench({ stage: stageOf('small') });
});
afterAll(async () => bench?.cloud.stop());

it('imports and exports through one queue', async () => {
  const emails = 'ada@example.com,bob@example.com';
  const { job_id: id } = await bench.client.post({ job: 'import', list: 'Small', emails });
  expect(await bench.ended(id)).toMatchObject({ state: 'completed', counts: { created: 2 } });
  expect(await exported(bench, 'Small')).toEqual([md5('ada@example.com'), md5('bob@example.com')].toSorted());
});

it('mails reports, and tells the end of each job to the bus once', async () => {
  const order = { job: 'import', list: 'Small', emails: 'carl@example.com', report_email: 'boss@example.com' };
  const { job_id: id } = await bench.client.post(order);
  const job = await bench.ended(id);
  await bench.quiet('work');
  expect(bench.cloud.mails.map(({ to }) => to)).toEqual(['boss@example.com']);
  const told = bench.cloud.events.filter(({ detail }) => detail.job === job.id);
  expect(told).toMatchObject([
    { source: 'stevedore', kind: 'job.ended', detail: { v: 1, id: `job.ended ${job.id}`, state: 'completed' } },
  ]);
});

it('never runs more functions for queues than the account has, with two to spare', () => {
  const most = bench.cloud.blueprint.mappings.reduce((sum, { concurrency }) => sum + concurrency, 0);
  expect(most).toBeLessThanOrEqual(8);
});

it('asked AWS for nothing that a role does not allow', () => {
  expect(bench.cloud.denied).toEqual([]);
});
