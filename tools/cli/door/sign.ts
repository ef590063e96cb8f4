// Signs calls to the console's door. Web standards only: it runs in Node and in a browser alike.

export interface Credentials {
  key: string;
  secret: string;
}

/** What a signature covers. */
export interface Signed {
  method: string;
  /** Path and query, exactly as they are sent. */
  target: string;
  body: string;
}

const bytes = (text: string) => new TextEncoder().encode(text);
const hex = (buffer: ArrayBuffer): string =>
  Array.from(new Uint8Array(buffer), (byte) => byte.toString(16).padStart(2, '0')).join('');

/** The `Authorization` header of a call that is made at `now`, in milliseconds since the epoch. */
export const authorization = async (
  { key, secret }: Credentials,
  { method, target, body }: Signed,
  now: number,
): Promise<string> => {
  const algorithm = { name: 'HMAC', hash: 'SHA-256' };
  const signer = await crypto.subtle.importKey('raw', bytes(secret), algorithm, false, ['sign']);
  const time = Math.floor(now / 1000);
  const digest = hex(await crypto.subtle.digest('SHA-256', bytes(body)));
  const text = [method, target, time, digest].join('\n');
  const signature = hex(await crypto.subtle.sign('HMAC', signer, bytes(text)));
  return `Stevedore key=${key}, time=${time}, signature=${signature}`;
};
