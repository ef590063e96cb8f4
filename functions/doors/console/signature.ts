// How a call is signed: HMAC-SHA256 under the client's secret over what is asked, when, and with which body.
import { createHash, createHmac, timingSafeEqual } from 'node:crypto';

/** What a signature covers. */
export interface Signed {
  method: string;
  /** Path and query, exactly as they are sent. */
  target: string;
  /** Unix seconds, in decimal digits. */
  time: string;
  body: string | Uint8Array;
}

/** The signature in lower-case hex. */
export const sign = (secret: string, { method, target, time, body }: Signed): string => {
  const digest = createHash('sha256').update(body).digest('hex');
  return createHmac('sha256', secret).update(`${method}\n${target}\n${time}\n${digest}`).digest('hex');
};

/** Whether `signature`, 64 hex digits in lower case, is that of the call. Takes the same time whatever is wrong. */
export const verify = (secret: string, signed: Signed, signature: string): boolean => {
  const [wanted, given] = [Buffer.from(sign(secret, signed)), Buffer.from(signature)];
  return wanted.length === given.length && timingSafeEqual(wanted, given);
};
