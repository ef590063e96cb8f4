// Numbers for ids, and times as numbers: worked out, and worked back.
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { idsOf, jobNumber, listNumber } from '../../functions/doors/greenarrow/numbers.ts';
import { readTime, shownTime } from '../../functions/doors/greenarrow/times.ts';

const hex = (length: number) => fc.stringMatching(new RegExp(`^[0-9a-f]{${length}}$`));

describe('the number of a job', () => {
  it('is whole in every JSON reader, and leads back to a range with its id in it', () => {
    fc.assert(
      fc.property(hex(24), (id) => {
        const number = jobNumber(id);
        expect(Number.isSafeInteger(number)).toBe(true);
        if (number === 0) return;
        const [first = '', last = ''] = idsOf(number) ?? [];
        expect(first <= id && id <= `${last}~`).toBe(true);
      }),
    );
  });

  it('leads to no id with another number', () => {
    fc.assert(
      fc.property(hex(24), hex(10), hex(10), (id, low, high) => {
        fc.pre(jobNumber(id) > 0);
        const [first = '', last = ''] = idsOf(jobNumber(id)) ?? [];
        expect(jobNumber(first + low)).toBe(jobNumber(id));
        expect(jobNumber(last + high)).toBe(jobNumber(id));
        expect(first.length).toBe(14);
      }),
    );
  });

  it('grows with the time at which the job was made', () => {
    expect(jobNumber(`6a1f0002${'0'.repeat(16)}`)).toBeGreaterThan(jobNumber(`6a1f0001${'f'.repeat(16)}`));
  });

  it.each([0, -1, 1.5, Number.NaN, 2 ** 53, Number.POSITIVE_INFINITY])('is never %d', (number) => {
    expect(idsOf(number)).toBe(undefined);
  });
});

it('the number of a list is that of its name alone', () => {
  expect(listNumber('Main')).toBe(listNumber('Main'));
  const names = Array.from({ length: 10_000 }, (_, i) => `List ${i}`);
  expect(new Set(names.map(listNumber)).size).toBe(10_000);
  fc.assert(fc.property(fc.string(), (name) => Number.isSafeInteger(listNumber(name))));
});

describe('a time', () => {
  it('is shown in whole seconds that never lie ahead, and read again as it was shown', () => {
    fc.assert(
      fc.property(fc.integer({ min: 0, max: 4e12 }), (at) => {
        const shown = String(shownTime(at));
        expect(shown).toMatch(/^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ$/);
        const read = readTime(shown, 'UTC') ?? Number.NaN;
        expect(at - read).toBeGreaterThanOrEqual(0);
        expect(at - read).toBeLessThan(1000);
      }),
    );
  });

  it.each([
    ['2013-03-27T10:41:15-05:00', Date.UTC(2013, 2, 27, 15, 41, 15)],
    ['2013-03-27T10:41:15Z', Date.UTC(2013, 2, 27, 10, 41, 15)],
    ['2013-03-27', Date.UTC(2013, 2, 27, 4)],
    ['1364380875', 1364380875000],
    [1364380875, 1364380875000],
    ['2013-02-30', undefined],
    ['27/03/2013', undefined],
    ['tomorrow', undefined],
    ['', undefined],
    [-1, undefined],
    [1.5, undefined],
    [null, undefined],
    [{}, undefined],
  ])('%j is read', (text, at) => {
    expect(readTime(text, 'America/New_York')).toBe(at);
  });
});
