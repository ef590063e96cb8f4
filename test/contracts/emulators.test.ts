// The emulators refuse what AWS refuses, where the system relies on it.
import { DecryptCommand, EncryptCommand } from '@aws-sdk/client-kms';
import { GetObjectCommand, PutObjectCommand, PutObjectTaggingCommand } from '@aws-sdk/client-s3';
import { getSignedUrl } from '@aws-sdk/s3-request-presigner';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { signatureByKey } from '../helpers/emulator-signature.ts';
import { closeWorld, openWorld, type World } from '../helpers/emulator-world.ts';
import { startEmulators } from '../helpers/emulators.ts';
import { bodyWith, sendForm } from '../helpers/upload-form.ts';
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

  describe('a form', () => {
    const signedPolicy = async (
      policy: { expiration?: string; conditions?: unknown[] },
      options: { secret?: string; key?: string } = {},
    ) => {
      const { Bucket, Key } = at();
      const day = new Date().toISOString().slice(0, 10).replaceAll('-', '');
      const scope = { day, region: 'us-east-1', service: 's3' };
      const all = {
        expiration: new Date(Date.now() + 60_000).toISOString(),
        conditions: [{ bucket: Bucket }, ['eq', '$key', Key], ['starts-with', '$X-Amz-Credential', '']],
        ...policy,
      };
      const text = Buffer.from(JSON.stringify(all)).toString('base64');
      const fields = {
        key: options.key ?? Key,
        'X-Amz-Credential': `emulator/${day}/us-east-1/s3/aws4_request`,
        Policy: text,
        'X-Amz-Signature': signatureByKey(options.secret ?? 'emulator', scope, text),
      };
      return { url: `${world.config.endpoints?.s3}/${Bucket}`, fields, place: { Bucket, Key } };
    };
    const outcome = async (made: { url: string; fields: Record<string, string> }, file = 'abc') => {
      const { status, text } = await sendForm(made, file);
      return `${status} ${/<Code>(.*)<\/Code>/.exec(text)?.[1] ?? ''}`.trim();
    };
    const anyCredential = ['starts-with', '$x-amz-credential', 'emulator/'];

    it('is taken when its policy is signed and kept', async () => {
      const made = await signedPolicy({});
      expect(await outcome(made)).toBe('204');
      expect(await (await world.sdk.s3.send(new GetObjectCommand(made.place))).Body?.transformToString()).toBe('abc');
    });

    it('is refused when it is not signed with the secret, or its time has ended', async () => {
      expect(await outcome(await signedPolicy({}, { secret: 'other' }))).toBe('403 SignatureDoesNotMatch');
      const ended = new Date(Date.now() - 1).toISOString();
      expect(await outcome(await signedPolicy({ expiration: ended }))).toBe('403 AccessDenied');
      const { url, fields } = await signedPolicy({});
      const { Policy: _p, 'X-Amz-Signature': _s, ...unsigned } = fields;
      expect(await outcome({ url, fields: unsigned })).toBe('403 AccessDenied');
      const stranger = { ...fields, 'X-Amz-Credential': fields['X-Amz-Credential'].replace('emulator', 'someone') };
      expect(await outcome({ url, fields: stranger })).toBe('403 InvalidAccessKeyId');
    });

    it('is refused when a field is not what its policy says, or nothing is said of it', async () => {
      expect(await outcome(await signedPolicy({}, { key: 'a/other' }))).toBe('403 AccessDenied');
      const elsewhere = [{ bucket: 'other' }, ['starts-with', '$key', ''], anyCredential];
      expect(await outcome(await signedPolicy({ conditions: elsewhere }))).toBe('403 AccessDenied');
      const { url, fields } = await signedPolicy({});
      expect(await outcome({ url, fields: { 'x-amz-meta-a': 'b', ...fields } })).toBe('403 AccessDenied');
      const noKey = [{ bucket: at().Bucket }, anyCredential];
      expect(await outcome(await signedPolicy({ conditions: noKey }))).toBe('403 AccessDenied');
    });

    it('is refused when the file is smaller or larger than its policy allows, or is missing', async () => {
      const sized = (min: number, max: number) =>
        signedPolicy({
          conditions: [['starts-with', '$key', 'a/'], anyCredential, ['content-length-range', min, max]],
        });
      expect(await outcome(await sized(3, 3))).toBe('204');
      expect(await outcome(await sized(4, 9))).toBe('400 EntityTooSmall');
      expect(await outcome(await sized(1, 2))).toBe('400 EntityTooLarge');
      const { url, fields } = await signedPolicy({});
      const body = bodyWith(fields, '');
      body.delete('file');
      expect((await fetch(url, { method: 'POST', body })).status).toBe(400);
      const headers = { 'content-type': 'multipart/form-data; boundary=X' };
      expect((await fetch(url, { method: 'POST', body: 'no parts', headers })).status).toBe(400);
    });
  });

  it('tells of every object that was put, whole, in parts or by a form', async () => {
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
      const form = await files.ticket('uploads/tickets/b', { size: 1, expiresAt: Date.now() + 60_000 });
      expect((await sendForm(form, 'ab')).status).toBe(400);
      expect((await sendForm(form, 'a')).status).toBe(204);
      const bucket = config.buckets.uploads;
      expect(told).toEqual([
        `${bucket} imports/c/Grüße/a b.csv true`,
        `${bucket} large true`,
        `${bucket} tickets/b true`,
      ]);
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
