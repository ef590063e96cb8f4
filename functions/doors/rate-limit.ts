// Calls per second, and the headers that tell how many are left: the same for every protocol.
import type { Ports } from '../jobs/ports.ts';

export interface RateLimit {
  /** In the letter case that clients look for. */
  headers: Record<string, string>;
  exceeded: boolean;
}

/** Counts a call in the current second of `bucket`, which allows `limit` of them. */
export const countIn = async (
  ports: Pick<Ports, 'clock' | 'rates'>,
  bucket: string,
  limit: number,
): Promise<RateLimit> => {
  const second = Math.floor(ports.clock.now() / 1000);
  const calls = await ports.rates.hit(bucket, second);
  return {
    headers: {
      'X-Rate-Limit-Limit': String(limit),
      'X-Rate-Limit-Remaining': String(Math.max(0, limit - calls)),
      'X-Rate-Limit-Reset': String(second + 1),
    },
    exceeded: calls > limit,
  };
};
