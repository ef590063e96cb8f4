// Signature Version 4 as S3 checks it: in the query of presigned URLs, and over the policies of forms.
import { createHash, createHmac, timingSafeEqual } from 'node:crypto';

const hmac = (key: string | Buffer, text: string) => createHmac('sha256', key).update(text).digest();
const encode = (text: string) =>
  encodeURIComponent(text).replace(/[!'()*]/g, (c) => `%${c.charCodeAt(0).toString(16).toUpperCase()}`);

/** The signature of a text, in hex, by the key that is made of the secret for one day, region and service. */
export const signatureByKey = (
  secret: string,
  { day, region, service }: { day: string; region: string; service: string },
  text: string,
): string => {
  const key = [region, service, 'aws4_request'].reduce(hmac, hmac(`AWS4${secret}`, day));
  return hmac(key, text).toString('hex');
};

/** Whether the request's own signature is the one that `secret` gives and has not ended. */
export const isSigned = (
  request: { method: string; url: string; headers: Record<string, unknown> },
  secret: string,
  now: number,
): boolean => {
  const url = new URL(request.url, 'http://localhost');
  const field = (name: string) => url.searchParams.get(`X-Amz-${name}`) ?? '';
  const [, day, region, service] = /^[^/]+\/(\d{8})\/([^/]+)\/([^/]+)\/aws4_request$/.exec(field('Credential')) ?? [];
  const time = /^(\d{4})(\d\d)(\d\d)T(\d\d)(\d\d)(\d\d)Z$/.exec(field('Date'));
  if (!day || !region || !service || !time || field('Algorithm') !== 'AWS4-HMAC-SHA256') return false;
  const [, year, month, date, hour, minute, second] = time;
  const signedAt = Date.parse(`${year}-${month}-${date}T${hour}:${minute}:${second}Z`);
  if (!(now < signedAt + Number(field('Expires')) * 1000)) return false;

  const query = [...url.searchParams]
    .filter(([name]) => name !== 'X-Amz-Signature')
    .map(([name, value]) => `${encode(name)}=${encode(value)}`)
    .sort()
    .join('&');
  const names = field('SignedHeaders').split(';');
  if (!names.includes('host')) return false;
  const headers = names.map((name) => `${name}:${String(request.headers[name] ?? '').trim()}\n`).join('');
  const canonical = [request.method, url.pathname, query, headers, names.join(';'), 'UNSIGNED-PAYLOAD'].join('\n');
  const scope = `${day}/${region}/${service}/aws4_request`;
  const digest = createHash('sha256').update(canonical).digest('hex');
  const toSign = ['AWS4-HMAC-SHA256', field('Date'), scope, digest].join('\n');
  const expected = Buffer.from(signatureByKey(secret, { day, region, service }, toSign));
  const given = Buffer.from(field('Signature'));
  return given.length === expected.length && timingSafeEqual(given, expected);
};
