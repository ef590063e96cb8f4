// What every store of jobs promises of its lists.
import { randomBytes } from 'node:crypto';
import { describe, expect, it } from 'vitest';
import type { ClientId, Job, JobId } from '../../functions/jobs/job.ts';
import type { JobPage } from '../../functions/jobs/ports.ts';
import { endedBefore, rankOf } from '../../functions/jobs/rank.ts';
import { cancel, end } from '../../functions/jobs/states.ts';
import { noUsage } from '../../functions/jobs/usage.ts';
import { type Harness, opened, type Subjects } from './contract.ts';
import { aClient, aJob, now } from './samples.ts';

export const jobListContract = (harness: Harness<Subjects['jobs']>): void => {
  describe('lists of jobs', () => {
    const subject = opened(harness);
    const store = () => subject().jobs;
    const created = async (client: ClientId, changes: Partial<Job>): Promise<Job> => {
      const job = aJob({ client, ...changes });
      expect(await store().create(job)).toBe(true);
      return job;
    };
    const readJob = async (id: JobId): Promise<Job> => (await store().read(id)) as Job;
    const ended = async (client: ClientId, finishedAt: number): Promise<JobId> => {
      const job = await created(client, { state: 'running', phase: 'finishing' });
      const results = { rows: 0, counts: {}, files: {}, usage: noUsage, deliveries: {}, due: now };
      expect(await store().move(job.id, end(job, 'completed', { ...results, finishedAt }))).toBeDefined();
      return job.id;
    };
    const list = async (client: ClientId, page: Partial<JobPage> = {}): Promise<JobId[]> =>
      (await store().list(client, { limit: 100, ...page })).map(({ id }) => id);

    it('begin with what is next, and end with what ended first', async () => {
      const client = aClient();
      await created(aClient(), {});
      const old = await ended(client, now - 5_000);
      const recent = await ended(client, now - 1);
      const later = await created(client, { createdAt: now - 10, beginsAt: now + 1, state: 'scheduled' });
      const first = await created(client, { createdAt: now - 20 });
      const second = await created(client, { createdAt: now - 10 });
      expect(await list(client)).toEqual([first.id, second.id, later.id, recent, old]);
      expect(await list(client, { only: 'unfinished' })).toEqual([first.id, second.id, later.id]);
      expect(await list(client, { only: 'ended' })).toEqual([recent, old]);
      expect(await list(aClient())).toEqual([]);
    });

    it('can end before a rank, as they can begin behind one', async () => {
      const client = aClient();
      const [a, b, c] = [await ended(client, now - 3), await ended(client, now - 2), await ended(client, now - 1)];
      expect(await list(client, { before: endedBefore(now - 2) })).toEqual([c, b]);
      expect(await list(client, { only: 'ended', after: endedBefore(now - 1) })).toEqual([b, a]);
      expect(await list(client, { after: endedBefore(now - 1), before: endedBefore(now - 2) })).toEqual([b]);
      expect(await list(client, { after: endedBefore(now - 2), before: endedBefore(now - 1) })).toEqual([]);
      expect(await list(client, { only: 'unfinished', before: endedBefore(now) })).toEqual([]);
    });

    it('come in pages that hold each job once', async () => {
      const client = aClient();
      for (let i = 0; i < 7; i++) await (i % 2 ? ended(client, now - i) : created(client, { createdAt: now - i }));
      const whole = await list(client);
      const paged: JobId[] = [];
      for (let after: string | undefined; ; ) {
        const page = await store().list(client, { limit: 2, ...(after !== undefined && { after }) });
        const last = page.at(-1);
        if (!last) break;
        paged.push(...page.map(({ id }) => id));
        after = rankOf(last);
      }
      expect(paged).toEqual(whole);
      expect(new Set(whole).size).toBe(7);
    });

    it('can be asked for by a part of their ids, however they ended', async () => {
      const client = aClient();
      const made = [];
      for (const rest of ['00000', '00007', '00008', '0000f'])
        made.push((await created(client, { id: `6a1f000${rest}${randomBytes(6).toString('hex')}` })).id);
      const [a = '', b = '', c = ''] = made;
      await created(aClient(), { id: `6a1f00000000${randomBytes(6).toString('hex')}` });
      await store().move(a, cancel(await readJob(a), { finishedAt: now, deliveries: {}, due: null }));
      const between = async (first: string, last: string, of = client) =>
        (await store().between(of, first, last)).map(({ id }) => id);
      expect(await between('6a1f00000000', '6a1f00000007')).toEqual([a, b]);
      expect(await between('6a1f00000008', '6a1f00000008')).toEqual([c]);
      expect(await between('6a1f000', '6a1f000')).toEqual(made);
      expect(await between('6a1f00000009', '6a1f0000000e')).toEqual([]);
      expect(await between('6a1f000', '6a1f000', aClient())).toEqual([]);
    });
  });
};
