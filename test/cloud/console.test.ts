// What the web console asks, of the deployed system: with the rights that the doors' function has there, and no others.
import { afterAll, beforeAll, expect, it } from 'vitest';
import {
  jobAnswer,
  jobsAnswer,
  listsAnswer,
  overviewAnswer,
  rejectedAnswer,
} from '../../functions/doors/console/schemas.ts';
import { consoleClient } from '../helpers/console-client.ts';
import { until } from '../helpers/machine.ts';
import { sendForm } from '../helpers/upload-form.ts';
import { type Bench, startBench } from './bench.ts';

let bench: Bench;
const script = consoleClient((target, init) => fetch(bench.cloud.url + target, init));
beforeAll(async () => {
  bench = await startBench();
});
afterAll(() => bench?.cloud.stop());

const untilEnded = async (id: string) =>
  until(
    async () => (await script.job(id)).body,
    (job) => job.finishedAt !== undefined,
  );

it('a plan is made of an upload, carried out, found, looked at, and its report sent once more', async () => {
  const file = 'email,city\nada@example.com,Oslo\nnobody,Rome\n';
  const upload = { filename: 'people.csv', size: file.length };
  const order = { type: 'import', list: 'Seen', mode: 'plan', report_email: 'boss@example.com', upload };
  const plan = jobAnswer.parse((await script.submit(order)).body);
  if (!plan.upload) throw new Error('no form');
  await sendForm(plan.upload, file);
  expect((await untilEnded(plan.id)).actions).toEqual(['run']);
  const { body: run } = await script.act(plan.id, 'run');
  expect(await untilEnded(run.id)).toMatchObject({ parent: plan.id, counts: { created: 1, rejected: 1 } });

  const { jobs } = jobsAnswer.parse((await script.call('GET', '/jobs?text=seen&state=completed')).body);
  expect(jobs.map(({ id }) => id).toSorted()).toEqual([plan.id, run.id].toSorted());
  const { rows } = rejectedAnswer.parse((await script.call('GET', `/jobs/${run.id}/rejected`)).body);
  expect(rows).toMatchObject([{ line: 3, cells: ['nobody', 'Rome'] }]);
  expect((await script.call('GET', `/jobs/${run.id}/record`)).body).toMatchObject({ id: run.id });
  const { lists } = listsAnswer.parse((await script.call('GET', '/lists')).body);
  expect(lists).toMatchObject([{ name: 'Seen', about: 1, vars: ['city'] }]);
  expect(overviewAnswer.parse((await script.call('GET', '/overview')).body).counts.created).toBe(1);

  const reportOf = async () => (await script.job(run.id)).body.reports[0];
  await until(reportOf, ({ state }) => state === 'delivered');
  expect((await script.call('POST', `/jobs/${run.id}/reports`)).status).toBe(200);
  await until(reportOf, ({ state, attempts }) => state === 'delivered' && attempts === 2);
});

it('asked AWS for nothing that a role does not allow', () => {
  expect(bench.cloud.denied).toEqual([]);
});
