import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { offsetOf, readDate, slashTime } from '../../functions/jobs/local-time.ts';

const utc = offsetOf('UTC');
const newYork = offsetOf('America/New_York');

describe('dates that people write', () => {
  it.each([
    ['2016-06-01', '2016-06-01T00:00:00Z'],
    ['2016/6/1', '2016-06-01T00:00:00Z'],
    ['2016-06-01 14:05', '2016-06-01T14:05:00Z'],
    ['2016-06-01T14:05:09Z', '2016-06-01T14:05:09Z'],
    ['2016-06-01 14:05:09 +0200', '2016-06-01T12:05:09Z'],
    ['2016-06-01T14:05:09.123-04:00', '2016-06-01T18:05:09Z'],
    ['6/1/2016', '2016-06-01T00:00:00Z'],
    ['July 1, 2016', '2016-07-01T00:00:00Z'],
    ['1 Jul 2016', '2016-07-01T00:00:00Z'],
    ['Wed, 7 Dec 2016 15:22:58 -0500', '2016-12-07T20:22:58Z'],
  ])('reads %s', (text, iso) => {
    expect(readDate(text, utc)).toBe(Date.parse(iso));
  });

  it.each(['', 'soon', '1465000000', '2016-02-30', '2016-13-01', '2016-06-01 25:00', 'Foo 1, 2016', '31/12/2016'])(
    'refuses %s',
    (text) => {
      expect(readDate(text, utc)).toBeUndefined();
    },
  );

  it('takes a date without a zone for the client’s own clock, summer and winter', () => {
    expect(readDate('2016-07-01', newYork)).toBe(Date.parse('2016-07-01T04:00:00Z'));
    expect(readDate('2016-12-01', newYork)).toBe(Date.parse('2016-12-01T05:00:00Z'));
  });

  it('reads back what exports show, in any zone', () => {
    const zones = fc.constantFrom('UTC', 'America/New_York', 'Asia/Kathmandu', 'Australia/Lord_Howe');
    // The hour that comes twice when clocks go back has two meanings: only times that are shown once are compared.
    fc.assert(
      fc.property(zones, fc.integer({ min: 0, max: 4_000_000_000 }), (zone, seconds) => {
        const offset = offsetOf(zone);
        const at = seconds * 1000;
        const shown = slashTime(at, offset);
        const back = readDate(shown, offset);
        expect(back === undefined ? undefined : slashTime(back, offset)).toBe(shown);
      }),
    );
  });
});
