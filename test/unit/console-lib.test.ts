// What the console's pages say of numbers and times, how often they ask, and how they measure speed.
import { describe, expect, it } from 'vitest';
import { nextDelay } from '../../console/src/lib/delay.ts';
import { bytes, dollars, duration, percent, relative } from '../../console/src/lib/format.ts';
import { curveOf, observe, secondsLeft, speedOf } from '../../console/src/lib/rates.ts';

it.each([
  [duration(0.034), '34 ms'],
  [duration(5.04), '5.0 s'],
  [duration(59.6), '1 min 0 s'],
  [duration(3661), '1 h 1 min'],
  [duration(90_000), '1 d 1 h'],
  [bytes(999), '999 bytes'],
  [bytes(1_073_741_824), '1.1 GB'],
  [percent(1, 60_000), '< 0.1 %'],
  [percent(59_999, 60_000), '> 99.9 %'],
  [percent(1, 3), '33 %'],
  [percent(0, 0), '0 %'],
  [dollars(0.00001), 'under $0.0001'],
  [dollars(12.3456), 'about $12.35'],
  [relative(0, 31_000), '30 seconds ago'],
  [relative(7_200_000, 0), 'in 2 hours'],
  [relative(3000, 0), 'just now'],
])('%s is said as %s', (said, expected) => {
  expect(said).toBe(expected);
});

it('a page asks every second while something moves, and slows down to 15 seconds while nothing does', () => {
  const delays = [1000];
  for (let look = 0; look < 9; look++) delays.push(nextDelay(delays.at(-1) ?? 0, false));
  expect(delays.slice(0, 3)).toEqual([1000, 1500, 2250]);
  expect(delays.at(-1)).toBe(15_000);
  expect(nextDelay(15_000, true)).toBe(1000);
});

describe('the speed of a job', () => {
  const begun = Date.UTC(2026, 0, 1);
  const job = (id: string, value: number, more: object = {}) => ({
    id,
    state: 'running' as const,
    phase: 'processing' as const,
    progress: { value, total: 1000 },
    times: { processing: new Date(begun).toISOString() },
    counts: { created: value, updated: 0, unchanged: 0, duplicate: 0, skipped: 0, rejected: 0, not_processed: 0 },
    ...more,
  });

  it('is the average until the page has seen it move, then that of the last seconds', () => {
    expect(speedOf(job('a', 100), begun + 10_000)).toBe(10);
    observe(job('a', 100), begun + 10_000);
    observe(job('a', 300), begun + 12_000);
    expect(speedOf(job('a', 300), begun + 12_000)).toBe(100);
    expect(secondsLeft(job('a', 300), 100, begun + 12_000)).toBe(7);
    expect(speedOf({ ...job('a', 300), phase: 'finishing' as const }, begun)).toBeUndefined();
  });

  it('over time begins with the average before the first look, and ends at the end of the work', () => {
    observe(job('b', 100), begun + 10_000);
    observe(job('b', 300), begun + 12_000);
    const finishing = new Date(begun + 20_000).toISOString();
    const ended = job('b', 700, { state: 'completed', times: { ...job('b', 0).times, finishing } });
    const seconds = begun / 1000;
    expect(curveOf(ended)).toEqual([
      [seconds, 10],
      [seconds + 10, 10],
      [seconds + 12, 100],
      [seconds + 20, 50],
    ]);
  });

  it('over time does not show the chunks in which rows come, and shows when none come', () => {
    for (let second = 10; second <= 20; second++)
      observe(job('e', Math.floor(second / 2) * 100), begun + second * 1000);
    for (let second = 21; second <= 28; second++) observe(job('e', 1000), begun + second * 1000);
    const speeds = curveOf(job('e', 1000)).map(([, speed]) => Math.round(speed));
    expect(speeds).toEqual([50, 50, 50, 50, 50, 50, 50, 0]);
  });

  it('of an export counts its rows, and what is left by its slices', () => {
    const slices = { progress: { value: 1, total: 4 }, counts: { exported: 5000 } };
    const exporting = { ...job('c', 0), ...slices };
    expect(speedOf(exporting, begun + 10_000)).toBe(500);
    expect(secondsLeft(exporting, 500, begun + 10_000)).toBe(30);
  });

  it('keeps a bounded number of samples of a long job', () => {
    for (let look = 0; look < 5000; look++) observe(job('d', look), begun + look * 1000);
    expect(curveOf(job('d', 5000)).length).toBeLessThan(700);
  });
});
