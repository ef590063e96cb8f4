// Promises about sets of events: whatever the order in which they are put together, the same comes out.
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import {
  type EventKind,
  eventKinds,
  type Happenings,
  happening,
  keeps,
  maxKept,
  type Occurrence,
  union,
} from '../../functions/jobs/recipients/happenings.ts';

interface Told {
  kind: EventKind;
  event: Occurrence;
}

/** Few times, addresses and devices, so that the same event comes often; long addresses, so that their limit is met. */
const urls = ['https://example.com/a', 'https://example.com/b', `https://example.com/${'x'.repeat(1900)}`];
const told: fc.Arbitrary<Told> = fc.record({
  kind: fc.constantFrom(...eventKinds),
  event: fc.record(
    {
      at: fc.integer({ min: 1, max: 300 }),
      url: fc.constantFrom(...urls),
      device: fc.constantFrom('iPhone', 'Outlook'),
    },
    { requiredKeys: ['at'] },
  ),
});
const allOf = (events: readonly Told[]): Happenings =>
  events.map(({ kind, event }) => happening(kind, event)).reduce(union, {});

describe('what happened between a person and a campaign', () => {
  it('is the same whatever the order in which it is told, how often, and how it is split', () => {
    fc.assert(
      fc.property(fc.array(told, { maxLength: 400 }), fc.array(fc.nat()), fc.nat(), (events, picks, seed) => {
        const whole = allOf(events);
        const shuffled = events
          .map((event, index) => ({ event, rank: Math.imul(index + seed, 2654435761) >>> 0 }))
          .sort((one, other) => one.rank - other.rank)
          .map(({ event }) => event);
        const again = events.length === 0 ? [] : picks.map((pick) => events[pick % events.length] as Told);
        expect(allOf([...shuffled, ...again])).toEqual(whole);
        const cut = events.length === 0 ? 0 : seed % events.length;
        expect(union(allOf(events.slice(0, cut)), allOf(events.slice(cut)))).toEqual(whole);
        expect(union(whole, whole)).toEqual(whole);
      }),
    );
  });

  it('keeps the first hundred events of a kind, and knows when the last one was', () => {
    const events = Array.from({ length: 250 }, (_, i): Told => ({ kind: 'open', event: { at: 250 - i } }));
    const { open } = allOf(events);
    expect(open?.first.map(({ at }) => at)).toEqual(Array.from({ length: maxKept }, (_, i) => i + 1));
    expect(open?.last).toBe(250);
    expect(keeps({ ...(open && { open }) }, 'open', { at: 101 })).toBe(false);
  });

  it('stays small enough for a record, however long the addresses are', () => {
    const long = (i: number) => `https://example.com/${i}"${'\\'.repeat(1900)}`;
    const events = eventKinds.flatMap((kind) =>
      Array.from(
        { length: 150 },
        (_, i): Told => ({
          kind,
          event: { at: Date.UTC(2024, 0, 1) + i, device: '"'.repeat(50), ...(kind === 'click' && { url: long(i) }) },
        }),
      ),
    );
    expect(JSON.stringify(allOf(events)).length).toBeLessThan(100_000);
  });
});
