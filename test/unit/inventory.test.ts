// Promises about the inventory of ads: it is what a plain look at every plan, day and zone finds.
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { type AdPlan, weekdays } from '../../functions/jobs/campaigns/ad-plan.ts';
import { daysBetween, inventoryOf, runsOn } from '../../functions/jobs/campaigns/inventory.ts';

const plan = (name: string, more: Partial<AdPlan> = {}): AdPlan => ({
  id: name,
  name,
  schedule: [],
  days: {},
  zones: [],
  createdAt: 0,
  modifiedAt: 0,
  ...more,
});

describe('days', () => {
  it('are those of the calendar, both ends taken in', () => {
    expect(daysBetween('20240228', '20240301')).toEqual(['20240228', '20240229', '20240301']);
    expect(daysBetween('20231231', '20240101')).toEqual(['20231231', '20240101']);
    expect(daysBetween('20240102', '20240101')).toEqual([]);
  });

  it.each(['20230229', '20241301', '2024-01-01', '0', '', '202401011'])('%j is none', (day) => {
    expect(daysBetween(day, '20240101')).toBeUndefined();
    expect(daysBetween('20240101', day)).toBeUndefined();
  });
});

describe('a plan', () => {
  it('runs on its weekdays; a single day’s word goes before, but for a neutral one', () => {
    // 14 February 2012 was a Tuesday.
    const days = { 20120214: -1, 20120215: 1, 20120221: 0 } as const;
    const tuesdays = plan('t', { schedule: ['Tue'], days });
    expect(['20120214', '20120215', '20120221', '20120222'].map((day) => runsOn(tuesdays, day))).toEqual([
      false,
      true,
      true,
      false,
    ]);
  });
});

describe('the inventory', () => {
  it('tells for each day which zones are free and which are taken, and who is in whose way', () => {
    const plans = [
      plan('Spring', { schedule: ['Mon', 'Tue'], zones: ['top', 'side'] }),
      plan('Shoes', { days: { 20240604: 1 }, zones: ['top'] }),
    ];
    expect(inventoryOf(plans, ['20240603', '20240604', '20240605'])).toEqual({
      inventory: {
        20240603: { available: [], used: ['side', 'top'] },
        20240604: { available: [], used: ['side', 'top'] },
        20240605: { available: ['side', 'top'], used: [] },
      },
      conflicts: [{ day: '20240604', zone: 'top', plans: ['Spring', 'Shoes'] }],
    });
    expect(inventoryOf([], ['20240603'])).toEqual({
      inventory: { 20240603: { available: [], used: [] } },
      conflicts: [],
    });
  });

  it('agrees with a look at every plan, day and zone', () => {
    const days = daysBetween('20240226', '20240310') ?? [];
    const plans = fc.array(
      fc.record({
        schedule: fc.subarray([...weekdays]),
        days: fc.dictionary(fc.constantFrom(...days), fc.constantFrom(1 as const, -1 as const, 0 as const)),
        zones: fc.array(fc.constantFrom('a', 'b', '__proto__')),
      }),
      { maxLength: 6 },
    );
    fc.assert(
      fc.property(plans, (given) => {
        const all = given.map((more, index) => plan(`p${index}`, more));
        const { inventory, conflicts } = inventoryOf(all, days);
        const zones = new Set(all.flatMap((each) => (each.zones.length > 0 ? each.zones : ['default'])));
        expect(Object.keys(inventory)).toEqual(days);
        for (const day of days)
          for (const zone of zones) {
            const takers = all.filter(
              (each) => runsOn(each, day) && (each.zones.length > 0 ? each.zones : ['default']).includes(zone),
            );
            expect(inventory[day]?.used.includes(zone)).toBe(takers.length > 0);
            expect(inventory[day]?.available.includes(zone)).toBe(takers.length === 0);
            const conflict = conflicts.find((each) => each.day === day && each.zone === zone);
            expect(conflict?.plans ?? []).toEqual(takers.length > 1 ? takers.map(({ name }) => name) : []);
          }
      }),
    );
  });
});
