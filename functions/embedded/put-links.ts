// Signed URLs for uploads by PUT: who has one may put one object of at most that size at that key until it ends.
import { createHmac, timingSafeEqual } from 'node:crypto';
import type { Millis } from '../jobs/job.ts';
import { checkKey } from './file-names.ts';
import { rememberedKey } from './keys.ts';

/** What a valid URL allows. */
export interface PutTarget {
  key: string;
  maxBytes: number;
}

const signatureOf = (home: string, key: string, max: string, expires: string): Buffer =>
  createHmac('sha256', rememberedKey(home, 'uploads')).update(`PUT\n${key}\n${max}\n${expires}`).digest();

/** `<baseUrl>/put?key=&max=&expires=<Unix seconds>&signature=`. Throws for what is not a key. */
export const signPutLink = (
  home: string,
  baseUrl: string,
  key: string,
  { maxBytes, expiresAt }: { maxBytes: number; expiresAt: Millis },
): string => {
  checkKey(key);
  const [max, expires] = [String(maxBytes), String(Math.floor(expiresAt / 1000))];
  const signature = signatureOf(home, key, max, expires).toString('base64url');
  return `${baseUrl.replace(/\/+$/, '')}/put?${new URLSearchParams({ key, max, expires, signature })}`;
};

/** What the query of a request allows. */
export const checkPutLink = (
  home: string,
  query: URLSearchParams,
  now: Millis = Date.now(),
): PutTarget | 'expired' | 'invalid' => {
  const [key, max, expires] = ['key', 'max', 'expires'].map((name) => query.get(name) ?? '') as [
    string,
    string,
    string,
  ];
  const given = Buffer.from(query.get('signature') ?? '', 'base64url');
  const expected = signatureOf(home, key, max, expires);
  if (given.length !== expected.length || !timingSafeEqual(given, expected)) return 'invalid';
  return now >= Number(expires) * 1000 ? 'expired' : { key, maxBytes: Number(max) };
};
