// Who calls: the API key on every call, a token on all but /auth, which gives one for a user and a password.
import { hash, timingSafeEqual } from 'node:crypto';
import { issueToken, isTokenOf } from '../../jobs/append/tokens.ts';
import type { JsonObject } from '../../jobs/json-line.ts';
import type { Client, Ports } from '../../jobs/ports.ts';
import { DoorError, forbidden, unauthorized } from './errors.ts';
import { loginOrder } from './schemas.ts';

/** Wrong keys and passwords that one caller may try in a window; after them even the right ones have to wait. */
const mostFailures = 10;
const windowSeconds = 60;
const longestKey = 200;

type Stores = Pick<Ports, 'clients' | 'clock' | 'rates' | 'records'>;

const digestOf = (text: string): Buffer => hash('sha256', text, 'buffer');
const isSame = (one: string, other: string): boolean => timingSafeEqual(digestOf(one), digestOf(other));

/** Refuses a caller who was wrong too often; `wrong` counts one more and throws what the caller hears. */
const guard = async ({ rates, clock }: Stores, from: string) => {
  const [bucket, second] = [`append wrong credentials ${from}`, Math.floor(clock.now() / 1000)];
  if ((await rates.seen(bucket, second, windowSeconds)) >= mostFailures) {
    const headers = { 'Retry-After': String(windowSeconds - (second % windowSeconds)) };
    throw new DoorError(429, 'Limit Exceeded', { headers });
  }
  return {
    async wrong(error: DoorError): Promise<never> {
      await rates.hit(bucket, second, windowSeconds);
      throw error;
    },
  };
};

/** The client behind `x-api-key`. `from` is the address of the caller, as far as it is known. Throws DoorError. */
const clientOf = async (ports: Stores, key: string | undefined, from: string) => {
  const { wrong } = await guard(ports, from);
  const client = key && key.length <= longestKey ? await ports.clients.byKey(key) : undefined;
  return { client: client ?? (await wrong(forbidden())), wrong };
};

/** The client behind a call with key and token. Throws DoorError. */
export const authenticate = async (
  ports: Stores,
  { key, token, from }: { key: string | undefined; token: string | undefined; from: string },
): Promise<Client> => {
  const { client, wrong } = await clientOf(ports, key, from);
  if (!token || token.length > longestKey || !(await isTokenOf(ports, client, token))) return wrong(unauthorized());
  return client;
};

/** Gives a token for the client's user name and password. Throws DoorError. */
export const logIn = async (
  ports: Stores,
  { key, from }: { key: string | undefined; from: string },
  body: JsonObject,
): Promise<{ token: string; expiresAt: number }> => {
  const { client, wrong } = await clientOf(ports, key, from);
  const { data: login } = loginOrder.safeParse(body);
  const right =
    login !== undefined &&
    // Both are compared, whatever came of the first.
    [isSame(login.username, client.username), isSame(login.password, client.secret)].every(Boolean);
  return right ? issueToken(ports, client) : wrong(unauthorized());
};
