// Clients in SQLite, their secrets encrypted (AES-256-GCM) under a key that lies outside of the database.

import { createCipheriv, createDecipheriv, randomBytes } from 'node:crypto';
import type { DatabaseSync } from 'node:sqlite';
import type { ClientId } from '../jobs/job.ts';
import { checkTimeZone } from '../jobs/local-time.ts';
import { type Client, type ClientSettings, type Clients, defaultSettings } from '../jobs/ports.ts';

const cipher = 'aes-256-gcm';
const nonceBytes = 12;
const tagBytes = 16;

/** `key` encrypts the secrets; see keys.ts. */
export const embeddedClients = (db: DatabaseSync, key: Buffer): Clients => {
  const byKey = db.prepare('SELECT * FROM clients WHERE api_key = ?');
  const byId = db.prepare('SELECT * FROM clients WHERE id = ?');
  const put = db.prepare(`INSERT INTO clients VALUES (?, ?, ?, ?) ON CONFLICT (id) DO UPDATE
    SET api_key = excluded.api_key, secret = excluded.secret, settings = excluded.settings`);

  const clientOf = (row: Record<string, unknown> | undefined): Client | undefined =>
    row && {
      id: String(row.id),
      apiKey: String(row.api_key),
      secret: decrypt(key, String(row.id), Buffer.from(row.secret as Uint8Array)),
      settings: { ...defaultSettings, ...(JSON.parse(String(row.settings)) as Partial<ClientSettings>) },
    };

  return {
    async byKey(apiKey) {
      return clientOf(byKey.get(apiKey));
    },
    async byId(id) {
      return clientOf(byId.get(id));
    },
    async put(client) {
      checkTimeZone(client.settings?.timeZone);
      const settings = JSON.stringify(client.settings ?? {});
      put.run(client.id, client.apiKey, encrypt(key, client.id, client.secret), settings);
    },
  };
};

/** The client's id is bound in: a secret that is copied to another client's row does not open there. */
const encrypt = (key: Buffer, client: ClientId, secret: string): Uint8Array => {
  const nonce = randomBytes(nonceBytes);
  const sealing = createCipheriv(cipher, key, nonce).setAAD(Buffer.from(client));
  const body = Buffer.concat([sealing.update(secret, 'utf8'), sealing.final()]);
  return Buffer.concat([nonce, sealing.getAuthTag(), body]);
};

const decrypt = (key: Buffer, client: ClientId, sealed: Buffer): string => {
  const opening = createDecipheriv(cipher, key, sealed.subarray(0, nonceBytes))
    .setAAD(Buffer.from(client))
    .setAuthTag(sealed.subarray(nonceBytes, nonceBytes + tagBytes));
  const body = opening.update(sealed.subarray(nonceBytes + tagBytes));
  return Buffer.concat([body, opening.final()]).toString('utf8');
};
