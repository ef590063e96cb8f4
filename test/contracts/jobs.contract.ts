// What every store of jobs promises.
import { describe, expect, it } from 'vitest';
import { type Job, type Phase, type State, terminalStates } from '../../functions/jobs/job.ts';
import * as states from '../../functions/jobs/states.ts';
import { noUsage } from '../../functions/jobs/usage.ts';
import { type Harness, opened, type Subjects } from './contract.ts';
import { aClient, aJob, anId, now } from './samples.ts';

const allStates: State[] = ['scheduled', 'pending', 'running', 'paused', ...terminalStates];
const allPhases: (Phase | undefined)[] = [undefined, 'downloading', 'splitting', 'processing', 'finishing'];

const sorted = (job: Job | undefined) =>
  job && { ...job, done: [...job.done].sort((a, b) => a - b), marks: [...job.marks].sort() };

export const jobsContract = (harness: Harness<Subjects['jobs']>): void => {
  describe('jobs', () => {
    const subject = opened(harness);
    const store = () => subject().jobs;
    const created = async (changes: Partial<Job> = {}) => {
      const job = aJob(changes);
      expect(await store().create(job)).toBe(true);
      return job;
    };

    it('gives a job back as it was written', async () => {
      const full = await created({
        params: JSON.parse('{"list":"Main","vars":{"__proto__":1,"a.b":[1,{"c":null}],"":"x"},"big":1e300}'),
        echo: { list: 'Grüße 🚚', nested: { empty: {}, none: [] } },
        source: { kind: 'file', key: 'uploads/a', filename: 'a b.csv' },
        state: 'running',
        phase: 'processing',
        startedAt: now,
        due: now + 9e11,
        tries: 2,
        retryAt: now + 1,
        plan: 'jobs/x/plan',
        chunks: 3,
        rows: 0,
        done: [0, 2],
        counts: { created: 5, not_processed: 1, exported: 7 },
        marks: ['a', '', '__proto__'],
        warnings: ['a warning'],
        files: { export: { key: 'exports/a', filename: 'a.csv', size: 0, expiresAt: now } },
        failure: { class: 'input', message: 'why' },
        reportEmail: 'a@example.com',
        postbackUrl: 'https://example.com/',
        deliveries: { mail: { state: 'sending', attempts: 1, at: now, answer: '200' } },
      });
      expect(sorted(await store().read(full.id))).toEqual(sorted(full));
      expect(JSON.stringify((await store().read(full.id))?.params)).toBe(JSON.stringify(full.params));
      const plain = await created();
      expect(await store().read(plain.id)).toEqual(plain);
    });

    it('knows no job that was not written', async () => {
      expect(await store().read(anId())).toBeUndefined();
      expect(await store().move(anId(), states.lookAgain({ state: 'pending' }, null))).toBeUndefined();
      await expect(store().account(anId(), { chunk: 0, from: 0, counts: {}, due: now })).rejects.toThrow();
    });

    it('creates a job once, however many try', async () => {
      const job = aJob();
      const tries = Array.from({ length: 20 }, (_, i) => store().create({ ...job, name: `try ${i}` }));
      const won = (await Promise.all(tries)).flatMap((yes, i) => (yes ? [`try ${i}`] : []));
      expect(won).toHaveLength(1);
      expect((await store().read(job.id))?.name).toBe(won[0]);
    });

    describe('claims', () => {
      const aClaim = () => ({ client: aClient(), key: 'k', fingerprint: 'f', job: anId(), expiresAt: now + 3600_000 });

      it('go to one of many', async () => {
        const claim = aClaim();
        const tries = Array.from({ length: 20 }, (_, i) => store().claim({ ...claim, job: `job-${i}` }));
        const held = await Promise.all(tries);
        expect(new Set(held.map(({ job }) => job)).size).toBe(1);
        const later = await store().claim({ ...claim, job: 'late', fingerprint: 'other' });
        expect(later).toEqual(held[0]);
      });

      it('are apart by client and by key', async () => {
        const claim = aClaim();
        await store().claim(claim);
        const others = [
          { ...claim, client: aClient(), job: 'b' },
          { ...claim, key: 'K', job: 'c' },
          { ...claim, key: '\u{1f69a}\n#'.repeat(300), job: 'd' },
        ];
        for (const other of others) expect(await store().claim(other)).toEqual(other);
      });

      it('end', async () => {
        const claim = { ...aClaim(), expiresAt: Date.now() - 5000 };
        await store().claim(claim);
        const next = { ...claim, job: 'next', expiresAt: now + 3600_000 };
        expect(await store().claim(next)).toEqual(next);
        expect(await store().claim({ ...next, job: 'third' })).toEqual(next);
      });
    });

    describe('moves', () => {
      const ending = { finishedAt: now, deliveries: {}, due: null };
      const usage = { ...noUsage, readUnits: 1.5, requests: 3 };
      const moves = (job: Job): states.Move[] => [
        states.begin(job, 'downloading', now, now),
        states.postpone(1, now, now),
        states.launch(now),
        states.fetched(job, now, now),
        states.startChunks(job, now, { plan: 'jobs/p', chunks: 3, rows: 9, warnings: ['w'], usage, due: now }),
        states.gather(job, now, now),
        states.planAgain(job, 'jobs/p2', 4, now),
        states.end(job, 'completed', { ...ending, rows: 1, counts: { created: 1 }, usage, files: {} }),
        states.fail(job, 'failed', { failure: { class: 'input', message: 'm' }, counts: {}, ...ending }),
        states.finishAgain(1, now),
        states.pause(job, now, now),
        states.resume(job, now, now),
        states.cancel(job, ending),
        states.stop(job, 'cancel', 1, now),
        states.lookAgain(job, now + 1),
        states.forget({}, null),
      ];

      it('are made from the states and phases that they name, and from no other', async () => {
        const cases = allStates.flatMap((state) => allPhases.map((phase) => ({ state, phase })));
        for (const { state, phase } of cases) {
          const sample = {
            ...aJob({ state, chunks: 2, done: [0, 1], counts: { created: 2 } }),
            ...(phase && { phase }),
          };
          await Promise.all(
            moves(sample).map(async (move) => {
              const job = { ...sample, id: anId() };
              await store().create(job);
              const after = await store().move(job.id, move);
              expect(after !== undefined, `${move.name} from ${state} ${phase}`).toBe(states.allows(move, job));
              const stored = sorted(await store().read(job.id));
              expect(stored).toEqual(sorted(after ?? job));
              if (after) expect(stored?.state).toBe(move.set.state ?? state);
            }),
          );
        }
      });

      it('set what they name, remove what is null and leave the rest', async () => {
        const job = await created({ state: 'running', phase: 'downloading', due: now + 9e11, retryAt: now, tries: 1 });
        const after = await store().move(job.id, {
          name: 'test',
          from: ['running'],
          set: { state: 'pending', phase: null, retryAt: null, due: null, plan: 'jobs/p', rows: 0, warnings: ['w'] },
        });
        const { phase: _, due: __, retryAt: ___, ...rest } = job;
        expect(after).toEqual({ ...rest, state: 'pending', plan: 'jobs/p', rows: 0, warnings: ['w'] });
      });

      it('replace counts and marks whole, and keep the set of accounted chunks', async () => {
        const job = await created({ state: 'running', phase: 'processing', chunks: 2 });
        await store().account(job.id, {
          chunk: 0,
          from: 0,
          counts: { exported: 5, skipped: 1 },
          marks: ['a', 'b'],
          due: now + 9e11,
        });
        await store().move(job.id, { name: 'test', from: ['running'], set: { counts: { exported: 1 }, marks: ['c'] } });
        expect(await store().read(job.id)).toMatchObject({ counts: { exported: 1 }, marks: ['c'], done: [0] });
        const after = await store().move(job.id, { name: 'test', from: ['running'], set: { counts: {}, marks: [] } });
        expect(after).toMatchObject({ counts: {}, marks: [], done: [0] });
        const { job: again } = await store().account(job.id, {
          chunk: 1,
          from: 0,
          counts: { exported: 2 },
          marks: ['d'],
          due: now + 9e11,
        });
        expect(sorted(again)).toMatchObject({ counts: { exported: 2 }, marks: ['d'], done: [0, 1] });
      });

      it('hold only while stop, ticket, plan and ledger are as the caller saw them', async () => {
        const ticket = { key: 'uploads/tickets/x', filename: 'a.csv', size: 1, expiresAt: now };
        const jobs: Partial<Job>[] = [{}, { stop: 'cancel' }, { ticket }, { plan: 'jobs/p' }, { done: [3] }];
        const conditions: Partial<states.Move>[] = [
          { stop: null },
          { stop: 'cancel' },
          { stop: 'errors' },
          { awaiting: true },
          { awaiting: false },
          { plan: null },
          { plan: 'jobs/p' },
          { accounts: 0 },
          { accounts: 1 },
        ];
        for (const changes of jobs)
          for (const condition of conditions) {
            const job = await created({ state: 'running', phase: 'processing', chunks: 9, ...changes });
            const move: states.Move = { name: 'test', from: ['running'], ...condition, set: { rows: 5 } };
            const moved = await store().move(job.id, move);
            expect(moved !== undefined, JSON.stringify([changes, condition])).toBe(states.allows(move, job));
          }
      });

      it('set and remove what waits, pauses and stops', async () => {
        const ticket = { key: 'uploads/tickets/x', filename: 'a.csv', size: 1, expiresAt: now };
        const job = await created({ state: 'scheduled', ticket, due: now + 9e11 });
        const source = { kind: 'file', key: ticket.key } as const;
        const arrived = await store().move(job.id, states.arrive(job, source, now, now + 9e11));
        expect(arrived).toMatchObject({ state: 'pending', source });
        expect(arrived).not.toHaveProperty('ticket');
        const paused = await store().move(job.id, states.pause(arrived ?? job, now, now + 9e11));
        expect(paused).toMatchObject({ state: 'paused', pausedAt: now, resumeTo: 'pending' });
        const resumed = await store().move(job.id, states.resume(paused ?? job, now, now + 9e11));
        expect(resumed).toEqual({ ...arrived, held: true, due: now + 9e11 });
      });

      it('wait for the ledger to balance', async () => {
        const job = await created({ state: 'running', phase: 'processing', chunks: 2 });
        const gather = states.gather(aJob(), now, now + 9e11);
        expect(await store().move(job.id, gather)).toBeUndefined();
        await store().account(job.id, { chunk: 1, from: 0, counts: {}, due: now + 9e11 });
        expect(await store().move(job.id, gather)).toBeUndefined();
        await store().account(job.id, { chunk: 0, from: 0, counts: {}, due: now + 9e11 });
        expect((await store().move(job.id, gather))?.phase).toBe('finishing');
      });

      it('are void when they were decided on an older plan', async () => {
        const job = await created({ state: 'running', phase: 'finishing', chunks: 1, done: [0], plan: 'jobs/new' });
        const late = { ...job, plan: 'jobs/old' };
        expect(await store().move(job.id, states.planAgain(late, 'jobs/p2', 2, now))).toBeUndefined();
        expect((await store().move(job.id, states.planAgain(job, 'jobs/p2', 2, now + 9e11)))?.plan).toBe('jobs/p2');
      });

      it('have one winner', async () => {
        const job = await created({ state: 'running', phase: 'processing', chunks: 1, done: [0] });
        const tries = Array.from({ length: 20 }, () => store().move(job.id, states.gather(aJob(), now, now + 9e11)));
        expect((await Promise.all(tries)).filter(Boolean)).toHaveLength(1);
      });

      it('gather a plan without chunks', async () => {
        const job = await created({ state: 'running', phase: 'processing', chunks: 0 });
        expect((await store().move(job.id, states.gather(aJob(), now, now + 9e11)))?.phase).toBe('finishing');
      });
    });

    describe('deliveries', () => {
      it('are written by one of many who saw the same attempt', async () => {
        const job = await created({
          deliveries: { mail: { state: 'due', attempts: 0 }, postback: { state: 'due', attempts: 0 } },
        });
        const tries = Array.from({ length: 20 }, (_, i) =>
          store().deliver(job.id, 'mail', 0, { state: 'sending', attempts: 1, at: now + i }),
        );
        expect((await Promise.all(tries)).filter(Boolean)).toHaveLength(1);
        expect(await store().deliver(job.id, 'mail', 0, { state: 'failed', attempts: 1 })).toBe(false);
        expect(await store().deliver(job.id, 'mail', 1, { state: 'delivered', attempts: 2, answer: '250' })).toBe(true);
        const read = await store().read(job.id);
        expect(read?.deliveries.mail).toEqual({ state: 'delivered', attempts: 2, answer: '250' });
        expect(read?.deliveries.postback).toEqual({ state: 'due', attempts: 0 });
        expect(await store().deliver(anId(), 'mail', 0, { state: 'due', attempts: 1 })).toBe(false);
      });
    });

    describe('due', () => {
      it('gives jobs whose time has come, oldest first, up to the limit, and no others', async () => {
        const at = [500, 100, 300, 200, 400];
        const jobs = await Promise.all(at.map((due) => created({ due })));
        await created({ due: 900 });
        await created();
        const found = (limit: number) =>
          store()
            .due(600, limit)
            .then((all) => all.map(({ due }) => due));
        expect(await found(100)).toEqual([100, 200, 300, 400, 500]);
        expect(await found(2)).toEqual([100, 200]);
        const [first] = await store().due(600, 1);
        expect(first).toEqual(jobs[1]);

        const [a, b, c] = jobs as [Job, Job, Job];
        await store().move(a.id, states.lookAgain(a, null));
        await store().move(b.id, states.lookAgain(b, now + 9e11));
        await store().move(c.id, states.lookAgain(c, 50));
        expect(await found(100)).toEqual([50, 200, 400]);
        for (const job of await store().due(1000, 100)) await store().move(job.id, states.lookAgain(job, null));
        expect(await store().due(1000, 100)).toEqual([]);
      });
    });
  });
};
