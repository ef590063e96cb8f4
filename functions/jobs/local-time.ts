// Times as a client's own clock shows them, and the reading of dates that people write.
import type { Millis } from './job.ts';

const hour = 3600_000;

/** Offset from UTC in milliseconds that `timeZone` has at `at`. */
export type Offset = (at: Millis) => number;

const parts = (timeZone: string) =>
  new Intl.DateTimeFormat('en-US', {
    timeZone,
    hourCycle: 'h23',
    year: 'numeric',
    month: 'numeric',
    day: 'numeric',
    hour: 'numeric',
    minute: 'numeric',
    second: 'numeric',
  });

/** Throws RangeError when there is no such IANA zone. */
export const checkTimeZone = (timeZone: string | undefined): void => {
  if (timeZone !== undefined) parts(timeZone);
};

const offsets = new Map<string, Offset>();

/** Offsets change at quarter hours at most, so one look into the zone serves a whole quarter: exports ask millions of times. */
export const offsetOf = (timeZone: string): Offset => {
  const known = offsets.get(timeZone);
  if (known) return known;
  const format = parts(timeZone);
  const quarters = new Map<number, number>();
  const offset: Offset = (at) => {
    if (timeZone === 'UTC') return 0;
    const quarter = Math.floor(at / (hour / 4));
    const found = quarters.get(quarter);
    if (found !== undefined) return found;
    const start = quarter * (hour / 4);
    const part = Object.fromEntries(format.formatToParts(start).map(({ type, value }) => [type, Number(value)]));
    const { year = 0, month = 1, day = 1, hour: h = 0, minute = 0, second = 0 } = part;
    const value = Date.UTC(year, month - 1, day, h, minute, second) - start;
    quarters.set(quarter, value);
    return value;
  };
  offsets.set(timeZone, offset);
  return offset;
};

/** When a clock in the zone of `offset` shows `local`, which is what it shows written as if it were UTC. */
export const instantOf = (local: Millis, offset: Offset): Millis => local - offset(local - offset(local));

/** `YYYY/MM/DD HH:MM:SS` in the zone of `offset`, as list exports show times. */
export const slashTime = (at: Millis, offset: Offset): string => {
  const iso = new Date(at + offset(at)).toISOString();
  return `${iso.slice(0, 4)}/${iso.slice(5, 7)}/${iso.slice(8, 10)} ${iso.slice(11, 19)}`;
};

/** The same, remembering the last time shown: people who came by one import share their times to the millisecond. */
export const slashTimes = (offset: Offset): ((at: Millis) => string) => {
  let last: Millis | undefined;
  let shown = '';
  return (at) => {
    if (at !== last) {
      shown = slashTime(at, offset);
      last = at;
    }
    return shown;
  };
};

const months = ['jan', 'feb', 'mar', 'apr', 'may', 'jun', 'jul', 'aug', 'sep', 'oct', 'nov', 'dec'];
const clock = '(?:[ t]+(\\d{1,2}):(\\d{2})(?::(\\d{2})(?:\\.\\d+)?)?)?\\s*(z|utc|gmt|[+-]\\d{2}:?\\d{2})?';
const iso = new RegExp(`^(\\d{4})[-/](\\d{1,2})[-/](\\d{1,2})${clock}$`, 'i');
const american = new RegExp(`^(\\d{1,2})/(\\d{1,2})/(\\d{4})${clock}$`, 'i');
const monthFirst = new RegExp(`^([a-z]{3,9})\\.? (\\d{1,2})(?:st|nd|rd|th)?,? (\\d{4})${clock}$`, 'i');
const dayFirst = new RegExp(`^(?:[a-z]{3,9},? )?(\\d{1,2}) ([a-z]{3,9})\\.?,? (\\d{4})${clock}$`, 'i');

/**
 * A date as people and programs write it: `2016-06-01`, `2016-06-01 14:05:00 +0200`, `6/1/2016` (month first),
 * `June 1, 2016`, `Wed, 01 Jun 2016 14:05:00 -0400`. Without a zone it is the client's. Undefined when it is none
 * of these or no such day exists; Unix times are not dates here.
 */
export const readDate = (value: string, offset: Offset): Millis | undefined => {
  const text = value.trim();
  let match = iso.exec(text);
  if (match) return build(match[1], match[2], match[3], match.slice(4), offset);
  match = american.exec(text);
  if (match) return build(match[3], match[1], match[2], match.slice(4), offset);
  match = monthFirst.exec(text);
  if (match) return build(match[3], monthNumber(match[1]), match[2], match.slice(4), offset);
  match = dayFirst.exec(text);
  return match ? build(match[3], monthNumber(match[2]), match[1], match.slice(4), offset) : undefined;
};

const monthNumber = (name = ''): number => {
  const found = months.indexOf(name.slice(0, 3).toLowerCase());
  return found + 1;
};

type Digits = string | number | undefined;

const build = (year: Digits, month: Digits, day: Digits, rest: (string | undefined)[], offset: Offset) => {
  const [h = 0, m = 0, s = 0] = rest.slice(0, 3).map((digits) => Number(digits ?? 0));
  const local = Date.UTC(Number(year), Number(month) - 1, Number(day), h, m, s);
  const date = new Date(local);
  const exists =
    date.getUTCMonth() === Number(month) - 1 && date.getUTCDate() === Number(day) && h < 24 && m < 60 && s < 60;
  if (!exists) return undefined;
  const zone = rest[3];
  if (zone === undefined) return instantOf(local, offset);
  if (/^[a-z]+$/i.test(zone)) return local;
  const sign = zone.startsWith('-') ? -1 : 1;
  return local - sign * (Number(zone.slice(1, 3)) * 60 + Number(zone.slice(-2))) * 60_000;
};
