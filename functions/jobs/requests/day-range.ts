// Two days as parameters, first and last, as the documents of the purchase log have them: `yyyymmdd`, number or text.
import { z } from 'zod';
import type { Millis } from '../job.ts';
import { instantOf, type Offset } from '../local-time.ts';
import { refuse } from './params.ts';

const dayLength = 24 * 3600_000;
const maxDays = 31;

/** Both days count. Written `yyyymmdd`. */
export interface DayRange {
  start_date: string;
  end_date: string;
}

/** The day as a number of days since 1970; undefined when there is none. */
const dayNumber = (day: string): number | undefined => {
  const [, year, month, date] = /^(\d{4})(\d{2})(\d{2})$/.exec(day)?.map(Number) ?? [];
  if (year === undefined || month === undefined || date === undefined) return undefined;
  const at = new Date(Date.UTC(year, month - 1, date));
  return at.getUTCMonth() === month - 1 && at.getUTCDate() === date ? at.getTime() / dayLength : undefined;
};

/** At most 31 days. The texts are those of the documents, letter by letter. */
export const dayRange = z
  .object({ start_date: z.unknown().optional(), end_date: z.unknown().optional() })
  .transform(({ start_date, end_date }, context): DayRange => {
    const fail = (message: string) => {
      context.addIssue({ code: 'custom', message, ...refuse('invalid_date') });
      return z.NEVER;
    };
    if (start_date === undefined || end_date === undefined)
      return fail('Missing required parameter: start_date,end_date');
    const range = { start_date: textOf(start_date), end_date: textOf(end_date) };
    const [start, end] = [dayNumber(range.start_date), dayNumber(range.end_date)];
    if (start === undefined || end === undefined) return fail('Invalid start_date/end_date fromat');
    if (start > end) return fail('Invalid date range. Start Date canot be later than End Date');
    const days = end - start + 1;
    return days > maxDays ? fail(`Invalid date range. Up to ${maxDays} days allowed but ${days} given`) : range;
  });

const textOf = (value: unknown): string =>
  typeof value === 'number' || typeof value === 'string' ? String(value).trim() : '';

/** How many days the range has. */
export const daysIn = ({ start_date, end_date }: DayRange): number =>
  (dayNumber(end_date) ?? 0) - (dayNumber(start_date) ?? 0) + 1;

/** When days [from, to) of the range begin and end on the clock of `offset`; days are counted from 0. */
export const instantsOf = (
  { start_date }: DayRange,
  { from, to }: { from: number; to: number },
  offset: Offset,
): [start: Millis, end: Millis] => {
  const first = dayNumber(start_date) ?? 0;
  return [instantOf((first + from) * dayLength, offset), instantOf((first + to) * dayLength, offset)];
};
