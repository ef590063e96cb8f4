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
  });
};
