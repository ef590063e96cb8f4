// Signed forms for uploads: who has one may put one object of exactly that size at that key until it ends, and nothing else.
import { createHmac, timingSafeEqual } from 'node:crypto';
import type { Millis } from '../jobs/job.ts';
import { checkKey } from './file-names.ts';
import { rememberedKey } from './keys.ts';

/** What a valid form allows. */
export interface TicketTarget {
  key: string;
  size: number;
}

const signatureOf = (home: string, key: string, size: string, expires: string): Buffer =>
  createHmac('sha256', rememberedKey(home, 'uploads')).update(`POST\n${key}\n${size}\n${expires}`).digest();

/** The form for `<baseUrl>/uploads`; `expires` in it is Unix seconds. Throws for what is not a key. */
export const signTicket = (
  home: string,
  baseUrl: string,
  key: string,
  { size, expiresAt }: { size: number; expiresAt: Millis },
): { url: string; fields: Record<string, string> } => {
  checkKey(key);
  const [bytes, expires] = [String(size), String(Math.floor(expiresAt / 1000))];
  const signature = signatureOf(home, key, bytes, expires).toString('base64url');
  return { url: `${baseUrl.replace(/\/+$/, '')}/uploads`, fields: { key, size: bytes, expires, signature } };
};

/** What the fields of a form allow. One more field than were signed is as wrong as one that was changed, as on AWS. */
export const checkTicket = (
  home: string,
  fields: ReadonlyMap<string, string>,
  now: Millis = Date.now(),
): TicketTarget | 'expired' | 'invalid' => {
  const { key, size, expires, signature, ...others } = Object.fromEntries(fields);
  if (key === undefined || size === undefined || expires === undefined || signature === undefined) return 'invalid';
  if (Object.keys(others).length > 0) return 'invalid';
  const given = Buffer.from(signature, 'base64url');
  const expected = signatureOf(home, key, size, expires);
  if (given.length !== expected.length || !timingSafeEqual(given, expected)) return 'invalid';
  return now >= Number(expires) * 1000 ? 'expired' : { key, size: Number(size) };
};
