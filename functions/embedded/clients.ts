// Clients in SQLite, their secrets encrypted (AES-256-GCM) under a key that lies outside of the database.

import { createCipheriv, createDecipheriv, randomBytes } from 'node:crypto';
import type { DatabaseSync } from 'node:sqlite';
import {
  type Client,
  type ClientSettings,
  type Clients,
  checkClient,
  defaultSettings,
  type ListedClient,
  systemOrganization,
} from '../jobs/client.ts';
import type { ClientId } from '../jobs/job.ts';
import { transaction } from './sqlite.ts';

const cipher = 'aes-256-gcm';
const nonceBytes = 12;
const tagBytes = 16;

/** `key` encrypts the secrets; see keys.ts. */
export const embeddedClients = (db: DatabaseSync, key: Buffer): Clients => {
  const byKey = db.prepare('SELECT * FROM clients WHERE api_key = ?');
  const byOrganization = db.prepare('SELECT * FROM clients WHERE organization = ?');
  const byUsername = db.prepare('SELECT * FROM clients WHERE username = ?');
  const byId = db.prepare('SELECT * FROM clients WHERE id = ?');
  const all = db.prepare('SELECT * FROM clients ORDER BY id');
  const last = db.prepare('SELECT MAX(organization) AS organization FROM clients');
  const put = db.prepare(`INSERT INTO clients (id, api_key, secret, settings, organization, username, admin, disabled)
    VALUES (?, ?, ?, ?, ?, ?, ?, ?) ON CONFLICT (id) DO UPDATE
    SET api_key = excluded.api_key, secret = excluded.secret, settings = excluded.settings,
      organization = excluded.organization, username = excluded.username,
      admin = excluded.admin, disabled = excluded.disabled`);

  const clientOf = (row: Row | undefined): Client | undefined =>
    row && { ...listedOf(row), secret: decrypt(key, String(row.id), Buffer.from(row.secret as Uint8Array)) };
  const enabled = (row: Row | undefined): Client | undefined => (row?.disabled ? undefined : clientOf(row));
  const nextOrganization = () => Math.max(systemOrganization, Number(last.get()?.organization ?? 0)) + 1;

  return {
    async byKey(apiKey) {
      return enabled(byKey.get(apiKey));
    },
    async byOrganization(organization) {
      return Number.isSafeInteger(organization) ? enabled(byOrganization.get(organization)) : undefined;
    },
    async byUsername(username) {
      return enabled(byUsername.get(username));
    },
    async byId(id) {
      return clientOf(byId.get(id));
    },
    async all() {
      return all.all().map(listedOf);
    },
    async put(client) {
      const { id, apiKey, secret, settings = {}, admin = false, disabled = false } = client;
      transaction(db, () => {
        const before = byId.get(id);
        const organization = client.organization ?? Number(before?.organization ?? nextOrganization());
        const username = client.username ?? String(before?.username ?? id);
        checkClient(client, organization);
        const sealed = encrypt(key, id, secret);
        put.run(id, apiKey, sealed, JSON.stringify(settings), organization, username, Number(admin), Number(disabled));
      });
    },
  };
};

type Row = Record<string, unknown>;

const listedOf = (row: Row): ListedClient => ({
  id: String(row.id),
  apiKey: String(row.api_key),
  organization: Number(row.organization),
  username: String(row.username),
  ...(row.admin ? { admin: true } : {}),
  ...(row.disabled ? { disabled: true } : {}),
  settings: { ...defaultSettings, ...(JSON.parse(String(row.settings)) as Partial<ClientSettings>) },
});

/** The client's id is bound in: a secret that is copied to another client's row does not open there. */
export const encrypt = (key: Buffer, client: ClientId, secret: string): Uint8Array => {
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
