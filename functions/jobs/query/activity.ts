// Criteria about what a person did: opens, clicks, purchases, signing up, interests, and the engagement that follows from it.
import { levelOf } from '../exports/engagement.ts';
import type { Millis } from '../job.ts';
import type { Stats } from '../profile.ts';
import { type Definition, define } from './definition.ts';
import { type Comparison, invalidQuery } from './query.ts';
import { dateOf, isBound, isNegated, rangeOf, startOf } from './ranges.ts';
import { numberOf, textsOf } from './values.ts';

const none: Stats = {};

const lastTime = (read: (stats: Stats) => Millis | undefined): Definition =>
  define({
    needs: ['timerange'],
    takes: ['value'],
    bound: isBound,
    compile(attributes, context) {
      const within = rangeOf(attributes, context);
      return ({ stats = none }) => within(read(stats));
    },
  });

/** Compares a number of the profile with `value` or, in its place, `threshold`. */
const amount = (
  read: (stats: Stats) => number | undefined,
  holds: (amount: number, bound: number) => boolean,
): Definition =>
  define({
    needs: [],
    takes: ['value'],
    bound: () => true,
    compile({ criterion, value }) {
      const bound = numberOf(value);
      if (bound === undefined) throw invalidQuery(`${criterion}: value must be a number`);
      return ({ stats = none }) => {
        const found = read(stats);
        return found !== undefined && holds(found, bound);
      };
    },
  });

const atLeast = (found: number, bound: number): boolean => found >= bound;
const atMost = (found: number, bound: number): boolean => found <= bound;

const comparers: Readonly<Record<Comparison, (found: number, bound: number) => boolean>> = {
  min: atLeast,
  max: atMost,
  gt: (found, bound) => found > bound,
  lt: (found, bound) => found < bound,
  match: (found, bound) => found === bound,
};

const lastNamedMoment = Date.UTC(9999, 11, 31);
/** The UTC day as `openDays` names it. */
const dayName = (at: Millis): string =>
  new Date(Math.min(Math.max(at, 0), lastNamedMoment)).toISOString().slice(0, 10).replaceAll('-', '');

const opensSince = ({ openDays }: Stats, firstDay: string): number => {
  let opens = 0;
  for (const day in openDays) if (day >= firstDay) opens += openDays[day] ?? 0;
  return opens;
};

const engagement = (holds: (level: number, bound: number) => boolean): Definition =>
  define({
    needs: ['engagement'],
    compile({ engagement: bound }, { now }) {
      return (profile) => holds(levelOf(profile, now), bound);
    },
  });

const signup = (holds: (at: Millis, bound: Millis) => boolean): Definition =>
  define({
    needs: ['value'],
    compile(attributes, { offset, now }) {
      const bound = dateOf(attributes, offset, now);
      return ({ signupAt }) => holds(signupAt, bound);
    },
  });

export const activityCriteria: Readonly<Record<string, Definition>> = {
  open_time: lastTime((stats) => stats.lastOpen),
  click_time: lastTime((stats) => stats.lastClick),
  purchase_time: lastTime((stats) => stats.lastPurchase),
  /** Opens are kept by day: the day on which the range begins counts whole. */
  daily_open: define({
    needs: ['timerange', 'compare', 'compare_value'],
    takes: ['value'],
    bound: isBound,
    compile(attributes, context) {
      const [start, outside] = [startOf(attributes, context), isNegated(attributes)];
      const [holds, bound] = [comparers[attributes.compare], attributes.compare_value];
      const firstDay = start === undefined ? undefined : dayName(start);
      return ({ stats = none }) =>
        holds(firstDay === undefined ? (stats.opens ?? 0) : opensSince(stats, firstDay), bound) !== outside;
    },
  }),
  purchase_count_min: amount((stats) => stats.purchases ?? 0, atLeast),
  purchase_count_max: amount((stats) => stats.purchases ?? 0, atMost),
  purchase_largest_item_price_min: amount((stats) => stats.largestItemPrice, atLeast),
  purchase_largest_item_price_max: amount((stats) => stats.largestItemPrice, atMost),
  signup_before: signup((at, bound) => at < bound),
  signup_after: signup((at, bound) => at >= bound),
  engagement_min: engagement(atLeast),
  engagement_max: engagement(atMost),
  horizon_interest: define({
    needs: ['value', 'threshold'],
    compile(attributes) {
      const [tags, threshold] = [textsOf(attributes), attributes.threshold];
      return ({ stats }) => {
        const interests = stats?.interests;
        if (!interests) return false;
        for (const tag of tags) if (Object.hasOwn(interests, tag) && (interests[tag] ?? 0) >= threshold) return true;
        return false;
      };
    },
  }),
};
