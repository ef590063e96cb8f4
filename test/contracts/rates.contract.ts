// What every counter of calls promises.
import { describe, expect, it } from 'vitest';
import { type Harness, opened, type Subjects } from './contract.ts';
import { aClient } from './samples.ts';

export const ratesContract = (harness: Harness<Subjects['rates']>): void => {
  describe('rates', () => {
    const subject = opened(harness);
    const second = Math.floor(Date.now() / 1000);

    it('counts every call once, however many come together', async () => {
      const bucket = `${aClient()} POST job`;
      const counts = await Promise.all(Array.from({ length: 60 }, () => subject().rates.hit(bucket, second)));
      expect(counts.sort((a, b) => a - b)).toEqual(Array.from({ length: 60 }, (_, i) => i + 1));
    });

    it('counts each bucket and each second apart', async () => {
      const client = aClient();
      expect(await subject().rates.hit(`${client} POST job`, second)).toBe(1);
      expect(await subject().rates.hit(`${client} GET job`, second)).toBe(1);
      expect(await subject().rates.hit(`${client} POST job`, second + 1)).toBe(1);
      expect(await subject().rates.hit(`${client} POST job`, second)).toBeGreaterThanOrEqual(1);
      expect(await subject().rates.hit(`${client} POST job`, second + 1)).toBe(2);
      expect(await subject().rates.hit(`${client} ${'🚚'.repeat(2000)}`, second)).toBe(1);
    });

    it('counts in longer windows too, and tells without counting', async () => {
      const bucket = `${aClient()} wrong keys`;
      const begin = 60 * Math.floor(second / 60);
      expect(await subject().rates.seen(bucket, begin, 60)).toBe(0);
      for (const at of [0, 1, 30, 59]) await subject().rates.hit(bucket, begin + at, 60);
      for (const at of [7, 59]) expect(await subject().rates.seen(bucket, begin + at, 60)).toBe(4);
      expect(await subject().rates.seen(bucket, begin + 60, 60)).toBe(0);
      expect(await subject().rates.hit(bucket, begin + 60, 60)).toBe(1);
    });
  });
};
