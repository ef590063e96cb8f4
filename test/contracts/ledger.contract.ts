// What every ledger promises: each chunk counts once, whatever comes twice, late or at the same time.
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { type Counts, type Job, type Outcome, outcomes, type State } from '../../functions/jobs/job.ts';
import { noUsage } from '../../functions/jobs/usage.ts';
import { type Harness, opened, type Subjects } from './contract.ts';
import { aJob, anId, now } from './samples.ts';

const due = now + 9e11;

const withoutZeros = (counts: Counts) => Object.fromEntries(Object.entries(counts).filter(([, n]) => n !== 0));

const sum = (all: Counts[]): Counts => {
  const total: Partial<Record<string, number>> = {};
  for (const counts of all) for (const [name, n] of Object.entries(counts)) total[name] = (total[name] ?? 0) + n;
  return total;
};

export const ledgerContract = (harness: Harness<Subjects['jobs']>): void => {
  describe('ledger', () => {
    const subject = opened(harness);
    const store = () => subject().jobs;
    const running = async (changes: Partial<Job> = {}) => {
      const job = aJob({ state: 'running', phase: 'processing', chunks: 100, ...changes });
      expect(await store().create(job)).toBe(true);
      return job.id;
    };

    it('accounts a chunk once under 50 repeats at the same time', async () => {
      const id = await running();
      const entry = { chunk: 7, from: 0, counts: { created: 3, rejected: 1, duplicate: 0 }, marks: ['a', 'b'], due };
      const tries = await Promise.all(Array.from({ length: 50 }, () => store().account(id, entry)));
      expect(tries.filter(({ accounted }) => accounted)).toHaveLength(1);
      const job = await store().read(id);
      expect(withoutZeros(job?.counts ?? {})).toEqual({ created: 3, rejected: 1 });
      expect(job?.done).toEqual([7]);
      expect([...(job?.marks ?? [])].sort()).toEqual(['a', 'b']);
      expect(job?.due).toBe(due);
      for (const { job: seen } of tries) expect(seen.done).toEqual([7]);
    });

    it('accounts 50 chunks at the same time, and tells each the job as it stands', async () => {
      const id = await running({ counts: { created: 1 } });
      const tries = await Promise.all(
        Array.from({ length: 50 }, (_, chunk) => store().account(id, { chunk, from: 0, counts: { created: 2 }, due })),
      );
      expect(tries.every(({ accounted }) => accounted)).toBe(true);
      expect(tries.filter(({ job }) => job.done.length === 50).length).toBeGreaterThanOrEqual(1);
      expect((await store().read(id))?.counts).toEqual({ created: 101 });
    });

    it('keeps every other field of the job', async () => {
      const before = await store().read(await running({ reportEmail: 'a@example.com', warnings: ['w'] }));
      if (!before) throw new Error('no job');
      const { job } = await store().account(before.id, { chunk: 0, from: 0, counts: { updated: 1 }, due });
      expect(job).toEqual({ ...before, done: [0], counts: { updated: 1 }, due });
      expect(await store().read(before.id)).toEqual(job);
    });

    it('accounts the parts of a chunk that was handed over, each once and in their order', async () => {
      const id = await running();
      const part = (from: number, reached?: number) => ({
        chunk: 3,
        from,
        ...(reached !== undefined && { reached }),
        counts: { created: (reached ?? 10) - from },
        due,
      });
      const told = async (entry: ReturnType<typeof part>) => {
        const { accounted, job } = await store().account(id, entry);
        return [accounted, job.reached, job.done, job.counts.created ?? 0];
      };
      expect(await told(part(4, 6))).toEqual([false, {}, [], 0]);
      expect(await told(part(0, 4))).toEqual([true, { 3: 4 }, [], 4]);
      expect(await told(part(0, 4))).toEqual([false, { 3: 4 }, [], 4]);
      expect(await told(part(0))).toEqual([false, { 3: 4 }, [], 4]);
      expect(await told(part(4, 7))).toEqual([true, { 3: 7 }, [], 7]);
      expect(await told(part(7))).toEqual([true, {}, [3], 10]);
      expect(await told(part(7))).toEqual([false, {}, [3], 10]);
      expect((await store().read(id))?.counts).toEqual({ created: 10 });
    });

    it('takes no chunk beyond those that are to be accounted', async () => {
      const id = await running({ chunks: 2 });
      expect((await store().account(id, { chunk: 2, from: 0, counts: { created: 1 }, due })).accounted).toBe(false);
      expect((await store().account(id, { chunk: 1, from: 0, counts: { created: 1 }, due })).accounted).toBe(true);
    });

    it('adds up reasons and usage', async () => {
      const id = await running({ reasons: { 'no address': 1 }, usage: { ...noUsage, readUnits: 0.5 } });
      const reasons = { 'no address': 2, 'the address has no @': 1 };
      await store().account(id, {
        chunk: 0,
        from: 0,
        counts: {},
        reasons,
        usage: { readUnits: 1.5, requests: 2 },
        due,
      });
      const job = await store().read(id);
      expect(job?.reasons).toEqual({ 'no address': 3, 'the address has no @': 1 });
      expect(job?.usage).toEqual({ ...noUsage, readUnits: 2, requests: 2 });
    });

    it('tells state, stop, counts and accounted chunks at a glance', async () => {
      const id = await running({ stop: 'errors', counts: { rejected: 4, created: 1 }, done: [2, 0] });
      expect(await store().glance(id)).toEqual({
        state: 'running',
        stop: 'errors',
        counts: { rejected: 4, created: 1 },
        done: [0, 2],
      });
      expect(await store().glance(await running())).toEqual({ state: 'running', counts: {}, done: [] });
      expect(await store().glance(anId())).toBeUndefined();
    });

    it('takes chunks of a running or paused job only', async () => {
      const open: State[] = ['running', 'paused'];
      for (const state of [
        'scheduled',
        'pending',
        'completed',
        'incomplete',
        'failed',
        'cancelled',
        ...open,
      ] as State[]) {
        const id = await running({ state });
        const { accounted, job } = await store().account(id, { chunk: 0, from: 0, counts: { created: 1 }, due });
        expect(accounted, state).toBe(open.includes(state));
        expect(job.done).toEqual(accounted ? [0] : []);
        expect(await store().read(id)).toEqual(job);
      }
    });

    it('sums the distinct chunks of any sequence of reports', async () => {
      const counts = fc.dictionary(fc.constantFrom<Outcome>(...outcomes), fc.nat(1e9), {
        maxKeys: 4,
        noNullPrototype: true,
      });
      const marks = fc.array(fc.string({ maxLength: 8 }), { maxLength: 3 });
      const chunks = fc.array(fc.record({ counts, marks }), { minLength: 1, maxLength: 6 });
      const reports = fc.array(fc.record({ pick: fc.nat(), together: fc.boolean() }), { maxLength: 14 });
      await fc.assert(
        fc.asyncProperty(chunks, reports, async (work, order) => {
          const id = await running({ chunks: work.length });
          const entries = work.map((chunk, number) => ({ ...chunk, chunk: number, from: 0, due }));
          const told = new Set<number>();
          let waiting: Promise<{ accounted: boolean }>[] = [];
          let accounted = 0;
          const settle = async () => {
            accounted += (await Promise.all(waiting)).filter((answer) => answer.accounted).length;
            waiting = [];
          };
          for (const { pick, together } of order) {
            const entry = entries[pick % entries.length];
            if (!entry) continue;
            told.add(entry.chunk);
            waiting.push(store().account(id, entry));
            if (!together) await settle();
          }
          await settle();
          const job = await store().read(id);
          const distinct = entries.filter(({ chunk }) => told.has(chunk));
          expect(accounted).toBe(told.size);
          expect([...(job?.done ?? [])].sort()).toEqual([...told].sort());
          expect(withoutZeros(job?.counts ?? {})).toEqual(withoutZeros(sum(distinct.map((entry) => entry.counts))));
          expect(new Set(job?.marks)).toEqual(new Set(distinct.flatMap((entry) => entry.marks)));
        }),
        { numRuns: 40 },
      );
    });
  });
};
