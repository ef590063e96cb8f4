// Tokens of the append API: kept as hashes for eight hours. A client's new secret ends all that were made under the old one.
import { hash, randomBytes } from 'node:crypto';
import type { Millis } from '../job.ts';
import type { Client, Ports, RecordKey } from '../ports.ts';

const table = 'appends';
const tokenLife: Millis = 8 * 3600_000;

type Stores = Pick<Ports, 'records' | 'clock'>;

const keyOf = (token: string): RecordKey => ({ part: `token#${hash('sha256', token, 'hex')}`, sort: '-' });
const stampOf = ({ secret }: Client): string => hash('sha256', `append token ${secret}`, 'hex');

/** A new token; nobody can read it again. */
export const issueToken = async (
  { records, clock }: Stores,
  client: Client,
): Promise<{ token: string; expiresAt: Millis }> => {
  const token = randomBytes(32).toString('base64url');
  const expiresAt = clock.now() + tokenLife;
  const value = { stamp: stampOf(client), expiresAt };
  await records.write(client.id, table, [{ ...keyOf(token), value, expiresAt }]);
  return { token, expiresAt };
};

export const isTokenOf = async ({ records, clock }: Stores, client: Client, token: string): Promise<boolean> => {
  const [found] = await records.read(client.id, table, [keyOf(token)], { fresh: true });
  return found?.value.stamp === stampOf(client) && Number(found.value.expiresAt) > clock.now();
};

/** Ends a token before its time. */
export const revokeToken = async ({ records }: Stores, client: Client, token: string): Promise<void> => {
  await records.write(client.id, table, [keyOf(token)]);
};
