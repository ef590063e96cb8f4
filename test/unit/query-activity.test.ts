// The criteria about places and activity, by example.
import { describe, expect, it } from 'vitest';
import { now } from './query-naive.ts';
import { ago, matches, one, person } from './query-people.ts';

describe('places', () => {
  it('are measured ones, or with use_geo 0 those that people told', () => {
    const told = person({
      vars: { city: 'Oslo', state: 'NY', country: 'US' },
      stats: { city: 'Rome', state: 'LA', country: 'IT' },
    });
    for (const [criterion, measured, said] of [
      ['geo_city', 'Rome', 'Oslo'],
      ['geo_state', 'LA', 'NY'],
      ['geo_country', 'IT', 'US'],
    ] as const) {
      expect([one(criterion, { value: measured }, told), one(criterion, { value: said }, told)]).toEqual([true, false]);
      expect([
        one(criterion, { value: measured, use_geo: 0 }, told),
        one(criterion, { value: said, use_geo: '0' }, told),
      ]).toEqual([false, true]);
    }
  });

  it('count by how often someone was seen there', () => {
    const traveller = person({ stats: { city: 'Rome', places: { city: { Rome: 9, Oslo: 2 } } } });
    const seen = (value: string, geo_frequency: unknown) => one('geo_city', { value, geo_frequency }, traveller);
    expect([seen('Oslo', ''), seen('Oslo', 2), seen('Oslo', 3), seen('Rome|Oslo', '3')]).toEqual([
      true,
      true,
      false,
      true,
    ]);
  });

  it('geo_radius counts miles around a point', () => {
    const inNewYork = person({ stats: { latitude: 40.7128, longitude: -74.006 } });
    // Philadelphia lies 80.6 miles from there.
    expect(one('geo_radius', { value: '39.9526,-75.1652', radius: 81 }, inNewYork)).toBe(true);
    expect(one('geo_radius', { value: '39.9526,-75.1652', radius: 80 }, inNewYork)).toBe(false);
    expect(one('geo_radius', { value: '39.9526,-75.1652', radius: 20_000 }, person())).toBe(false);
    expect(() => one('geo_radius', { value: 'New York', radius: 5 }, inNewYork)).toThrow('not the name of a place');
  });
});

describe('activity', () => {
  it.each([
    ['open_time', 'lastOpen'],
    ['click_time', 'lastClick'],
    ['purchase_time', 'lastPurchase'],
  ])('%s is in a time range, and not_ means everyone else, those without any too', (criterion, stat) => {
    const who = [person({ stats: { [stat]: ago(5) } }), person({ stats: { [stat]: ago(40) } }), person()];
    const ask = (timerange: string, value: unknown) =>
      who.map((profile) => one(criterion, { timerange, value }, profile));
    expect(ask('ever', '')).toEqual([true, true, false]);
    for (const word of ['never', 'not_ever']) expect(ask(word, null)).toEqual([false, false, true]);
    for (const value of [30, '30', '30.0']) expect(ask('since_days', value)).toEqual([true, false, false]);
    expect(ask('not_since_days', 30)).toEqual([false, true, true]);
    for (const value of ['05/20/2024', '-30 days', '20240520'])
      expect(ask('since_date', value)).toEqual([true, false, false]);
    expect(ask('not_since_date', '-30 days')).toEqual([false, true, true]);
  });

  it('a time range may have its days in threshold, and a value wins over it', () => {
    const who = person({ stats: { lastOpen: ago(5) } });
    expect(one('open_time', { timerange: 'since_days', threshold: 7 }, who)).toBe(true);
    expect(one('open_time', { timerange: 'since_days', threshold: 7, value: 3 }, who)).toBe(false);
  });

  it('daily_open counts opens in a time range: three in the last thirty days', () => {
    const query = {
      criteria: ['daily_open'],
      compare: ['min'],
      compare_value: [3],
      timerange: ['since_date'],
      value: ['-30 days'],
    };
    const opened = (openDays: Record<string, number>) => person({ stats: { openDays, opens: 50 } });
    expect(matches(query, opened({ '20240601': 2, '20240610': 1 }))).toBe(true);
    expect(matches(query, opened({ '20240601': 2, '20240510': 7 }))).toBe(false);
    expect(matches({ ...query, timerange: ['not_since_date'] }, opened({ '20240601': 2 }))).toBe(true);
    expect(matches({ ...query, timerange: ['ever'], value: [''] }, opened({}))).toBe(true);
  });

  it('purchases are counted from none, and a largest price there is only with a purchase', () => {
    const buyer = person({ stats: { purchases: 2, largestItemPrice: 1250 } });
    expect([
      one('purchase_count_min', { threshold: 2 }, buyer),
      one('purchase_count_min', { value: '3' }, buyer),
    ]).toEqual([true, false]);
    expect([
      one('purchase_count_max', { threshold: 2 }, buyer),
      one('purchase_count_max', { value: 0 }, person()),
    ]).toEqual([true, true]);
    expect(one('purchase_largest_item_price_min', { value: 1250 }, buyer)).toBe(true);
    expect(one('purchase_largest_item_price_max', { threshold: '1249' }, buyer)).toBe(false);
    expect(one('purchase_largest_item_price_max', { threshold: 1249 }, person())).toBe(false);
  });

  it('signup_before and signup_after part the base at the client’s midnight', () => {
    const early = person({ signupAt: Date.parse('2024-06-01T03:59:59Z') });
    const late = person({ signupAt: Date.parse('2024-06-01T04:00:00Z') });
    const ask = (criterion: string) => [early, late].map((profile) => one(criterion, { value: '06/01/2024' }, profile));
    expect([ask('signup_before'), ask('signup_after')]).toEqual([
      [true, false],
      [false, true],
    ]);
  });

  it('engagement goes from 0, out of reach, to 6, engaged', () => {
    const levels = [
      person({ status: 'hardbounce' }),
      person(),
      person({ stats: { lastOpen: ago(91) } }),
      person({ signupAt: now }),
      person({ stats: { lastOpen: ago(31) } }),
      person({ stats: { lastOpen: ago(1) } }),
      person({ stats: { lastClick: ago(1) } }),
    ];
    for (const [level, profile] of levels.entries())
      for (const [bound] of levels.entries()) {
        expect(one('engagement_min', { engagement: bound }, profile)).toBe(level >= bound);
        expect(one('engagement_max', { engagement: `${bound}.0` }, profile)).toBe(level <= bound);
      }
  });

  it('horizon_interest asks for a score of a tag', () => {
    const fan = person({ stats: { interests: { jazz: 4 } } });
    expect([4, 5].map((threshold) => one('horizon_interest', { value: 'rock|jazz', threshold }, fan))).toEqual([
      true,
      false,
    ]);
    expect(one('horizon_interest', { value: 'constructor', threshold: 0 }, fan)).toBe(false);
  });
});
