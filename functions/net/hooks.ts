// Posts reports to URLs that clients named.
import type { Hooks } from '../jobs/ports.ts';
import type { Network } from './connect.ts';
import { safeFetch } from './safe-fetch.ts';

const totalMs = 15_000;
const maxDrained = 64 * 1024;

/** `totalMs` and `network` are there for tests. */
export const createHooks = (options: { allowLoopback: boolean; totalMs?: number; network?: Network }): Hooks => ({
  /** 15 s in all. A redirect is not followed: its status is the answer. */
  async post(url, body, headers) {
    const total = options.totalMs ?? totalMs;
    const answer = await safeFetch(url, {
      allowLoopback: options.allowLoopback,
      method: 'POST',
      headers,
      body,
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
  },
});

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
