// Moments counted from now, on the client's own clock.
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { offsetOf, readDate } from '../../functions/jobs/local-time.ts';
import { readMoment } from '../../functions/jobs/relative-time.ts';

const utc = offsetOf('UTC');
const newYork = offsetOf('America/New_York');
const now = Date.parse('2024-03-31T15:04:05Z');

describe('a moment', () => {
  it.each([
    ['now', '2024-03-31T15:04:05Z'],
    ['today', '2024-03-31T00:00:00Z'],
    ['yesterday', '2024-03-30T00:00:00Z'],
    ['Tomorrow 5pm', '2024-04-01T17:00:00Z'],
    ['tomorrow at 12:30 a.m.', '2024-04-01T00:30:00Z'],
    ['yesterday noon', '2024-03-30T12:00:00Z'],
    ['midnight', '2024-03-31T00:00:00Z'],
    ['today 17:30', '2024-03-31T17:30:00Z'],
    ['12pm', '2024-03-31T12:00:00Z'],
    ['-3 days', '2024-03-28T15:04:05Z'],
    ['- 3 days', '2024-03-28T15:04:05Z'],
    ['3 days ago', '2024-03-28T15:04:05Z'],
    ['1 week 2 days ago', '2024-03-22T15:04:05Z'],
    ['+3 hours', '2024-03-31T18:04:05Z'],
    ['+90 minutes', '2024-03-31T16:34:05Z'],
    ['+1 week', '2024-04-07T15:04:05Z'],
    ['-1 fortnight', '2024-03-17T15:04:05Z'],
    ['-1 month', '2024-03-02T15:04:05Z'],
    ['next year', '2025-03-31T15:04:05Z'],
    ['last week', '2024-03-24T15:04:05Z'],
    ['+1 day midnight', '2024-04-01T00:00:00Z'],
    ['20240601', '2024-06-01T00:00:00Z'],
    ['6/1/2024', '2024-06-01T00:00:00Z'],
    ['July 1, 2016', '2016-07-01T00:00:00Z'],
  ])('%s is read', (text, iso) => {
    expect(readMoment(text, utc, now)).toBe(Date.parse(iso));
  });

  it.each(['', 'soon', '5', 'ago', 'today tomorrow', '13pm', '0am', 'today 25:00', '-3 lightyears', '-100000 days'])(
    '%j is none',
    (text) => {
      expect(readMoment(text, utc, now)).toBeUndefined();
    },
  );

  it('begins its days at the client’s midnight', () => {
    expect(readMoment('today', newYork, Date.parse('2024-06-02T03:00:00Z'))).toBe(Date.parse('2024-06-01T04:00:00Z'));
  });

  it('keeps the time of day over a change of clocks when days are counted, and not when hours are', () => {
    const before = Date.parse('2024-03-09T17:00:00Z');
    expect(readMoment('+1 day', newYork, before)).toBe(Date.parse('2024-03-10T16:00:00Z'));
    expect(readMoment('+24 hours', newYork, before)).toBe(Date.parse('2024-03-10T17:00:00Z'));
  });

  it('is now for now, also in the hour that clocks show twice', () => {
    for (const at of [Date.parse('2024-11-03T05:30:00Z'), Date.parse('2024-11-03T06:30:00Z')])
      expect([readMoment('now', newYork, at), readMoment('+1 hour', newYork, at)]).toEqual([at, at + 3600_000]);
  });

  it('is a number or undefined for any text, and whatever readDate takes it takes alike', () => {
    const pieces = fc.constantFrom(
      '-3',
      '+99999',
      'years',
      'days',
      'ago',
      'next',
      'month',
      '5pm',
      '17:00',
      'today',
      ' ',
    );
    const texts = fc.oneof(
      fc.string(),
      fc.array(pieces, { maxLength: 6 }).map((all) => all.join(' ')),
    );
    fc.assert(
      fc.property(texts, (text) => {
        const at = readMoment(text, newYork, now);
        expect(at === undefined || Number.isFinite(new Date(at).getTime())).toBe(true);
        const date = readDate(text, newYork);
        if (date !== undefined) expect(at).toBe(date);
      }),
    );
  });
});
