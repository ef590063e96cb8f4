// Who calls: an organization and its key, as HTTP Basic. Wrong keys are few in a minute.
import { hash, timingSafeEqual } from 'node:crypto';
import type { Client, Ports } from '../../jobs/ports.ts';
import { DoorError, unauthorized } from './errors.ts';

/** Wrong keys that one caller may try at one organization in a window; after them even the right key has to wait. */
const mostFailures = 10;
const windowSeconds = 60;

/** The client behind a call. `from` is the address of the caller, as far as it is known. Throws DoorError. */
export const authenticate = async (
  { clients, clock, rates }: Pick<Ports, 'clients' | 'clock' | 'rates'>,
  header: string | undefined,
  from: string,
): Promise<Client> => {
  const credentials = readCredentials(header ?? '');
  if (!credentials) throw unauthorized();
  const { organization, key } = credentials;
  // By the caller's address too: nobody can lock an organization out from elsewhere.
  const bucket = `greenarrow wrong keys ${organization} ${from}`;
  const second = Math.floor(clock.now() / 1000);
  if ((await rates.seen(bucket, second, windowSeconds)) >= mostFailures) {
    const wait = String(windowSeconds - (second % windowSeconds));
    throw new DoorError('not_authorized', 'Too many wrong API keys: wait a minute', 429, { 'Retry-After': wait });
  }
  const client = await clients.byOrganization(organization);
  // Digests, so that the comparison takes the same time whatever the key and its length.
  const known = timingSafeEqual(digestOf(client?.secret ?? ''), digestOf(key));
  if (client && known) return client;
  await rates.hit(bucket, second, windowSeconds);
  throw unauthorized();
};

const digestOf = (text: string): Buffer => hash('sha256', text, 'buffer');

/** `Basic <base64 of organization:key>`; undefined for anything else. */
const readCredentials = (header: string): { organization: number; key: string } | undefined => {
  const [, encoded] = /^Basic +([A-Za-z0-9+/=_-]{1,1000}) *$/i.exec(header) ?? [];
  if (encoded === undefined) return undefined;
  const [, organization, key] = /^(\d{1,15}):(.+)$/.exec(Buffer.from(encoded, 'base64').toString()) ?? [];
  return organization !== undefined && key !== undefined ? { organization: Number(organization), key } : undefined;
};
