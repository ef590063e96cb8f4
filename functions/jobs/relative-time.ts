// Moments as people tell them: dates, and what is counted from now (`-3 days`, `tomorrow 5pm`), as PHP's strtotime reads them.
import type { Millis } from './job.ts';
import { instantOf, type Offset, readDate } from './local-time.ts';

const second = 1000;
const hour = 3600 * second;
const day = 24 * hour;

/** Units that are the same length on every clock. */
const spans: ReadonlyMap<string, Millis> = new Map([
  ['sec', second],
  ['second', second],
  ['min', 60 * second],
  ['minute', 60 * second],
  ['hour', hour],
]);
const words: ReadonlyMap<string, number> = new Map([
  ['yesterday', -1],
  ['today', 0],
  ['tomorrow', 1],
]);

// A number of at most five digits: whatever is added up stays a date that JavaScript knows.
const unit = 'sec|second|min|minute|hour|day|week|fortnight|month|year';
const token = new RegExp(
  [
    '(?:now',
    '(?<word>yesterday|today|tomorrow)',
    '(?:at\\s+)?(?<name>noon|midnight)',
    '(?:at\\s+)?(?<h12>\\d{1,2})(?::(?<m12>\\d{2}))?\\s*(?<half>[ap])\\.?m\\.?',
    '(?:at\\s+)?(?<h24>\\d{1,2}):(?<m24>\\d{2})(?::(?<s24>\\d{2}))?',
    `(?<sign>[+-]?)\\s*(?<amount>\\d{1,5})\\s*(?<unit>${unit})s?`,
    `(?<side>next|last)\\s+(?<sideUnit>${unit})`,
    '(?<ago>ago))(?:\\s+|$)',
  ].join('|'),
  'y',
);
const maxLength = 100;
const maxSteps = 2;

interface Told {
  /** Days from today, when one was named: the clock then stands at midnight. */
  day?: number;
  /** Time of day. */
  clock?: Millis;
  steps: { amount: number; unit: string }[];
}

/**
 * A date as `readDate` takes it, `yyyymmdd`, or a text counted from `now`: `now`, `today`, `yesterday`, `tomorrow 5pm`,
 * `-3 days`, `+3 hours`, `2 weeks ago`, `-1 month`, `next year`, `today 17:30`. Days and longer units keep the time of
 * day on the clock of `offset`; a month before 31 March is 3 March, as in PHP. Undefined when it is none of these.
 */
export const readMoment = (value: string, offset: Offset, now: Millis): Millis | undefined => {
  const text = value.trim();
  const digits = /^(\d{4})(\d{2})(\d{2})$/.exec(text);
  if (digits) return readDate(`${digits[1]}-${digits[2]}-${digits[3]}`, offset);
  const told = read(text.toLowerCase());
  return told ? count(told, offset, now) : readDate(text, offset);
};

const read = (text: string): Told | undefined => {
  if (text === '' || text.length > maxLength) return undefined;
  const told: Told = { steps: [] };
  for (token.lastIndex = 0; token.lastIndex < text.length; ) {
    const groups = token.exec(text)?.groups;
    if (!groups || !take(told, groups)) return undefined;
  }
  return told.steps.length > maxSteps ? undefined : told;
};

/** False when the token says what was said already, or a time of day that no clock shows. */
const take = (told: Told, groups: Partial<Record<string, string>>): boolean => {
  const { word, amount, side, ago } = groups;
  if (word !== undefined) {
    if (told.day !== undefined) return false;
    told.day = words.get(word) ?? 0;
  } else if (amount !== undefined) {
    told.steps.push({ amount: Number(amount) * (groups.sign === '-' ? -1 : 1), unit: groups.unit ?? '' });
  } else if (side !== undefined) {
    told.steps.push({ amount: side === 'next' ? 1 : -1, unit: groups.sideUnit ?? '' });
  } else if (ago !== undefined) {
    for (const step of told.steps) step.amount = -step.amount;
    return told.steps.length > 0;
  } else if (groups.name ?? groups.h12 ?? groups.h24) {
    const clock = clockOf(groups);
    if (told.clock !== undefined || clock === undefined) return false;
    told.clock = clock;
  }
  return true;
};

const clockOf = ({ name, h12, m12, half, h24, m24, s24 }: Partial<Record<string, string>>): Millis | undefined => {
  if (name !== undefined) return name === 'noon' ? 12 * hour : 0;
  const [minute, seconds] = [Number(m12 ?? m24 ?? 0), Number(s24 ?? 0)];
  const h = h12 === undefined ? Number(h24) : (Number(h12) % 12) + (half === 'p' ? 12 : 0);
  const exists =
    h < 24 && minute < 60 && seconds < 60 && (h12 === undefined || (Number(h12) >= 1 && Number(h12) <= 12));
  return exists ? h * hour + minute * 60 * second + seconds * second : undefined;
};

const count = (told: Told, offset: Offset, now: Millis): Millis => {
  const start = now + offset(now);
  let local = told.day === undefined ? start : midnight(start) + told.day * day;
  let exact = 0;
  for (const { amount, unit } of told.steps) {
    const span = spans.get(unit);
    if (span === undefined) local = move(local, amount, unit);
    else exact += amount * span;
  }
  if (told.clock !== undefined) local = midnight(local) + told.clock;
  // What the clock shows twice when it goes back must not move a moment that was not moved.
  return (local === start ? now : instantOf(local, offset)) + exact;
};

const midnight = (local: Millis): Millis => Math.floor(local / day) * day;

const move = (local: Millis, amount: number, unit: string): Millis => {
  const days = { day: 1, week: 7, fortnight: 14 }[unit];
  if (days !== undefined) return local + amount * days * day;
  const date = new Date(local);
  if (unit === 'year') date.setUTCFullYear(date.getUTCFullYear() + amount);
  else date.setUTCMonth(date.getUTCMonth() + amount);
  return date.getTime();
};
