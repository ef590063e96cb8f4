// Signed links to objects: who has one may read that object until it ends, and no other.
import { createHmac, timingSafeEqual } from 'node:crypto';
import type { Millis } from '../jobs/job.ts';
import { readMeta } from './file-meta.ts';
import { checkKey } from './file-names.ts';
import { rememberedKey } from './keys.ts';

/** What a valid link leads to. */
export interface LinkTarget {
  key: string;
  contentType: string;
  /** As it was given, any characters; `attachment` in jobs/disposition.ts makes a header of it. */
  filename?: string;
}

const signatureOf = (home: string, key: string, expires: string): Buffer =>
  createHmac('sha256', rememberedKey(home, 'links')).update(`GET\n${key}\n${expires}`).digest();

/** `<baseUrl>/files/<key>?expires=<Unix seconds>&signature=...`. Throws for what is not a key. */
export const signLink = (home: string, baseUrl: string, key: string, expiresAt: Millis): string => {
  const path = checkKey(key).map(encodeURIComponent).join('/');
  const expires = String(Math.floor(expiresAt / 1000));
  const signature = signatureOf(home, key, expires).toString('base64url');
  return `${baseUrl.replace(/\/+$/, '')}/files/${path}?expires=${expires}&signature=${signature}`;
};

/** What the URL of a request leads to: the whole URL or its path and query. */
export const checkLink = (home: string, url: string, now: Millis = Date.now()): LinkTarget | 'expired' | 'invalid' => {
  const parsed = URL.parse(url, 'http://localhost');
  const key = parsed && keyIn(parsed.pathname);
  const expires = parsed?.searchParams.get('expires');
  const given = Buffer.from(parsed?.searchParams.get('signature') ?? '', 'base64url');
  if (!key || !expires || !/^\d{1,12}$/.test(expires)) return 'invalid';
  const expected = signatureOf(home, key, expires);
  if (given.length !== expected.length || !timingSafeEqual(given, expected)) return 'invalid';
  if (now >= Number(expires) * 1000) return 'expired';
  const { contentType = 'application/octet-stream', filename } = readMeta(home, key);
  return { key, contentType, ...(filename !== undefined && { filename }) };
};

const keyIn = (path: string): string | undefined => {
  const at = path.indexOf('/files/');
  if (at < 0) return undefined;
  try {
    const key = path
      .slice(at + '/files/'.length)
      .split('/')
      .map(decodeURIComponent)
      .join('/');
    checkKey(key);
    return key;
  } catch {
    return undefined;
  }
};
