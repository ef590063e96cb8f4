// The console's files on their way into a bucket: what CloudFront serves from there.
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { CreateBucketCommand, GetObjectCommand, ListObjectsV2Command, S3Client } from '@aws-sdk/client-s3';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { publishConsole } from '../../tools/publish-console.ts';
import { emulatorKey, emulatorSecret, startS3AndSqs } from '../helpers/emulator-s3-sqs.ts';

const bucket = 'stevedore-test-console';
let emulator: Awaited<ReturnType<typeof startS3AndSqs>>;
let s3: S3Client;
let folder: string;
beforeAll(async () => {
  emulator = await startS3AndSqs();
  const credentials = { accessKeyId: emulatorKey, secretAccessKey: emulatorSecret };
  s3 = new S3Client({ region: 'us-east-1', endpoint: emulator.endpoint, forcePathStyle: true, credentials });
  await s3.send(new CreateBucketCommand({ Bucket: bucket }));
  folder = mkdtempSync(join(tmpdir(), 'stevedore-publish-'));
  mkdirSync(join(folder, 'assets'));
  writeFileSync(join(folder, 'index.html'), '<!doctype html>');
  writeFileSync(join(folder, 'assets', 'index-1a2b.js'), 'go()');
  writeFileSync(join(folder, '.built-from'), 'secret of this machine');
});
afterAll(async () => {
  s3.destroy();
  await emulator.stop();
  rmSync(folder, { recursive: true, force: true });
});

it('the page comes after the files that it names, each with its type and how long it lasts', async () => {
  expect(await publishConsole(s3, bucket, folder)).toEqual(['console/assets/index-1a2b.js', 'console/index.html']);
  const page = await s3.send(new GetObjectCommand({ Bucket: bucket, Key: 'console/index.html' }));
  expect([page.ContentType, page.CacheControl]).toEqual(['text/html; charset=utf-8', 'no-cache']);
  const script = await s3.send(new GetObjectCommand({ Bucket: bucket, Key: 'console/assets/index-1a2b.js' }));
  expect([script.ContentType, script.CacheControl]).toEqual([
    'text/javascript; charset=utf-8',
    'public, max-age=31536000, immutable',
  ]);
});

it('a new version leaves the files of the one before, for pages that are open', async () => {
  rmSync(join(folder, 'assets', 'index-1a2b.js'));
  writeFileSync(join(folder, 'assets', 'index-3c4d.js'), 'go(2)');
  await publishConsole(s3, bucket, folder);
  const { Contents = [] } = await s3.send(new ListObjectsV2Command({ Bucket: bucket }));
  expect(Contents.map(({ Key }) => Key)).toEqual([
    'console/assets/index-1a2b.js',
    'console/assets/index-3c4d.js',
    'console/index.html',
  ]);
});
