// Times as this protocol writes and reads them: whole seconds, in UTC.
import type { Millis } from '../../jobs/job.ts';
import { offsetOf, readDate } from '../../jobs/local-time.ts';

/** The second that a time lies in: times are cut off, never rounded, so that their order stays true. */
export const secondOf = (at: Millis): number => Math.floor(at / 1000);

export const shownTime = (at: Millis | undefined): string | null =>
  at === undefined ? null : `${new Date(secondOf(at) * 1000).toISOString().slice(0, 19)}Z`;

const iso = /^\d{4}-\d\d-\d\d(?:[T ]\d\d:\d\d(?::\d\d(?:\.\d+)?)?(?:Z|[+-]\d\d:?\d\d)?)?$/i;

/** ISO 8601 (in the client's zone when it names none), a date, or Unix seconds. Undefined for anything else. */
export const readTime = (value: unknown, timeZone: string): Millis | undefined => {
  if (typeof value === 'number')
    return Number.isInteger(value) && value >= 0 && value < 1e11 ? value * 1000 : undefined;
  if (typeof value !== 'string') return undefined;
  const text = value.trim();
  if (/^\d{1,11}$/.test(text)) return Number(text) * 1000;
  return iso.test(text) ? readDate(text, offsetOf(timeZone)) : undefined;
};
