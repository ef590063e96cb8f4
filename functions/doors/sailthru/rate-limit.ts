// How many calls per second this protocol allows for one client, endpoint and method.
import type { Client, Ports } from '../../jobs/ports.ts';
import { countIn, type RateLimit } from '../rate-limit.ts';
import { ApiError } from './errors.ts';

const perSecond: Record<string, number> = { 'POST send': 200, 'POST user': 300, POST: 40, GET: 300, DELETE: 40 };

/** Counts a call. Unsigned calls are counted apart: whoever knows only the key cannot use up its owner's calls. */
export const countCall = (
  ports: Pick<Ports, 'clock' | 'rates'>,
  client: Client,
  method: string,
  endpoint: string,
  signed: boolean,
): Promise<RateLimit> => {
  const call = `${method} ${endpoint}`;
  const limit = client.settings.rateLimits[call] ?? perSecond[call] ?? perSecond[method] ?? 40;
  return countIn(ports, `sailthru ${client.id} ${call}${signed ? '' : ' unsigned'}`, limit);
};

/** The documents' text speaks of minutes, whatever the window. */
export const tooMany = (method: string, endpoint: string): ApiError =>
  new ApiError(429, 43, `Too many ${method} requests this minute to /${endpoint} API`);
