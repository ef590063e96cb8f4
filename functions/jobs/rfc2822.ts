// Times of RFC 2822, as answers and purchase logs show them.
import type { Millis } from './job.ts';
import { offsetOf } from './local-time.ts';

const days = ['Sun', 'Mon', 'Tue', 'Wed', 'Thu', 'Fri', 'Sat'];
const months = ['Jan', 'Feb', 'Mar', 'Apr', 'May', 'Jun', 'Jul', 'Aug', 'Sep', 'Oct', 'Nov', 'Dec'];

const pad = (value: number): string => String(value).padStart(2, '0');

/** RFC 2822 with a numeric offset and a two-digit day, cut to seconds: `Wed, 07 Dec 2016 15:44:09 -0500`. */
export const rfc2822 = (at: Millis, timeZone: string): string => {
  const offset = offsetOf(timeZone)(at);
  const local = new Date(Math.floor(at / 1000) * 1000 + offset);
  const minutes = Math.abs(Math.trunc(offset / 60_000));
  const zone = `${offset < 0 ? '-' : '+'}${pad(Math.floor(minutes / 60))}${pad(minutes % 60)}`;
  const time = [local.getUTCHours(), local.getUTCMinutes(), local.getUTCSeconds()].map(pad).join(':');
  const date = `${pad(local.getUTCDate())} ${months[local.getUTCMonth()]} ${local.getUTCFullYear()}`;
  return `${days[local.getUTCDay()]}, ${date} ${time} ${zone}`;
};
