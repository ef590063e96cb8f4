// Signs calls in the browser. The secret becomes a key that cannot be read back, and is not kept.

const encoder = new TextEncoder();
const hex = (bytes: ArrayBuffer): string =>
  Array.from(new Uint8Array(bytes), (byte) => byte.toString(16).padStart(2, '0')).join('');

/** A client's api key, and what signs in its name. */
export interface Signer {
  apiKey: string;
  /** The `Authorization` of a call at `time`, in Unix seconds. `target` is path and query exactly as they are sent. */
  authorize(call: { method: string; target: string; time: number; body: string }): Promise<string>;
}

/** Browsers give pages no cryptography unless they came over HTTPS or from this machine. */
export const canSign = (): boolean => globalThis.crypto?.subtle !== undefined;

export const signerOf = async (apiKey: string, secret: string): Promise<Signer> => {
  const algorithm = { name: 'HMAC', hash: 'SHA-256' };
  const key = await crypto.subtle.importKey('raw', encoder.encode(secret), algorithm, false, ['sign']);
  return {
    apiKey,
    async authorize({ method, target, time, body }) {
      const digest = hex(await crypto.subtle.digest('SHA-256', encoder.encode(body)));
      const text = `${method}\n${target}\n${time}\n${digest}`;
      const signature = hex(await crypto.subtle.sign('HMAC', key, encoder.encode(text)));
      return `Stevedore key=${apiKey}, time=${time}, signature=${signature}`;
    },
  };
};
