// Promises of the deployed system: a job goes its whole road through the doors, queues and functions that would be deployed.

import { createHash } from 'node:crypto';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { PutObjectCommand } from '@aws-sdk/client-s3';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { demoClient } from '../../functions/server/demo-client.ts';
import { until, untilEnded } from '../helpers/machine.ts';
import { type Bench, spokenOf, startBench, startReceiver } from './bench.ts';
import { download, exported, md5 } from './exports.ts';

let bench: Bench;
let folder: string;
beforeAll(async () => {
  folder = mkdtempSync(join(tmpdir(), 'stevedore-roads-'));
  bench = await startBench();
});
afterAll(async () => {
  await bench?.cloud.stop();
  rmSync(folder, { recursive: true, force: true });
});

it('imports addresses through the door and gives them back in an export', async () => {
  const { job_id: id, ...answer } = await bench.client.post({
    job: 'import',
    list: 'By hand',
    emails: 'ann@example.com,bob@example.com',
  });
  expect(answer.status).toBe('pending');
  const job = await untilEnded(bench.client, id);
  expect(job).toMatchObject({ status: 'completed', list: 'By hand' });
  expect(await exported(bench, 'By hand')).toEqual(['ann@example.com', 'bob@example.com'].map(md5).toSorted());
});

it('imports an uploaded file with its variables, byte for byte', async () => {
  const file = join(folder, 'people.csv');
  const content = 'email,city\nzoe@example.com,"Zürich, CH"\nyan@example.com,\n';
  writeFileSync(file, content);
  const { job_id: id } = await bench.client.post({ job: 'import', list: 'From file', file });
  expect((await bench.ended(id)).counts).toEqual({ created: 2 });
  expect(await exported(bench, 'From file')).toEqual(['zoe@example.com', 'yan@example.com'].map(md5).toSorted());
  const { job_id: exportId } = await bench.client.post({ job: 'export_list_data', list: 'From file' });
  const { export_url: url } = await untilEnded(bench.client, exportId);
  expect(await download(url)).toContain('"Zürich, CH"');
});

it('gives no link to anyone who changes it', async () => {
  const { job_id: id } = await bench.client.post({ job: 'export_list_data', list: 'From file' });
  const job = await untilEnded(bench.client, id);
  const url = new URL(String(job.export_url));
  const left = Number(url.searchParams.get('X-Amz-Expires'));
  expect(left).toBeGreaterThan(7000);
  // Whole seconds, rounded up.
  expect(left).toBeLessThanOrEqual(7201);
  url.search = '';
  expect((await fetch(url)).status).toBe(403);
});

it('reports the end by mail, and by a postback that is signed', async () => {
  const receiver = await startReceiver();
  try {
    const { job_id: id } = await bench.client.post({
      job: 'import',
      list: 'Reported',
      emails: 'carl@example.com,not-an-address',
      report_email: 'boss@example.com',
      postback_url: receiver.url,
    });
    const ended = await until(
      () => bench.ended(id),
      ({ deliveries }) => deliveries.mail?.state === 'delivered' && deliveries.postback?.state === 'delivered',
    );
    expect(ended.counts).toEqual({ created: 1, rejected: 1 });
    const mails = bench.cloud.mails.filter(({ to }) => to === 'boss@example.com');
    expect(mails).toHaveLength(1);
    expect(mails[0]).toMatchObject({ from: 'stevedore@example.com', text: expect.stringContaining(id) });
    expect(receiver.received).toHaveLength(1);
    const [form] = receiver.received;
    expect(form?.get('job_id')).toBe(id);
    const values = [...(form ?? [])].filter(([name]) => name !== 'sig').map(([, value]) => value);
    const sig = createHash('md5')
      .update(demoClient.secret + values.toSorted().join(''))
      .digest('hex');
    expect(form?.get('sig')).toBe(sig);
  } finally {
    await receiver.stop();
  }
});

it('refuses a request whose signature is wrong, in the words of the protocol', async () => {
  const form = new URLSearchParams({
    api_key: demoClient.apiKey,
    format: 'json',
    json: '{"job":"import"}',
    sig: '0'.repeat(32),
  });
  const answer = await fetch(`${bench.cloud.url}/job`, { method: 'POST', body: form });
  expect(answer.status).toBe(401);
  expect(await answer.json()).toMatchObject({ error: 5 });
});

it('answers unknown paths through the default route', async () => {
  const answer = await fetch(`${bench.cloud.url}/nothing/here?format=json`);
  expect(answer.status).toBe(404);
  expect(Object.keys((await answer.json()) as object)).toEqual(['error', 'errormsg']);
});

it('makes an import of a file that is put into the uploads bucket, whatever its name', async () => {
  const list = 'Spring & Fall+1 ü';
  await bench.cloud.sdk.s3.send(
    new PutObjectCommand({
      Bucket: bench.cloud.bucket('uploads'),
      Key: `imports/demo/${list}/may (1).csv`,
      Body: 'email\ndora@example.com\n',
    }),
  );
  await until(
    () => bench.cloud.ports.lists.find('demo', list),
    (found) => found !== undefined,
  );
  await bench.quiet('uploads', 'plan', 'lane-import');
  expect(await exported(bench, list)).toEqual([md5('dora@example.com')]);
});

it('makes no job of files of nobody, or elsewhere in the bucket', async () => {
  const Bucket = bench.cloud.bucket('uploads');
  for (const Key of ['imports/nobody/Main/a.csv', 'elsewhere/demo/Main/a.csv', 'imports/demo/a.csv'])
    await bench.cloud.sdk.s3.send(new PutObjectCommand({ Bucket, Key, Body: 'email\neve@example.com\n' }));
  await bench.quiet('uploads', 'plan', 'lane-import');
  expect(await bench.messagesIn('uploads-dead-letters')).toBe(0);
  expect(await bench.cloud.ports.lists.find('nobody', 'Main')).toBeUndefined();
});

it('sends on a job whose message was lost, once the sweeper comes by', async () => {
  const { job_id: id } = await bench.client.post({ job: 'import', list: 'Swept', emails: 'finn@example.com' });
  const first = await bench.ended(id);
  const lost = { ...first, id: `${first.id.slice(0, 23)}${first.id.endsWith('f') ? '0' : 'f'}` };
  const { startedAt: _s, finishedAt: _f, phase: _p, chunks: _c, rows: _r, plan: _plan, ...plain } = lost;
  await bench.cloud.ports.jobs.create({
    ...plain,
    state: 'pending',
    done: [],
    counts: {},
    marks: [],
    due: Date.now() - 1,
  });
  await bench.cloud.tick();
  expect(await bench.ended(lost.id)).toMatchObject({ state: 'completed', counts: { unchanged: 1 } });
});

it('counts ended jobs by type and state, in metrics that the alarms look at', async () => {
  const metrics = bench
    .printed()
    .split('\n')
    .filter((line) => line.includes('"_aws"'))
    .map((line) => JSON.parse(line));
  const ended = metrics.filter((metric) => 'JobsEnded' in metric);
  expect(ended.length).toBeGreaterThan(0);
  for (const metric of ended) {
    expect(metric).toMatchObject({
      service: 'stevedore-dev',
      JobsEnded: 1,
      type: expect.any(String),
      state: expect.any(String),
    });
    const [{ Namespace, Dimensions }] = metric._aws.CloudWatchMetrics;
    expect(Namespace).toBe('Stevedore');
    expect(Dimensions[0].toSorted()).toEqual(['service', 'state', 'type']);
  }
});

it('prints no address, list name, secret, signature or link, whatever it did', () => {
  expect(bench.printed()).toContain('job.ended');
  expect(spokenOf(bench)).toEqual([]);
});

it('asked AWS for nothing that a role does not allow', () => {
  expect(bench.cloud.denied).toEqual([]);
});
