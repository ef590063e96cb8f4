// Clients on DynamoDB, their secrets encrypted with KMS.

import { DecryptCommand, EncryptCommand, type KMSClient } from '@aws-sdk/client-kms';
import { type DynamoDBDocumentClient, GetCommand } from '@aws-sdk/lib-dynamodb';
import { type Client, type Clients, checkClient, defaultSettings, type ListedClient } from '../jobs/client.ts';
import type { ClientId } from '../jobs/job.ts';
import { clientDirectory, type Item } from './client-directory.ts';
import { apiKeyKey, clientKey, fits, type Key, organizationKey, usernameKey } from './layout.ts';

/** How long a decrypted secret stays in memory, and how many do. */
const cacheFor = 5 * 60_000;
const cacheSize = 10_000;

export const awsClientStore = (
  dynamodb: DynamoDBDocumentClient,
  kms: KMSClient,
  table: string,
  keyId: string,
): Clients => {
  /** By the ciphertext, so that a new secret is never mistaken for the old one. */
  const secrets = new Map<string, { secret: string; until: number }>();

  const read = async (key: Key) =>
    fits(key)
      ? (await dynamodb.send(new GetCommand({ TableName: table, Key: key, ConsistentRead: true }))).Item
      : undefined;

  const decrypt = async (client: ClientId, ciphertext: Uint8Array): Promise<string> => {
    const name = `${client} ${Buffer.from(ciphertext).toString('base64')}`;
    const cached = secrets.get(name);
    if (cached && cached.until > Date.now()) return cached.secret;
    const answer = await kms.send(
      new DecryptCommand({ CiphertextBlob: ciphertext, KeyId: keyId, EncryptionContext: { client } }),
    );
    const secret = Buffer.from(answer.Plaintext ?? []).toString();
    if (secrets.size >= cacheSize) secrets.clear();
    secrets.set(name, { secret, until: Date.now() + cacheFor });
    return secret;
  };

  const clientOf = async (item: Item): Promise<Client> => {
    const listed = listedOf(item);
    return { ...listed, secret: await decrypt(listed.id, item.secret as Uint8Array) };
  };

  /** The client that an item leads to. The client's own item is the truth: a name that it no longer has, has ended. */
  const behind = async (key: Key, holds: (client: ListedClient) => boolean): Promise<Client | undefined> => {
    const pointer = await read(key);
    const item = pointer && (await read(clientKey(String(pointer.id))));
    const client = item && listedOf(item);
    return client && !client.disabled && holds(client) ? clientOf(item) : undefined;
  };

  const byId = async (id: ClientId): Promise<Client | undefined> => {
    const item = await read(clientKey(id));
    return item && clientOf(item);
  };

  const directory = clientDirectory(dynamodb, table);

  return {
    byId,

    byKey: (apiKey) => behind(apiKeyKey(apiKey), (client) => client.apiKey === apiKey),

    byOrganization: (organization) =>
      behind(organizationKey(organization), (client) => client.organization === organization),

    async byUsername(username) {
      const named = await behind(usernameKey(username), (client) => client.username === username);
      if (named) return named;
      // A client of an older version has its id for a name, and no item that leads there.
      const client = await byId(username);
      return client?.username === username && !client.disabled ? client : undefined;
    },

    async all() {
      return (await directory.all()).map(listedOf);
    },

    async put(client) {
      const { id, apiKey, secret, settings = {}, admin = false, disabled = false } = client;
      const stored = await read(clientKey(id));
      const before = stored && listedOf(stored);
      const known = client.organization ?? (before?.organization || undefined);
      checkClient(client, known);
      const username = client.username ?? before?.username ?? id;
      const encrypted = await kms.send(
        new EncryptCommand({ KeyId: keyId, Plaintext: Buffer.from(secret), EncryptionContext: { client: id } }),
      );
      await directory.put(
        before,
        { id, apiKey, username, organization: known },
        {
          apiKey,
          username,
          ...(admin && { admin }),
          ...(disabled && { disabled }),
          secret: encrypted.CiphertextBlob,
          settings: JSON.stringify(settings),
        },
      );
    },
  };
};

const listedOf = (item: Item): ListedClient => {
  const id = String(item.pk).slice(clientKey('').pk.length);
  return {
    id,
    apiKey: String(item.apiKey),
    organization: Number(item.organization ?? 0),
    username: String(item.username ?? id),
    ...(item.admin ? { admin: true } : {}),
    ...(item.disabled ? { disabled: true } : {}),
    settings: { ...defaultSettings, ...JSON.parse(String(item.settings)) },
  };
};
