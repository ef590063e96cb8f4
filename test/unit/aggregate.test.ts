// Promises about counts that slices make apart: put together they are those of the whole, and they stay small.
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { Aggregate } from '../../functions/jobs/snapshots/aggregate.ts';

const names = fc.array(fc.oneof(fc.constantFrom('a', 'b', '__proto__', 'constructor', '7'), fc.string()), {
  maxLength: 200,
});
const countOf = (all: readonly string[]): Aggregate => {
  const counts = new Aggregate();
  for (const name of all) {
    counts.count('all');
    counts.countIn('names', name);
  }
  return counts;
};

describe('counts', () => {
  it('of slices, put together, are those of the whole', () => {
    fc.assert(
      fc.property(names, fc.nat({ max: 5 }), (all, slices) => {
        const together = new Aggregate();
        const size = Math.ceil(all.length / (slices + 1)) || 1;
        for (let from = 0; from < all.length; from += size)
          together.take(countOf(all.slice(from, from + size)).toText());
        const whole = countOf(all);
        expect(together.number('all')).toBe(all.length);
        expect(Object.entries(together.topCounts('names'))).toEqual(Object.entries(whole.topCounts('names')));
      }),
    );
  });

  it('are exact up to so many names, and never of more', () => {
    const counts = new Aggregate(3);
    for (const name of ['a', 'b', 'c', 'd', 'a', 'e', 'd', 'a']) counts.countIn('names', name);
    expect(counts.topCounts('names')).toEqual({ a: 3, b: 1, c: 1 });
    counts.countIn('names', 'x'.repeat(61));
    expect(Object.keys(counts.topCounts('names'))).toHaveLength(3);
  });

  it('show the largest, in order of name where they are equal', () => {
    expect(Object.keys(countOf(['c', 'b', 'b', 'a']).topCounts('names', { limit: 2 }))).toEqual(['b', 'a']);
    expect(Object.keys(countOf(['c', 'b', 'b', 'a']).topCounts('names', { order: 'key', limit: 2 }))).toEqual([
      'b',
      'c',
    ]);
  });

  it('of keys that come once each are exact however many there are', () => {
    const counts = new Aggregate();
    for (let i = 0; i < 5000; i++) counts.rank('people', `p${i}`, (i * 7919) % 5000, 3);
    expect(Object.values(counts.topCounts('people', { limit: 3 }))).toEqual([4999, 4998, 4997]);
  });
});
