// Promises of the deployed system about jobs that wait, are held, stopped and retried: tickets, times, the console's door.

import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { sign } from '../../functions/doors/sailthru/signature.ts';
import { newId } from '../../functions/jobs/job.ts';
import { cancel } from '../../functions/jobs/states.ts';
import { demoClient } from '../../functions/server/demo-client.ts';
import { aJob } from '../contracts/samples.ts';
import { consoleClient } from '../helpers/console-client.ts';
import { greenarrowClient, type Item } from '../helpers/greenarrow-client.ts';
import { until } from '../helpers/machine.ts';
import type { SailthruJob } from '../helpers/sailthru-client.ts';
import { formIn, sendForm } from '../helpers/upload-form.ts';
import { type Bench, spokenOf, startBench } from './bench.ts';
import { download, exported, md5 } from './exports.ts';

let bench: Bench;
let folder: string;
/** A script at the console's door. */
const script = consoleClient((target, init) => fetch(bench.cloud.url + target, init));
beforeAll(async () => {
  folder = mkdtempSync(join(tmpdir(), 'stevedore-control-'));
  bench = await startBench();
});
afterAll(async () => {
  await bench?.cloud.stop();
  rmSync(folder, { recursive: true, force: true });
});

const askForUpload = (list: string, content: string, more: Record<string, unknown> = {}) =>
  bench.client.post({
    job: 'import',
    list,
    upload: { filename: 'people.csv', size: Buffer.byteLength(content) },
    ...more,
  });

it('imports a file that is uploaded by a ticket, and nothing of a file of another size', async () => {
  const content = 'email\numa@example.com\nulf@example.com\n';
  const answer = await askForUpload('By ticket', content);
  expect(answer).toMatchObject({ status: 'pending', upload_expires: expect.stringMatching(/ \+0000$/) });
  const form = formIn(answer);
  for (const [wrong, code] of [
    [`${content}\n`, 'EntityTooLarge'],
    [content.slice(1), 'EntityTooSmall'],
  ] as const)
    expect(await sendForm(form, wrong)).toEqual({ status: 400, text: expect.stringContaining(code) });
  await bench.quiet('uploads', 'plan');
  expect(await bench.client.job(answer.job_id)).toMatchObject({ status: 'pending' });
  expect((await sendForm(form, content)).status).toBe(204);
  expect(await bench.ended(answer.job_id)).toMatchObject({ state: 'completed', rows: 2, counts: { created: 2 } });
  // The object store takes the form again until it ends; the job that ran does not.
  expect((await sendForm(form, content.replace('ulf', 'eve'))).status).toBe(204);
  await bench.quiet('uploads', 'plan', 'lane-import');
  expect(await exported(bench, 'By ticket')).toEqual(['uma@example.com', 'ulf@example.com'].map(md5).toSorted());
});

it('lets a ticket that is asked for twice be one job, and a cancelled job take no file', async () => {
  const content = 'email\nvera@example.com\n';
  const parameters = { job: 'import', list: 'Twice', upload: { filename: 'a.csv', size: content.length } };
  const json = JSON.stringify(parameters);
  const values = { api_key: demoClient.apiKey, format: 'json', json };
  const body = new URLSearchParams({ ...values, sig: sign(demoClient.secret, Object.values(values)) });
  const post = async () => {
    const headers = { 'idempotency-key': 'ticket-twice' };
    const answer = await fetch(`${bench.cloud.url}/job`, { method: 'POST', body, headers });
    return (await answer.json()) as SailthruJob;
  };
  const first = await post();
  const second = await post();
  expect(second.job_id).toBe(first.job_id);
  expect(second.upload_expires).toBe(first.upload_expires);
  expect((await sendForm(formIn(second), content)).status).toBe(204);
  expect((await bench.ended(first.job_id)).counts).toEqual({ created: 1 });

  const cancelled = await askForUpload('Not wanted', content);
  const ending = { finishedAt: Date.now(), deliveries: {}, due: null };
  await bench.cloud.ports.jobs.move(cancelled.job_id, cancel(await bench.stored(cancelled.job_id), ending));
  expect((await sendForm(formIn(cancelled), content)).status).toBe(204);
  // Events come in order: with this one, that of the other file has come too.
  const next = await askForUpload('Twice', content);
  expect((await sendForm(formIn(next), content)).status).toBe(204);
  await bench.ended(next.job_id);
  await bench.quiet('uploads', 'plan', 'lane-import');
  expect(await bench.client.job(cancelled.job_id)).toMatchObject({ status: 'incomplete' });
  expect(await bench.cloud.ports.lists.find('demo', 'Not wanted')).toBeUndefined();
});

it('begins at its time when the file comes earlier', async () => {
  const content = 'email\nwim@example.com\n';
  const beginsAt = Math.ceil(Date.now() / 1000) + 4;
  const answer = await askForUpload('Later', content, { begins_at: beginsAt });
  expect((await sendForm(formIn(answer), content)).status).toBe(204);
  const ended = await bench.ended(answer.job_id);
  expect(ended.counts).toEqual({ created: 1 });
  expect(ended.startedAt).toBeGreaterThanOrEqual(beginsAt * 1000);
});

it('ends a job whose file does not come, and goes on with one whose event got lost, once the sweeper comes by', async () => {
  const content = 'email\nxia@example.com\n';
  const model = await bench.stored((await askForUpload('Swept up', content)).job_id);
  /** A job like it whose hour is over; the file came before there was a job to tell. */
  const waiting = async (came: boolean): Promise<string> => {
    const id = newId(Date.now());
    const key = `uploads/tickets/${id}/${'0'.repeat(32)}`;
    if (came) await bench.cloud.ports.files.put(key, content);
    await bench.quiet('uploads');
    const past = Date.now() - 1;
    const ticket = { key, filename: 'people.csv', size: content.length, expiresAt: past };
    await bench.cloud.ports.jobs.create({ ...model, id, ticket, due: past });
    return id;
  };
  const [unused, lost] = [await waiting(false), await waiting(true)];
  await bench.cloud.tick();
  expect(await bench.ended(unused)).toMatchObject({
    state: 'failed',
    failure: { class: 'timeout', message: 'The file was not uploaded within an hour' },
  });
  expect(await bench.ended(lost)).toMatchObject({ state: 'completed', counts: { created: 1 } });
});

it('holds a job, lets it go on, cancels it and makes another of it, through the console', async () => {
  const emails = 'gail@example.com,not-an-address';
  const begins_at = Math.floor(Date.now() / 1000) + 3600;
  const order = { type: 'import', list: 'Held', emails, begins_at, report_email: 'boss@example.com' };
  const { status, body: made } = await script.submit(order);
  expect([status, made.state]).toEqual([201, 'scheduled']);
  expect((await script.act(made.id, 'pause')).body.state).toBe('paused');
  expect((await script.act(made.id, 'resume')).body.state).toBe('scheduled');
  expect((await script.act(made.id, 'cancel')).body).toMatchObject({ state: 'cancelled', actions: ['retry'] });
  const { body: again } = await script.act(made.id, 'retry');
  expect(await bench.ended(again.id)).toMatchObject({ parent: made.id, counts: { created: 1, rejected: 1 } });
  const { body: shown } = await script.job(again.id);
  expect(await download(shown.files.rejected.url)).toContain('not-an-address');
  const mails = async () => bench.cloud.mails.filter(({ text }) => text.includes(made.id));
  expect(await until(mails, (found) => found.length > 0)).toHaveLength(1);
});

it('takes an import through the GreenArrow door, lists it, holds it by its number and lets it end', async () => {
  const client = greenarrowClient((target, init) => fetch(bench.cloud.url + target, init));
  const { id } = await client.data('POST', '/mailing_lists', { mailing_list: { name: 'By number' } });
  const content = 'who,name\nhazel@example.com,Hazel\nnobody,\n';
  const begins_at = new Date(Date.now() + 3600_000).toISOString();
  const order = { column_mapping: ['email', 'name'], file_source: { type: 'json', content }, begins_at };
  const made = await client.data('POST', `/mailing_lists/${id}/subscriber_imports`, { subscriber_import: order });
  expect(made.state).toBe('scheduled');
  const act = async (word: string) => (await client.data('POST', `/subscriber_imports/${made.id}/${word}`)).state;
  expect(await act('pause')).toBe('paused');
  const isListed = (jobs: Item[]) => jobs.some((job) => job.id === made.id && job.state === 'paused');
  await until(() => client.jobs('unfinished_on_all_organizations'), isListed);
  expect(await act('unpause')).toBe('scheduled');
  expect(await act('cancel')).toBe('cancelled');
  const now = { subscriber_import: { ...order, begins_at: 'now' } };
  const second = await client.data('POST', `/mailing_lists/${id}/subscriber_imports`, now);
  const view = () => client.data('GET', `/subscriber_imports/${second.id}`);
  expect((await until(view, ({ state }) => state === 'finished')).stats).toMatchObject({
    subscribers: { added: 1, failed: 1 },
  });
  const log = await client.raw('GET', `/ga/api/v2/subscriber_imports/${second.id}/logs/failed`);
  expect(await log.text()).toContain('nobody,,3,');
});

it('stops a job in the middle of its rows: what was written is told, the rest can be retried', async () => {
  const rows = 24_000;
  const emails = Array.from({ length: rows }, (_, row) => `row-${row}@example.com`).join();
  const { body: made } = await script.submit({ type: 'import', list: 'Stopped', emails });
  const isShown = (condition: (job: { state: string; phase?: string }) => boolean) =>
    until(
      async () => (await script.job(made.id)).body,
      (job) => condition(job),
    );
  await isShown(({ phase }) => phase === 'processing');
  expect((await script.act(made.id, 'pause')).body).toMatchObject({ state: 'paused', actions: ['resume', 'cancel'] });
  expect((await script.act(made.id, 'resume')).status).toBe(200);
  await isShown(({ state }) => state === 'running');
  // Of a job that is held no worker has a message: the door itself wakes them.
  await script.act(made.id, 'pause');
  expect((await script.act(made.id, 'cancel')).body).toMatchObject({ state: 'running', stopping: 'cancel' });
  const { counts, state } = await bench.ended(made.id);
  expect(state).toBe('cancelled');
  expect((counts.created ?? 0) + (counts.not_processed ?? 0)).toBe(rows);
  const { body: again } = await script.act(made.id, 'retry');
  await script.act(again.id, 'pause');
  expect(again).toMatchObject({ parent: made.id, state: 'pending' });
  await script.act(again.id, 'cancel');
  expect((await bench.ended(again.id)).state).toBe('cancelled');
});

it('ends a job that was held for too long, once the sweeper comes by', async () => {
  const day = 24 * 3600_000;
  const pausedAt = Date.now() - 7 * day;
  const job = aJob({ client: 'demo', state: 'paused', resumeTo: 'pending', pausedAt, due: Date.now() - 1 });
  await bench.cloud.ports.jobs.create(job);
  await bench.cloud.tick();
  expect((await bench.ended(job.id)).state).toBe('cancelled');
});

it('prints no address, list name, secret, signature or link, whatever it did', () => {
  expect(bench.printed()).toContain('job.ended');
  expect(spokenOf(bench)).toEqual([]);
});

it('asked AWS for nothing that a role does not allow', () => {
  expect(bench.cloud.denied).toEqual([]);
});
