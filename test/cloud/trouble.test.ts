// Promises of the deployed system in trouble: nothing twice, nothing lost, every job ends.
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { accountedRows } from '../../functions/jobs/job.ts';
import { until } from '../helpers/machine.ts';
import { type Bench, startBench, startReceiver } from './bench.ts';

/** Enough for several chunks of an import, and for more than one slice of an export. */
const rows = 26_000;
let bench: Bench;
let folder: string;
let file: string;
/** Which chunk kills its worker, and how often it still does. */
const poison = { chunk: -1, times: 0 };

/** Half a second is enough to write some rows, and too little for all of a chunk. */
const deadly = (fn: string, event: unknown): number | undefined => {
  if (!fn.includes('lane-') || poison.times === 0) return undefined;
  const { Records } = event as { Records: { body: string }[] };
  if (!Records.some(({ body }) => JSON.parse(body).chunk === poison.chunk)) return undefined;
  poison.times--;
  return 500;
};

beforeAll(async () => {
  folder = mkdtempSync(join(tmpdir(), 'stevedore-trouble-'));
  file = join(folder, 'many.csv');
  const lines = Array.from({ length: rows }, (_, index) => `person${index}@example.com,${index}`);
  writeFileSync(file, ['email,number', ...lines, ''].join('\n'));
  bench = await startBench({ deadly });
});
afterAll(async () => {
  await bench?.cloud.stop();
  rmSync(folder, { recursive: true, force: true });
});

const lanes = ['plan', 'lane-import', 'report'];

it('does nothing twice when every message of a job is delivered again', async () => {
  const receiver = await startReceiver();
  try {
    const { job_id: id } = await bench.client.post({
      job: 'import',
      list: 'Twice',
      emails: 'ann@example.com,bob@example.com',
      report_email: 'twice@example.com',
      postback_url: receiver.url,
    });
    const again = async () => {
      await bench.send('plan', { v: 1, kind: 'plan', job: id });
      await bench.send('lane-import', { v: 1, kind: 'chunk', job: id, chunk: 0 });
      for (const channel of ['mail', 'postback'])
        await bench.send('report', { v: 1, kind: 'report', job: id, channel });
    };
    await again();
    const before = await until(
      () => bench.ended(id),
      ({ deliveries }) => deliveries.mail?.state === 'delivered' && deliveries.postback?.state === 'delivered',
    );
    await again();
    await bench.quiet(...lanes);
    const after = await bench.ended(id);
    expect(after.counts).toEqual({ created: 2 });
    expect({ ...after, due: undefined }).toEqual({ ...before, due: undefined });
    expect(bench.cloud.mails.filter(({ to }) => to === 'twice@example.com')).toHaveLength(1);
    expect(receiver.received).toHaveLength(1);
  } finally {
    await receiver.stop();
  }
});

it('loses nothing when a worker dies in the middle of a large import', async () => {
  Object.assign(poison, { chunk: 1, times: 1 });
  const { job_id: id } = await bench.client.post({ job: 'import', list: 'Crash', file });
  const job = await bench.ended(id);
  expect(poison.times).toBe(0);
  expect(job).toMatchObject({ state: 'completed', rows, counts: { created: rows } });
  expect(job.chunks).toBeGreaterThan(1);
});

it('exports what was imported through the lane of exports, slice by slice, every row once', async () => {
  const { job_id: id } = await bench.client.post({ job: 'export_list_data', list: 'Crash' });
  const job = await bench.ended(id);
  expect(job).toMatchObject({ state: 'completed', counts: { exported: rows } });
  expect(job.chunks).toBeGreaterThan(1);
  const { export_url: url } = await bench.client.job(id);
  const [, ...lines] = (await (await fetch(String(url))).text()).trimEnd().split('\n');
  expect(new Set(lines).size).toBe(rows);
});

it('ends a job whose chunk can never be done, with the rows of that chunk not processed, and says so', async () => {
  const receiver = await startReceiver();
  Object.assign(poison, { chunk: 1, times: Number.POSITIVE_INFINITY });
  try {
    const { job_id: id } = await bench.client.post({ job: 'import', list: 'Poison', file, postback_url: receiver.url });
    const job = await bench.ended(id);
    expect(job).toMatchObject({ state: 'incomplete', rows });
    expect(job.counts.not_processed).toBeGreaterThan(0);
    expect(accountedRows(job.counts)).toBe(rows);
    const { not_processed_url: url } = await bench.client.job(id);
    const given = (await (await fetch(String(url))).text()).trimEnd().split('\n');
    expect(given).toHaveLength(1 + (job.counts.not_processed ?? 0));
    await bench.quiet('lane-import', 'lane-import-dead-letters');
    expect(await bench.messagesIn('lost')).toBe(0);
    await until(
      async () => receiver.received.length,
      (count) => count > 0,
    );
    expect(receiver.received[0]?.get('status')).toBe('incomplete');
    expect(bench.printed()).toContain('message.buried');
  } finally {
    poison.times = 0;
    await receiver.stop();
  }
});

it('keeps a message that nobody understands for a person, and works on', async () => {
  await bench.send('plan', { v: 2, kind: 'dance', job: 'x' });
  await bench.send('lane-import', 'not JSON at all, with ann@example.com in it');
  await until(
    () => bench.messagesIn('lost'),
    (count) => count === 2,
  );
  expect(bench.printed()).not.toContain('not JSON at all');
  const { job_id: id } = await bench.client.post({ job: 'import', list: 'After', emails: 'gil@example.com' });
  expect((await bench.ended(id)).state).toBe('completed');
});

it('keeps an event of the bucket that nobody understands among its own dead letters', async () => {
  await bench.send('uploads', { source: 'aws.s3', 'detail-type': 'Object Deleted', detail: {} });
  await until(
    () => bench.messagesIn('uploads-dead-letters'),
    (count) => count === 1,
  );
});

it('asked AWS for nothing that a role does not allow', () => {
  expect(bench.cloud.denied).toEqual([]);
});
