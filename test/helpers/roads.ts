// Whole roads of small jobs, written so that a process that starts again goes on with them: what a client would do that got no
// answer. At the end of each, everything that anybody can see of it.
import { readMailbox } from '../../functions/embedded/mailbox.ts';
import { cancelJob, pauseJob, resumeJob, retryJob } from '../../functions/jobs/control.ts';
import { Refusal } from '../../functions/jobs/errors.ts';
import { accountedRows, isEnded, type Job } from '../../functions/jobs/job.ts';
import { submit } from '../../functions/jobs/submit.ts';
import { sweep } from '../../functions/jobs/sweep.ts';
import type { House, HouseOptions } from './house.ts';
import { readJob, readObject } from './jobs.ts';

/** A dozen rows make several chunks, each of several batches. */
export const roadHouse: HouseOptions = {
  tuning: { chunkRows: 12, inlineRows: 4, window: 2, lookEvery: 0 },
  batch: 4,
};

/** What a road ends with: it must be the same wherever the process died. */
type Facts = Record<string, unknown>;

const list = 'Main';
const known = Array.from({ length: 12 }, (_, index) => `known${index}@example.com,Oslo`);
const added = Array.from({ length: 14 }, (_, index) => `new${index}@example.com,Rome`);
const people = [
  ...known.slice(0, 6).map((row) => row.replace('Oslo', 'Bergen')),
  'no address,Bergen',
  ...known.slice(6),
  ...added,
  'twice@example.com,First',
  'NEW3@example.com,Turin',
  'broken@@example.com,Bergen',
  'known1@example.com,',
  'twice@example.com,Last',
];
const file = (rows: readonly string[]): string => ['email,city', ...rows, ''].join('\n');

/** People who are there before a road begins. */
export const populate = async (house: House): Promise<void> => {
  const job = await ask(house, 'populate', 'import', { list }, file(known));
  await ended(house, job);
};

/** Asks for a job as a client does that asks again until it is answered: under one Idempotency-Key. */
const ask = async (house: House, key: string, type: string, params: Record<string, unknown>, content?: string) => {
  const upload = { key: `uploads/spool/${crypto.randomUUID()}`, filename: 'people.csv' };
  if (content !== undefined) await house.ports.files.put(upload.key, content);
  return submit(house.ports, house.client, {
    door: 'sailthru',
    type,
    params,
    ...(content !== undefined && { upload }),
    idempotency: { key, fingerprint: key },
  });
};

const reported = ({ deliveries }: Job) =>
  Object.values(deliveries).every(({ state }) => state === 'delivered' || state === 'failed');

/** Does all work until the job has ended, without letting any time pass. */
const ended = async (house: House, { id }: Job): Promise<Job> => {
  await house.settle();
  const job = await readJob(house.ports, id);
  if (!isEnded(job)) throw new Error(`the job stands still: ${job.state} ${job.phase}`);
  return job;
};

/** Lets time pass, with a look of the sweeper each two minutes, until nothing is left to do for the job. */
const overAndDone = async (house: House, { id }: Job): Promise<Job> => {
  for (let minutes = 0; minutes < 60; minutes += 2) {
    const job = await readJob(house.ports, id);
    const left = await house.ports.files.list(`jobs/${id}/`);
    if (reported(job) && left.every((key) => key.includes('/results/'))) return job;
    house.advance(2 * 60_000 + 1);
    await sweep(house.ports);
    await house.settle();
  }
  throw new Error('an hour later there is still something left of the job');
};

const seen = ({ state, rows, counts, reasons, failure, deliveries }: Job): Facts => ({
  state,
  rows,
  counts,
  reasons,
  failure: failure?.message,
  reports: Object.values(deliveries).map((delivery) => delivery.state),
});

const content = (house: House, job: Job, kind: 'export' | 'rejected' | 'notProcessed') =>
  job.files[kind] ? readObject(house.ports, job.files[kind].key) : 'none';

/** All people of the list with all that they have, as an export shows them. */
const exported = async (house: House, key: string): Promise<Facts> => {
  const job = await ended(house, await ask(house, key, 'export_list_data', { list, fields: { vars: 1 } }));
  await overAndDone(house, job);
  return { state: job.state, counts: job.counts, bytes: await content(house, job, 'export') };
};

const mails = async (house: House, job: Job) => {
  const kept = await readMailbox(house.home);
  return kept.filter(({ id }) => id.startsWith(job.id)).map(({ to, subject }) => ({ to, subject }));
};

const report = (hook: string) => ({ report_email: 'owner@example.com', postback_url: hook });

/** Refused because a process before this one had done it. */
const unlessDone = (error: unknown): undefined => {
  if (!(error instanceof Refusal) || error.reason !== 'not_allowed') throw error;
};

/** Calls `act` once, while a batch is worked on: the first one when the road is gone on with after a death. */
const midway = (house: House, again: boolean, act: () => Promise<unknown>): void => {
  const { read } = house.ports.profiles;
  let batches = 0;
  house.ports.profiles = {
    ...house.ports.profiles,
    read: async (...args) => {
      if (++batches === (again ? 1 : 4)) await act();
      return read(...args);
    },
  };
};

/** `hook`: where postbacks go. `again`: a process before this one began the road and died. */
type Road = (house: House, hook: string, again: boolean) => Promise<Facts>;

export const roads: Record<string, Road> = {
  async import(house, hook) {
    const job = await ended(house, await ask(house, 'road', 'import', { list, ...report(hook) }, file(people)));
    const after = await overAndDone(house, job);
    return {
      ...seen(after),
      chunks: job.chunks,
      rejected: await content(house, job, 'rejected'),
      mails: await mails(house, job),
      people: await exported(house, 'all'),
    };
  },

  /** Paused half-way, resumed at once. */
  async pause(house, hook, again) {
    const job = await ask(house, 'road', 'import', { list, ...report(hook) }, file(people));
    midway(house, again, () => pauseJob(house.ports, house.client, job.id).catch(unlessDone));
    for (await house.settle(); (await readJob(house.ports, job.id)).state === 'paused'; await house.settle())
      await resumeJob(house.ports, house.client, job.id);
    const after = await overAndDone(house, await ended(house, job));
    return {
      ...seen(after),
      rejected: await content(house, after, 'rejected'),
      mails: await mails(house, job),
      people: await exported(house, 'all'),
    };
  },

  /** Cancelled half-way, then what is left is brought again. */
  async cancel(house, hook, again) {
    const job = await ask(house, 'road', 'import', { list, ...report(hook) }, file(people));
    midway(house, again, () => cancelJob(house.ports, house.client, job.id).catch(unlessDone));
    await house.settle();
    const first = await overAndDone(house, await ended(house, job));
    const rest = await retryJob(house.ports, house.client, job.id);
    const second = await overAndDone(house, await ended(house, rest));
    const { created = 0, updated = 0, unchanged = 0, duplicate = 0, not_processed: lost = 0 } = first.counts;
    const lines = (await content(house, first, 'notProcessed')).trimEnd().split('\n').length - 1;
    return {
      state: first.state,
      balanced: accountedRows(first.counts) === first.rows && created + updated + unchanged + duplicate > 0,
      everyLostRowKept: lost > 0 && lines === lost,
      retried: second.state,
      rejectedAgain: second.counts.rejected,
      createdInBoth: created + (second.counts.created ?? 0),
      mails: await mails(house, job),
      people: await exported(house, 'all'),
    };
  },
};
