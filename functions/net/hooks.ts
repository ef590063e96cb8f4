// Posts reports to URLs that clients named.
import type { Hooks } from '../jobs/ports.ts';
import type { Network } from './connect.ts';
import { safeFetch } from './safe-fetch.ts';

const totalMs = 15_000;
const maxDrained = 64 * 1024;

interface HookOptions {
  allowLoopback: boolean;
  /** For tests, as `network`. */
  totalMs?: number;
  network?: Network;
}

export const createHooks = (options: HookOptions): Hooks => ({
  post: (url, body, headers) => send(url, options, { method: 'POST', headers, body }),
  get: (url) => send(url, options, { method: 'GET', headers: {} }),
});

interface Sending {
  method: 'GET' | 'POST';
  headers: Record<string, string>;
  body?: string;
}

/** 15 s in all. A redirect is not followed: its status is the answer. */
const send = async (url: string, options: HookOptions, sending: Sending): Promise<number> => {
  const total = options.totalMs ?? totalMs;
  const answer = await safeFetch(url, {
    allowLoopback: options.allowLoopback,
    ...sending,
    maxBytes: Number.POSITIVE_INFINITY,
    timeouts: { connect: Math.min(5_000, total), headers: total, idle: total, total },
    ...(options.network ? { network: options.network } : {}),
  });
  try {
    await drain(answer.body);
  } finally {
    answer.close();
  }
  return answer.status;
};

/** Lets the receiver finish its sentence, up to a point. The status has been given: what comes of the rest changes nothing. */
const drain = async (body: AsyncIterable<Uint8Array>): Promise<void> => {
  let seen = 0;
  try {
    for await (const piece of body) {
      seen += piece.length;
      if (seen >= maxDrained) return;
    }
  } catch {
    // Cut short or too slow.
  }
};
