// Calls per second of one client, endpoint and method, and the headers that tell how many are left.
import type { Client, Ports } from '../../jobs/ports.ts';
import { ApiError } from './errors.ts';

const perSecond: Record<string, number> = { 'POST send': 200, 'POST user': 300, POST: 40, GET: 300, DELETE: 40 };

export interface RateLimit {
  /** In the letter case that clients look for. */
  headers: Record<string, string>;
  exceeded: boolean;
}

/** Counts a call. Unsigned calls are counted apart: whoever knows only the key cannot use up its owner's calls. */
export const countCall = async (
  ports: Pick<Ports, 'clock' | 'rates'>,
  client: Client,
  method: string,
  endpoint: string,
  signed: boolean,
): Promise<RateLimit> => {
  const call = `${method} ${endpoint}`;
  const limit = client.settings.rateLimits[call] ?? perSecond[call] ?? perSecond[method] ?? 40;
  const second = Math.floor(ports.clock.now() / 1000);
  const calls = await ports.rates.hit(`sailthru ${client.id} ${call}${signed ? '' : ' unsigned'}`, second);
  return {
    headers: {
      'X-Rate-Limit-Limit': String(limit),
      'X-Rate-Limit-Remaining': String(Math.max(0, limit - calls)),
      'X-Rate-Limit-Reset': String(second + 1),
    },
    exceeded: calls > limit,
  };
};

/** The documents' text speaks of minutes, whatever the window. */
export const tooMany = (method: string, endpoint: string): ApiError =>
  new ApiError(429, 43, `Too many ${method} requests this minute to /${endpoint} API`);
