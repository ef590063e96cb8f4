// What a query means, written as plainly as can be, and people and queries to compare it with the real thing.
import fc from 'fast-check';
import { engagementOf } from '../../functions/jobs/exports/engagement.ts';
import { offsetOf } from '../../functions/jobs/local-time.ts';
import type { Profile, Stats } from '../../functions/jobs/profile.ts';

export const now = Date.UTC(2024, 5, 15, 12);
export const offset = offsetOf('America/New_York');
export const lists = new Map(['A', 'B', 'C|D'].map((name, index) => [name, String(index).repeat(24)]));
const day = 86_400_000;

type Scalar = string | number | boolean;

/** A criterion as someone thinks of it: alternatives apart, days as days. */
export interface Asked {
  criterion: string;
  field?: string;
  any?: Scalar[];
  range?: { timerange: string; days: number };
  engagement?: number;
  number?: number;
  use_geo?: boolean;
  geo_frequency?: number;
  radius?: number;
  compare?: string;
}

const compare = (how: string | undefined, a: number, b: number): boolean =>
  ({ min: a >= b, max: a <= b, gt: a > b, lt: a < b, match: a === b })[how ?? ''] ?? false;

const within = (at: number | undefined, { timerange, days }: NonNullable<Asked['range']>): boolean => {
  const inside = at !== undefined && (timerange.endsWith('ever') || at >= now - days * day);
  return timerange.startsWith('not_') ? !inside : inside;
};

const equals = (variable: unknown, any: Scalar[]): boolean => {
  if (Array.isArray(variable)) return variable.some((item) => any.includes(item));
  if (variable !== null && typeof variable === 'object')
    return Object.keys(variable).some((key) => any.map(String).includes(key));
  return any.includes(variable as Scalar);
};

const ordered = (how: string, variable: unknown, bound: Scalar): boolean => {
  if (typeof bound === 'number') {
    const isNumber = typeof variable === 'number' || (typeof variable === 'string' && /^\d+$/.test(variable));
    return isNumber && compare(how, Number(variable), bound);
  }
  if (typeof variable !== 'string') return false;
  const sign = variable < String(bound) ? -1 : Number(variable > String(bound));
  return compare(how, sign, 0);
};

const words = ['', 'dormant', 'disengaged', 'new', 'passive', 'active', 'engaged'];
const level = (profile: Profile): number => Math.max(words.indexOf(engagementOf(profile, now)), 0);

const place = (asked: Asked, { vars, stats }: Profile, kind: 'city' | 'state' | 'country'): boolean => {
  const any = asked.any ?? [];
  if (asked.use_geo === false) return any.includes(vars[kind] as Scalar);
  const times = asked.geo_frequency ?? 1;
  const counted = any.some((name) => (stats?.places?.[kind]?.[String(name)] ?? 0) >= Math.max(times, 1));
  return counted || (times < 2 && any.includes(stats?.[kind] ?? false));
};

const miles = (stats: Stats, center: string): number => {
  if (stats.latitude === undefined || stats.longitude === undefined) return Number.POSITIVE_INFINITY;
  const [lat = 0, lon = 0] = center.split(',').map((text) => (Number(text) * Math.PI) / 180);
  const [a, b] = [(stats.latitude * Math.PI) / 180, (stats.longitude * Math.PI) / 180];
  const cosine = Math.sin(lat) * Math.sin(a) + Math.cos(lat) * Math.cos(a) * Math.cos(b - lon);
  return Math.acos(Math.min(1, Math.max(-1, cosine))) * 3958.7613;
};

const glob = (pattern: string, address: string): boolean => {
  const [head, ...rest] = pattern;
  if (head === undefined) return address === '';
  if (head !== '*') return address[0] === head && glob(rest.join(''), address.slice(1));
  return [...address, ''].some((_, from) => glob(rest.join(''), address.slice(from)));
};

const isIn = (profile: Profile, name: Scalar): boolean => (lists.get(String(name)) ?? '') in profile.lists;

export const naive = (asked: Asked, profile: Profile): boolean => {
  const { criterion, field = '', any = [], range = { timerange: '', days: 0 }, number = 0 } = asked;
  const { stats = {}, optout, status, signupAt, email } = profile;
  const has = Object.keys(profile.vars).includes(field);
  const variable = has ? profile.vars[field] : undefined;
  const interest = (tag: Scalar) => new Map(Object.entries(stats.interests ?? {})).get(String(tag));
  const opens = range.timerange.endsWith('ever')
    ? (stats.opens ?? 0)
    : Object.entries(stats.openDays ?? {})
        .filter(([name]) => Date.parse(name.replace(/(....)(..)(..)/, '$1-$2-$3')) > now - (range.days + 1) * day)
        .reduce((sum, [, count]) => sum + count, 0);
  const meanings: Record<string, () => boolean> = {
    match: () => equals(variable, any),
    not: () => !equals(variable, any),
    exists: () => has,
    valid: () => (field === '' ? level(profile) > 0 : has && !['', '[]', '{}', 'null'].includes(textOf(variable))),
    gt: () => any.some((bound) => ordered('gt', variable, bound)),
    lt: () => any.some((bound) => ordered('lt', variable, bound)),
    min: () => any.some((bound) => ordered('min', variable, bound)),
    max: () => any.some((bound) => ordered('max', variable, bound)),
    var_date: () => within(field === 'signup' ? signupAt : dateOf(variable), range),
    domain: () => any.some((domain) => email.endsWith(`@${String(domain).toLowerCase()}`)),
    email: () => any.some((pattern) => glob(String(pattern).toLowerCase(), email)),
    geo_city: () => place(asked, profile, 'city'),
    geo_state: () => place(asked, profile, 'state'),
    geo_country: () => place(asked, profile, 'country'),
    geo_radius: () => any.some((center) => miles(stats, String(center)) <= (asked.radius ?? 0)),
    horizon_interest: () => any.some((tag) => (interest(tag) ?? Number.NEGATIVE_INFINITY) >= number),
    open_time: () => within(stats.lastOpen, range),
    click_time: () => within(stats.lastClick, range),
    purchase_time: () => within(stats.lastPurchase, range),
    daily_open: () => compare(asked.compare, opens, number) !== range.timerange.startsWith('not_'),
    purchase_count_min: () => (stats.purchases ?? 0) >= number,
    purchase_count_max: () => (stats.purchases ?? 0) <= number,
    purchase_largest_item_price_min: () => (stats.largestItemPrice ?? -1) >= number,
    purchase_largest_item_price_max: () => stats.largestItemPrice !== undefined && stats.largestItemPrice <= number,
    signup_before: () => signupAt < now - range.days * day,
    signup_after: () => signupAt >= now - range.days * day,
    status_softbounce: () => status === 'softbounce',
    status_hardbounce: () => status === 'hardbounce',
    optout_all: () => optout === 'all',
    optout_blast: () => optout === 'all' || optout === 'basic' || optout === 'blast',
    optout_blast_only: () => optout === 'blast',
    optout_template: () => any.some((name) => profile.optoutTemplates?.includes(String(name))),
    list_member: () => any.some((name) => isIn(profile, name)),
    list_member_not: () => !any.some((name) => isIn(profile, name)),
    engagement_min: () => level(profile) >= (asked.engagement ?? 0),
    engagement_max: () => level(profile) <= (asked.engagement ?? 0),
  };
  return meanings[criterion]?.() ?? false;
};

const textOf = (variable: unknown): string => (typeof variable === 'string' ? variable : JSON.stringify(variable));
const dateOf = (variable: unknown): number | undefined =>
  typeof variable === 'number'
    ? variable * 1000
    : typeof variable === 'string' && variable.endsWith('Z')
      ? Date.parse(variable)
      : undefined;

const times = fc.constantFrom(0, 1, 29.5, 30.5, 89, 91, 400).map((days) => now - days * day);
const texts = fc.constantFrom('gold', 'Gold', '5', '05', 'true', 'a|b', '10', 'constructor', '2024-06-10T00:00:00Z');
const leaf = fc.oneof(texts, fc.constantFrom<unknown>(5, 5.5, -3, 10, true, false, null, '', 1718000000));
const variable = fc.oneof(
  { weight: 4, arbitrary: leaf },
  fc.array(leaf, { maxLength: 3 }),
  fc.dictionary(texts, leaf, { maxKeys: 2, noNullPrototype: true }),
);
const fields = fc.constantFrom('plan', 'age', 'constructor', '__proto__', 'hasOwnProperty', 'a.b', 'city');
const places = fc.constantFrom('Oslo', 'Bergen', 'constructor');
const counts = fc.dictionary(places, fc.integer({ min: 1, max: 4 }), { maxKeys: 3 });
const stats = fc.record<Stats, never>(
  {
    opens: fc.nat(5),
    lastOpen: times,
    lastClick: times,
    lastPurchase: times,
    purchases: fc.nat(5),
    largestItemPrice: fc.nat(5),
    city: places,
    state: places,
    places: fc.record({ city: counts, country: counts }, { requiredKeys: [] }),
    latitude: fc.double({ min: -90, max: 90, noNaN: true }),
    longitude: fc.double({ min: -180, max: 180, noNaN: true }),
    interests: fc.dictionary(texts, fc.nat(5), { maxKeys: 3 }),
    openDays: fc.dictionary(fc.constantFrom('20240615', '20240614', '20240516', '20230101'), fc.nat(3)),
  } as never,
  { requiredKeys: [] } as never,
);

export const people: fc.Arbitrary<Profile> = fc
  .record(
    {
      email: fc.constantFrom('ada@example.com', 'bob@example.org', 'ada.b@sub.example.com', 'a+b@gmail.com'),
      vars: fc.dictionary(fields, variable, { maxKeys: 5 }),
      lists: fc.subarray([...lists.values()]).map((ids) => Object.fromEntries(ids.map((id) => [id, now]))),
      signupAt: times,
      optout: fc.constantFrom('all', 'basic', 'blast'),
      optoutTemplates: fc.subarray(['Welcome', '5']),
      status: fc.constantFrom('valid', 'softbounce', 'hardbounce'),
      stats,
    },
    { requiredKeys: ['email', 'vars', 'lists', 'signupAt'] },
  )
  .map((some) => ({ sid: '', createdAt: now, createdBy: '', changedBy: '', ...some }) as Profile);

const scalars = fc.array(fc.oneof(texts, fc.constantFrom<Scalar>(5, 5.5, -3, 10, true, false)), {
  minLength: 1,
  maxLength: 3,
});
const some = <Item>(...items: Item[]) => fc.array(fc.constantFrom(...items), { minLength: 1, maxLength: 3 });
const ranges = fc.record({
  timerange: fc.constantFrom('ever', 'not_ever', 'since_date', 'not_since_date', 'since_days', 'not_since_days'),
  days: fc.constantFrom(0, 1, 30, 90),
});
const ask = (names: string[], parts: { [Part in keyof Asked]?: fc.Arbitrary<Asked[Part]> }, optional: string[] = []) =>
  fc.record(
    { criterion: fc.constantFrom(...names), ...parts } as never,
    { requiredKeys: ['criterion', ...Object.keys(parts).filter((part) => !optional.includes(part))] } as never,
  ) as fc.Arbitrary<Asked>;

export const questions: fc.Arbitrary<Asked> = fc.oneof(
  ask(['match', 'not'], { field: fields, any: scalars }),
  ask(['gt', 'lt', 'min', 'max'], { field: fields, any: some<Scalar>(5, 10, 'gold', 'm', '5') }),
  ask(['exists'], { field: fields }),
  ask(['valid'], { field: fields }, ['field']),
  ask(['var_date'], { field: fc.oneof(fields, fc.constant('signup')), range: ranges }),
  ask(['domain'], { any: some<Scalar>('example.com', 'EXAMPLE.org', 'com', 'gmail.com') }),
  ask(['email'], {
    any: some<Scalar>('ada@example.com', '*example*', 'a*a*com', '*', 'ADA*', '*a@*', 'a+b@gmail.com'),
  }),
  ask(
    ['geo_city', 'geo_state', 'geo_country'],
    { any: some<Scalar>('Oslo', 'constructor', 'Rome'), use_geo: fc.boolean(), geo_frequency: fc.nat(4) },
    ['use_geo', 'geo_frequency'],
  ),
  ask(['geo_radius'], {
    any: some<Scalar>('40.7,-74', '0,0', '-90, 180'),
    radius: fc.integer({ min: 1, max: 13_000 }),
  }),
  ask(['horizon_interest'], { any: scalars, number: fc.nat(5) }),
  ask(['open_time', 'click_time', 'purchase_time'], { range: ranges }),
  ask(['daily_open'], {
    range: ranges,
    compare: fc.constantFrom('min', 'max', 'gt', 'lt', 'match'),
    number: fc.nat(5),
  }),
  ask(
    ['purchase_count_min', 'purchase_count_max', 'purchase_largest_item_price_min', 'purchase_largest_item_price_max'],
    { number: fc.nat(5) },
  ),
  ask(['signup_before', 'signup_after'], { range: ranges }),
  ask(['status_softbounce', 'status_hardbounce', 'optout_all', 'optout_blast', 'optout_blast_only'], {}),
  ask(['optout_template'], { any: some<Scalar>('Welcome', '5', 'Bye') }),
  ask(['list_member', 'list_member_not'], { any: some<Scalar>('A', 'B', 'C|D', 'none') }),
  ask(['engagement_min', 'engagement_max'], { engagement: fc.nat(6) }),
);
