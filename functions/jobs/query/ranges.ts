// Time ranges: whether something happened at all, since a date, or within some days. `not_` means all whom the range leaves out.
import type { Millis } from '../job.ts';
import type { Offset } from '../local-time.ts';
import { readMoment } from '../relative-time.ts';
import { type Attributes, invalidQuery, type QueryContext, type Scalar } from './query.ts';
import { numberOf } from './values.ts';

const day = 24 * 3600_000;
/** A hundred years. */
const maxDays = 36_525;

type Ranged = Pick<Attributes, 'timerange'> & Partial<Pick<Attributes, 'value'>> & { criterion: string };

/** Whether a time range is compared with something. */
export const isBound = (timerange: Scalar | undefined): boolean =>
  timerange === 'since_date' ||
  timerange === 'not_since_date' ||
  timerange === 'since_days' ||
  timerange === 'not_since_days';

export const isNegated = ({ timerange }: Ranged): boolean => timerange.startsWith('not_');

/** Where the range begins, whether or not it is negated; undefined when it is all time. Throws Refusal for a bad date or number. */
export const startOf = (ranged: Ranged, { now, offset }: QueryContext): Millis | undefined => {
  const { criterion, timerange, value = '' } = ranged;
  if (!isBound(timerange)) return undefined;
  if (timerange.endsWith('date')) return dateOf({ criterion, value }, offset, now);
  const days = numberOf(value);
  if (days === undefined || !Number.isInteger(days) || days < 0 || days > maxDays)
    throw invalidQuery(`${criterion}: value must be a number of days`);
  return now - days * day;
};

/** The value as a date; throws Refusal when it is none. */
export const dateOf = (
  { criterion, value }: Pick<Attributes, 'value'> & { criterion: string },
  offset: Offset,
  now: Millis,
): Millis => {
  const at = typeof value === 'boolean' ? undefined : readMoment(String(value), offset, now);
  if (at === undefined) throw invalidQuery(`${criterion}: value must be a date`);
  return at;
};

/** A test of the time at which something happened last; a range has no upper end. */
export const rangeOf = (ranged: Ranged, context: QueryContext): ((at: Millis | undefined) => boolean) => {
  const start = startOf(ranged, context) ?? Number.NEGATIVE_INFINITY;
  const outside = isNegated(ranged);
  return (at) => (at !== undefined && at >= start) !== outside;
};
