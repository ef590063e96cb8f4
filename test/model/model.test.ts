import { describe, expect, it } from 'vitest';
import { Coverage } from './coverage.ts';
import { runSchedule } from './schedule.ts';

/** Of each kind at least one in the schedules below, or they show little. */
const wanted = [
  'crash',
  'freeze',
  'error',
  'lostAnswer',
  'drop',
  'repeat',
  'late',
  'stale',
  'outOfTime',
  'reportFails',
  'pullFails',
].map((kind) => `fault ${kind}`);
const reached = ['pause', 'resume', 'stop', 'cancel', 'plan again', 'launch', 'postpone', 'fail'].map(
  (move) => `move ${move}`,
);

describe('the job engine under 500 schedules of crashes, repeated, late and lost messages', () => {
  const seen = new Coverage();

  it('ends every job with every row counted once, whatever happens in between', { timeout: 120_000 }, async () => {
    const broken: string[] = [];
    for (let seed = 1; seed <= 500; seed++) {
      const outcome = await runSchedule(seed);
      seen.merge(outcome.seen);
      if (outcome.violations.length > 0) broken.push(`seed ${seed}: ${outcome.violations.join('; ')}`);
    }
    expect(broken).toEqual([]);
  });

  it('goes through every fault, every move and every kind of end', () => {
    const missing = [
      ...wanted,
      ...reached,
      'account part',
      'account refused',
      'check conflict',
      'take dead letter',
    ].filter((what) => seen.of(what) === 0);
    expect(missing).toEqual([]);
    for (const end of ['completed', 'incomplete', 'failed', 'cancelled'])
      expect(seen.of(`end import run ${end}`), end).toBeGreaterThan(10);
  });

  it('runs a seed the same way again', async () => {
    const [one, other] = [await runSchedule(7), await runSchedule(7)];
    expect(other.steps).toBe(one.steps);
    expect([...other.seen.counts]).toEqual([...one.seen.counts]);
  });
});
