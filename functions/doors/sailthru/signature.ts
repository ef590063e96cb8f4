// The `sig` parameter: MD5 over the account's secret and the sorted values of all other parameters.
import { hash, timingSafeEqual } from 'node:crypto';

/** How the characters of a request's values lie in its bytes. */
export type Charset = 'utf8' | 'latin1';

/** Texts of bytes hold one character for each byte, so that the default sort is the sort of bytes. */
const bytesOf = (text: string): string => Buffer.from(text, 'utf8').toString('latin1');

const digest = (secret: string, sorted: readonly string[]): string =>
  hash('md5', Buffer.from(bytesOf(secret) + sorted.join(''), 'latin1'), 'hex');

/** The signature of values given as text. */
export const sign = (secret: string, values: readonly string[]): string => digest(secret, values.map(bytesOf).sort());

const equal = (one: string, other: string): boolean =>
  one.length === other.length && timingSafeEqual(Buffer.from(one), Buffer.from(other));

/**
 * Checks a signature over values given as texts of bytes, as they were on the wire: the charset to read them in, or
 * undefined when it does not match. Java sends Latin-1 bytes under a signature of UTF-8 and sorts by UTF-16 units.
 */
export const verify = (secret: string, values: readonly string[], sig: string): Charset | undefined => {
  if (!/^[0-9a-f]{32}$/i.test(sig)) return undefined;
  const wanted = sig.toLowerCase();
  if (equal(digest(secret, [...values].sort()), wanted)) return 'utf8';
  if (!values.some((value) => /[\x80-\xff]/.test(value))) return undefined;
  const texts = values.map((value) => Buffer.from(value, 'latin1').toString('utf8'));
  if (equal(digest(secret, texts.sort().map(bytesOf)), wanted)) return 'utf8';
  return equal(digest(secret, [...values].sort().map(bytesOf)), wanted) ? 'latin1' : undefined;
};
