// A worker that is stopped longer than its message stays invisible, and goes on when everything is over, changes no result.
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { createInterface } from 'node:readline';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { cancelJob } from '../../functions/jobs/control.ts';
import { handleMessage } from '../../functions/jobs/handle.ts';
import type { Job } from '../../functions/jobs/job.ts';
import type { Client, Message } from '../../functions/jobs/ports.ts';
import type { Profile } from '../../functions/jobs/profile.ts';
import { submit } from '../../functions/jobs/submit.ts';
import { newClient, openAwsEngine } from '../helpers/aws-engine.ts';
import { closeWorld, openWorld, type World } from '../helpers/emulator-world.ts';
import { readObject } from '../helpers/jobs.ts';

const batch = 20;
const rows = 250;
const file = ['email,city', ...Array.from({ length: rows }, (_, index) => `p${index}@example.com,Oslo`), ''].join('\n');

let world: World;
let engine: ReturnType<typeof openAwsEngine>;
beforeAll(async () => {
  world = await openWorld();
  engine = openAwsEngine(world, world.ports);
});
afterAll(() => closeWorld(world));

const readJob = async ({ id }: Job): Promise<Job> => {
  const job = await world.ports.jobs.read(id);
  if (!job) throw new Error('no such job');
  return job;
};

/** A planned import of which nothing has run, and the message of its first chunk. */
const planned = async (client: Client): Promise<{ job: Job; message: Message }> => {
  const key = `uploads/spool/${crypto.randomUUID()}`;
  await world.ports.files.put(key, file);
  const job = await submit(engine.ports, client, {
    door: 'sailthru',
    type: 'import',
    params: { list: 'Main', report_email: `${client.id}@example.com` },
    upload: { key, filename: 'people.csv' },
  });
  await handleMessage(engine.ports, { v: 1, kind: 'plan', job: job.id }, () => Number.POSITIVE_INFINITY);
  return { job, message: { v: 1, kind: 'chunk', job: job.id, chunk: 0 } };
};

/** A worker in a process of its own, stopped by the operating system in the middle of the message. */
const stoppedWorker = async (message: Message) => {
  const orders = JSON.stringify({ config: world.config, message });
  const worker = spawn(process.execPath, [`${import.meta.dirname}/../helpers/stopped-worker.ts`, orders]);
  const lines = createInterface({ input: worker.stdout })[Symbol.asyncIterator]();
  expect((await lines.next()).value).toBe('stopped');
  return {
    async goOn(): Promise<string | undefined> {
      const ended = once(worker, 'exit');
      worker.kill('SIGCONT');
      const { value } = await lines.next();
      expect(await ended).toEqual([0, null]);
      return value;
    },
    kill: () => worker.kill('SIGKILL'),
  };
};

const people = async (client: Client): Promise<Profile[]> => {
  const list = await world.ports.lists.find(client.id, 'Main');
  const found: Profile[] = [];
  for await (const page of world.ports.profiles.members(client.id, list?.id ?? '', 0, 256)) found.push(...page);
  return found;
};

const mailsTo = (client: Client) => world.emulators.ses.mails.filter(({ to }) => to === `${client.id}@example.com`);

it('a stopped worker that goes on after the end changes nothing: not the job, no profile, no second report', async () => {
  const client = await newClient(world);
  const { job, message } = await planned(client);
  const worker = await stoppedWorker(message);
  try {
    expect(await people(client)).toHaveLength(batch);
    // Its message comes again while it is stopped.
    await handleMessage(engine.ports, message, () => Number.POSITIVE_INFINITY, true);
    await engine.ended(() => readJob(job));
    const [ended, before] = [await readJob(job), await people(client)];
    expect(ended).toMatchObject({ state: 'completed', rows, counts: { created: rows } });
    expect(await worker.goOn()).toMatch(/^over/);
    await engine.settle();
    expect(await readJob(job)).toEqual(ended);
    expect(await people(client)).toEqual(before);
    expect(mailsTo(client)).toHaveLength(1);
  } finally {
    worker.kill();
  }
});

it('a worker that is stopped while its job is cancelled writes no more than the batch it had begun, and tells nothing', async () => {
  const client = await newClient(world);
  const { job, message } = await planned(client);
  const worker = await stoppedWorker(message);
  try {
    await cancelJob(engine.ports, client, job.id);
    await handleMessage(engine.ports, message, () => Number.POSITIVE_INFINITY, true);
    await engine.ended(() => readJob(job));
    const ended = await readJob(job);
    expect(ended).toMatchObject({ state: 'cancelled', rows, counts: { created: batch, not_processed: rows - batch } });
    const before = new Set((await people(client)).map(({ email }) => email));
    expect(before.size).toBe(batch);

    expect(await worker.goOn()).toBe('over after 2 batches');
    await engine.settle();
    const late = (await people(client)).map(({ email }) => email).filter((email) => !before.has(email));
    expect(late).toHaveLength(batch);
    expect(await readJob(job)).toEqual(ended);
    expect(mailsTo(client)).toHaveLength(1);
    // Whoever was written late is among the rows that the job gives back, so bringing them again makes it right.
    const left = await readObject(world.ports, ended.files.notProcessed?.key ?? '');
    for (const email of late) expect(left).toContain(`${email},`);
  } finally {
    worker.kill();
  }
});
