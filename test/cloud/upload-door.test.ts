// The optional upload door: a container that takes in the request itself what no function takes.
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { demoClient } from '../../functions/server/demo-client.ts';
import { stageOf } from '../../infra/stage.ts';
import { createSailthruClient } from '../helpers/sailthru-client.ts';
import { type Bench, startBench } from './bench.ts';
import { exported, md5 } from './exports.ts';

const certificateArn = 'arn:aws:acm:us-east-1:123456789012:certificate/11111111-2222-3333-4444-555555555555';
const folder = mkdtempSync(join(tmpdir(), 'stevedore-upload-door-'));
let bench: Bench;
let client: ReturnType<typeof createSailthruClient>;
beforeAll(async () => {
  const domain = { name: 'upload.example.com', certificateArn };
  const uploadDoor = { domain, tasks: 1, cpu: 512, memoryMb: 1024 } as const;
  bench = await startBench({ stage: { ...stageOf('dev'), uploadDoor } });
  client = createSailthruClient(demoClient.apiKey, demoClient.secret, bench.cloud.container('door').url);
});
afterAll(async () => {
  await bench?.cloud.stop();
  rmSync(folder, { recursive: true, force: true });
});

/** Larger than API Gateway lets through; nearly all rows are refused, which takes no writes. */
const rows = 60_000;
const file = join(folder, 'people.csv');
writeFileSync(file, `email\nada@example.com\n${`${'not an address '.repeat(14)}\n`.repeat(rows)}`);

it('imports a file that the API does not let through', async () => {
  const refused = await bench.client.post({ job: 'import', list: 'Large', file });
  expect(refused).toEqual({ message: 'Request Entity Too Large' });
  const { job_id: id } = await client.post({ job: 'import', list: 'Large', file });
  expect(await bench.ended(id)).toMatchObject({
    state: 'completed',
    rows: rows + 1,
    counts: { created: 1, rejected: rows },
  });
  expect(await exported(bench, 'Large')).toEqual([md5('ada@example.com')]);
});

it('answers the same as the API, under the same signatures', async () => {
  const { job_id: id } = await client.post({ job: 'import', list: 'Small', emails: 'bob@example.com' });
  await bench.ended(id);
  expect(await client.job(id)).toEqual(await bench.client.job(id));
  const stranger = createSailthruClient(demoClient.apiKey, 'another', bench.cloud.container('door').url);
  await expect(stranger.job(id)).rejects.toMatchObject({ error: 5 });
});

it('tells the load balancer that it is alive, and counts what it answers', async () => {
  expect((await fetch(`${bench.cloud.container('door').url}/alive`)).status).toBe(200);
  expect(bench.printed()).toContain('"request.answered"');
});

it('asked AWS for nothing that its role does not allow', () => {
  expect(bench.cloud.denied).toEqual([]);
});

it('ends when it is told to, as every deployment does', async () => {
  expect(await bench.cloud.container('door').stop()).toBe(0);
});
