// Who calls: the key, the signature over the whole call, its age, and the rate limit.
import { randomBytes } from 'node:crypto';
import type { Client, Ports } from '../../jobs/ports.ts';
import { countIn } from '../rate-limit.ts';
import { readBody } from './body.ts';
import { DoorError, unauthorized } from './errors.ts';
import { verify } from './signature.ts';

/** A call whose sender is known. */
export interface Call {
  client: Client;
  body: Uint8Array;
  signature: string;
}

/** Seconds by which the time of a call may be off, either way: a call that was overheard is worth nothing after that. */
export const longestAge = 300;
/** Calls a second of one client, unless its settings say otherwise. */
const perSecond = (method: string): number => (method === 'GET' || method === 'HEAD' ? 300 : 40);
/** Stands in for the secret of a client that does not exist, so that its call costs the same work. */
const nobodysSecret = randomBytes(16).toString('hex');

/** The caller. Hands `tell` the headers of the answer, whatever comes of the call. Throws DoorError. */
export const authenticate = async (
  ports: Pick<Ports, 'clients' | 'clock' | 'rates'>,
  request: Request,
  tell: (headers: Record<string, string>) => void,
): Promise<Call> => {
  const { method } = request;
  const body = await readBody(request);
  const credentials = readCredentials(request.headers.get('authorization') ?? '');
  if (!credentials) throw unauthorized();
  const { key, time, signature } = credentials;
  const client = await ports.clients.byKey(key);
  const signed = verify(client?.secret ?? nobodysSecret, { method, target: targetOf(request), time, body }, signature);
  const isFresh = Math.abs(ports.clock.now() / 1000 - Number(time)) <= longestAge;
  if (!client || !signed || !isFresh) throw unauthorized();
  // Only signed calls count: whoever knows no more than the key cannot use up its owner's calls.
  const limit = client.settings.rateLimits[`${method} console`] ?? perSecond(method);
  const { headers, exceeded } = await countIn(ports, `console ${client.id} ${method}`, limit);
  tell(headers);
  if (exceeded) throw new DoorError(429, 'too_many_calls', 'Too many calls in this second');
  return { client, body, signature };
};

/** Path and query as they were sent. */
const targetOf = ({ url }: Request): string => url.slice(url.indexOf('/', url.indexOf('//') + 2));

const form = /^Stevedore key=([\x21-\x2b\x2d-\x7e]{1,200}), ?time=(\d{1,11}), ?signature=([0-9a-f]{64})$/;

const readCredentials = (header: string) => {
  const [, key, time, signature] = form.exec(header) ?? [];
  return key !== undefined && time !== undefined && signature !== undefined ? { key, time, signature } : undefined;
};
