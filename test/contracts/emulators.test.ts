// The emulators refuse what AWS refuses, where the system relies on it.
import { DecryptCommand, EncryptCommand } from '@aws-sdk/client-kms';
import { GetObjectCommand, PutObjectCommand, PutObjectTaggingCommand } from '@aws-sdk/client-s3';
import { getSignedUrl } from '@aws-sdk/s3-request-presigner';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { closeWorld, openWorld, type World } from '../helpers/emulator-world.ts';
import { startEmulators } from '../helpers/emulators.ts';
import { anId } from './samples.ts';

let world: World;
beforeAll(async () => {
  world = await openWorld();
});
afterAll(() => closeWorld(world));

describe('S3', () => {
  const at = () => ({ Bucket: world.config.buckets.uploads, Key: `a/${anId()}` });
  const status = (promise: Promise<unknown>) =>
    promise.then(
      () => 200,
      (error: { $metadata?: { httpStatusCode?: number } }) => error.$metadata?.httpStatusCode,
    );

  it('writes on a condition only while it holds', async () => {
    const { s3 } = world.sdk;
    const place = at();
    expect(await status(s3.send(new PutObjectCommand({ ...place, Body: 'a', IfNoneMatch: '*' })))).toBe(200);
    expect(await status(s3.send(new PutObjectCommand({ ...place, Body: 'b', IfNoneMatch: '*' })))).toBe(412);
    const { ETag } = await s3.send(new GetObjectCommand(place));
    expect(await status(s3.send(new PutObjectCommand({ ...place, Body: 'c', IfMatch: ETag })))).toBe(200);
    expect(await status(s3.send(new PutObjectCommand({ ...place, Body: 'd', IfMatch: ETag })))).toBe(412);
    expect(await (await s3.send(new GetObjectCommand(place))).Body?.transformToString()).toBe('c');
  });

  it('lets nobody in without a signature, nor out of a bucket', async () => {
    const { Bucket, Key } = at();
    await world.sdk.s3.send(new PutObjectCommand({ Bucket, Key, Body: 'a' }));
    const base = world.config.endpoints?.s3;
    expect((await fetch(`${base}/${Bucket}/${Key}`)).status).toBe(403);
    expect((await fetch(`${base}/${Bucket}/${Key}`, { method: 'DELETE' })).status).toBe(403);
    expect((await fetch(`${base}/${Bucket}`)).status).toBe(403);
    const headers = { authorization: 'AWS4-HMAC-SHA256 Credential=emulator/x' };
    expect((await fetch(`${base}/${Bucket}/%2e%2e%2fx`, { headers })).status).toBe(400);
  });

  it('does not take a sub-resource for the object', async () => {
    const place = at();
    await world.sdk.s3.send(new PutObjectCommand({ ...place, Body: 'a' }));
    const tagging = new PutObjectTaggingCommand({ ...place, Tagging: { TagSet: [{ Key: 'a', Value: 'b' }] } });
    expect(await status(world.sdk.s3.send(tagging))).toBe(501);
    expect(await (await world.sdk.s3.send(new GetObjectCommand(place))).Body?.transformToString()).toBe('a');
  });

  it('gives the headers that a link asks for, and takes large bodies', async () => {
    const place = at();
    await world.sdk.s3.send(new PutObjectCommand({ ...place, Body: Buffer.alloc(13 * 1024 * 1024) }));
    const command = new GetObjectCommand({ ...place, ResponseContentDisposition: 'attachment; filename=a.csv' });
    const answer = await fetch(await getSignedUrl(world.sdk.s3, command, { expiresIn: 60 }));
    expect(answer.headers.get('content-disposition')).toBe('attachment; filename=a.csv');
    expect((await answer.arrayBuffer()).byteLength).toBe(13 * 1024 * 1024);
  });

  it('tells of every object that was put, whole or in parts', async () => {
    const told: string[] = [];
    const emulators = await startEmulators({
      created: ({ bucket, key, etag }) => told.push(`${bucket} ${key} ${etag !== ''}`),
    });
    try {
      const { awsClients } = await import('../../functions/aws/config.ts');
      const { awsFiles } = await import('../../functions/aws/files.ts');
      const { makeAll } = await import('../helpers/aws-tables.ts');
      const config = { ...world.config, endpoints: emulators.endpoints, queues: {} };
      const sdk = awsClients(config);
      await makeAll(config, sdk, []);
      const files = awsFiles(sdk.s3, config.buckets);
      await files.put('uploads/imports/c/Grüße/a b.csv', 'a');
      await files.put('uploads/large', Buffer.alloc(9 * 1024 * 1024));
      const bucket = config.buckets.uploads;
      expect(told).toEqual([`${bucket} imports/c/Grüße/a b.csv true`, `${bucket} large true`]);
      for (const client of Object.values(sdk)) client.destroy();
    } finally {
      await emulators.stop();
    }
  });
});

describe('KMS', () => {
  it('opens a ciphertext only in the context and with the key that it was made with', async () => {
    const { kms } = world.sdk;
    const EncryptionContext = { client: 'a', other: 'b' };
    const { CiphertextBlob } = await kms.send(
      new EncryptCommand({ KeyId: 'alias/test', Plaintext: Buffer.from('secret'), EncryptionContext }),
    );
    const open = (context: Record<string, string>, KeyId = 'alias/test') =>
      kms.send(new DecryptCommand({ CiphertextBlob, KeyId, EncryptionContext: context }));
    const { Plaintext } = await open({ other: 'b', client: 'a' });
    expect(Buffer.from(Plaintext ?? []).toString()).toBe('secret');
    await expect(open({ client: 'a' })).rejects.toThrow('InvalidCiphertextException');
    await expect(open(EncryptionContext, 'alias/other')).rejects.toThrow('IncorrectKeyException');
  });
});
