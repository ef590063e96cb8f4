import { describe, expect, it } from 'vitest';
import type { Job } from '../../functions/jobs/job.ts';
import { prices } from '../../functions/jobs/reports/prices.ts';
import { costOf, receiptOf } from '../../functions/jobs/reports/receipt.ts';
import { countUsage, Meter, noUsage } from '../../functions/jobs/usage.ts';
import { aJob } from '../contracts/samples.ts';

const at = Date.UTC(2026, 0, 1);
const ended = (changes: Partial<Job>): Job =>
  aJob({ state: 'completed', createdAt: at, startedAt: at + 2_000, finishedAt: at + 12_000, ...changes });

describe('a receipt', () => {
  it('tells the seconds of each phase that was passed, and the rows a second while the job was begun', () => {
    const times = { splitting: at + 2_000, processing: at + 3_500, finishing: at + 11_000 };
    const receipt = receiptOf(ended({ times, rows: 100, counts: { created: 90, rejected: 10 } }));
    expect(receipt?.seconds).toEqual({ waiting: 2, splitting: 1.5, processing: 7.5, finishing: 1, total: 12 });
    expect(receipt?.rowsPerSecond).toBe(10);
  });

  it('counts no row that was not processed into the speed', () => {
    const counts = { created: 50, not_processed: 950 };
    expect(receiptOf(ended({ state: 'cancelled', rows: 1000, counts }))?.rowsPerSecond).toBe(5);
  });

  it('comes with the end, and also for a job that never began', () => {
    expect(receiptOf(aJob({ state: 'running', startedAt: at }))).toBeUndefined();
    const { startedAt: _, ...never } = ended({ state: 'cancelled' });
    expect(receiptOf(never)?.seconds).toEqual({ waiting: 12, total: 12 });
  });

  it('prices everything that was used', () => {
    const million = {
      ...noUsage,
      readUnits: 1e6,
      writeUnits: 2e6,
      puts: 1e6,
      gets: 1e6,
      messages: 1e6,
      gbSeconds: 1e6,
    };
    const expected = 0.125 + 2 * 0.625 + 5 + 0.4 + 0.4 + 13.3334;
    expect(costOf(million)).toBeCloseTo(expected, 6);
    expect(costOf(noUsage)).toBe(0);
  });

  it('of a plan prices the writes that it would make, apart from what planning took', () => {
    const usage = { ...noUsage, readUnits: 100, plannedUnits: 3e6 };
    const receipt = receiptOf(ended({ mode: 'plan', usage }));
    expect(receipt?.plannedCostUsd).toBeCloseTo(3e6 * prices.writeUnit, 9);
    expect(receipt?.costUsd).toBeCloseTo(100 * prices.readUnit, 12);
  });
});

describe('a meter', () => {
  it('counts what its own work awaits, and nothing that runs beside it', async () => {
    const [one, other] = [new Meter(0), new Meter(2)];
    const gate = Promise.withResolvers<void>();
    const counting = async (readUnits: number) => {
      countUsage({ readUnits });
      await gate.promise;
      countUsage({ readUnits, requests: 1 });
    };
    const both = [one.run(() => counting(1)), other.run(() => counting(10))];
    countUsage({ readUnits: 1000 });
    gate.resolve();
    await Promise.all(both);
    expect(one.used).toEqual({ ...noUsage, readUnits: 2, requests: 1 });
    expect(other.used).toMatchObject({ readUnits: 20, requests: 1 });
    expect(other.used.gbSeconds).toBeGreaterThan(0);
  });

  it('keeps what was used by work that failed', async () => {
    const meter = new Meter(0);
    const failing = meter.run(async () => {
      countUsage({ writeUnits: 3 });
      throw new Error('throttled');
    });
    await expect(failing).rejects.toThrow('throttled');
    expect(meter.used.writeUnits).toBe(3);
  });
});
