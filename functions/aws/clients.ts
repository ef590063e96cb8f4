// Clients on DynamoDB, their secrets encrypted with KMS.

import { DecryptCommand, EncryptCommand, type KMSClient } from '@aws-sdk/client-kms';
import { DeleteCommand, type DynamoDBDocumentClient, GetCommand, PutCommand } from '@aws-sdk/lib-dynamodb';
import type { ClientId } from '../jobs/job.ts';
import { checkTimeZone } from '../jobs/local-time.ts';
import { type Client, type Clients, defaultSettings } from '../jobs/ports.ts';
import { ifHeld } from './expression.ts';
import { apiKeyKey, clientKey, fits, type Key } from './layout.ts';

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

  const byId = async (id: ClientId): Promise<Client | undefined> => {
    const item = await read(clientKey(id));
    if (!item) return undefined;
    const secret = await decrypt(id, item.secret as Uint8Array);
    const settings = { ...defaultSettings, ...JSON.parse(String(item.settings)) };
    return { id, apiKey: String(item.apiKey), secret, settings };
  };

  return {
    byId,

    async byKey(apiKey) {
      const pointer = await read(apiKeyKey(apiKey));
      const client = pointer && (await byId(String(pointer.id)));
      // The client's own item is the truth: a key that it no longer names has ended.
      return client?.apiKey === apiKey ? client : undefined;
    },

    async put({ id, apiKey, secret, settings = {} }) {
      checkTimeZone(settings.timeZone);
      const encrypted = await kms.send(
        new EncryptCommand({ KeyId: keyId, Plaintext: Buffer.from(secret), EncryptionContext: { client: id } }),
      );
      const before = await read(clientKey(id));
      const taken = await ifHeld(
        dynamodb.send(
          new PutCommand({
            TableName: table,
            Item: { ...apiKeyKey(apiKey), id },
            ConditionExpression: 'attribute_not_exists(pk) OR id=:id',
            ExpressionAttributeValues: { ':id': id },
          }),
        ),
      );
      if (!taken) throw new Error(`client ${id}: its key is the key of another client`);
      const item = { ...clientKey(id), apiKey, secret: encrypted.CiphertextBlob, settings: JSON.stringify(settings) };
      await dynamodb.send(new PutCommand({ TableName: table, Item: item }));
      const oldKey = before?.apiKey;
      if (typeof oldKey === 'string' && oldKey !== apiKey)
        await dynamodb.send(new DeleteCommand({ TableName: table, Key: apiKeyKey(oldKey) }));
    },
  };
};
