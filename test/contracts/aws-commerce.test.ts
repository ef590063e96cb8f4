// The jobs over purchases and content on the AWS ports: the same outcomes as on one machine, on real keys, conditions and batches.
import { afterAll, beforeAll, expect, it } from 'vitest';
import { findBySku, lastPublished } from '../../functions/jobs/content/list.ts';
import { handleMessage } from '../../functions/jobs/handle.ts';
import type { Job } from '../../functions/jobs/job.ts';
import type { Client, Message, Ports } from '../../functions/jobs/ports.ts';
import { sidOf } from '../../functions/jobs/profile.ts';
import { submit } from '../../functions/jobs/submit.ts';
import { engineOver, newClient } from '../helpers/aws-engine.ts';
import { documented } from '../helpers/commerce.ts';
import { closeWorld, openWorld, type World } from '../helpers/emulator-world.ts';
import { readJob, readObject } from '../helpers/jobs.ts';

let world: World;
let client: Client;
let ports: Ports;
const messages: Message[] = [];
beforeAll(async () => {
  world = await openWorld();
  client = await newClient(world);
  // Queues are not what this is about: messages wait in an array.
  ports = { ...engineOver(world.ports), work: { send: async (_queue, sent) => void messages.push(...sent) } };
});
afterAll(() => closeWorld(world));

const run = async (type: string, params: Record<string, unknown>, lines?: string | object[]): Promise<Job> => {
  const upload = { key: `uploads/spool/${crypto.randomUUID()}`, filename: 'file.txt' };
  const text = typeof lines === 'string' ? lines : lines?.map((line) => `${JSON.stringify(line)}\n`).join('');
  if (text !== undefined) await ports.files.put(upload.key, text);
  const request = { door: 'sailthru' as const, type, params, ...(text !== undefined && { upload }) };
  const job = await submit(ports, client, request);
  for (let message = messages.shift(); message; message = messages.shift())
    await handleMessage(ports, message, () => Number.POSITIVE_INFINITY);
  return readJob(ports, job.id);
};

const statsOf = async (email: string) =>
  (await ports.profiles.read(client.id, [sidOf(client.id, email)], { fresh: true }))[0]?.stats;

const sold = (n: number, more: object = {}) => ({
  email: `p${n % 7}@example.com`,
  date: new Date(Date.UTC(2024, 5, 1) + ((n * 37) % 100) * 7 * 3600_000).toISOString().slice(0, 19).replace('T', ' '),
  extid: `o${n}`,
  items: [{ id: 'a', price: 100, qty: 1, tags: ['a b', 'é'], vars: { __proto__x: 1 } }],
  ...more,
});

it('purchases are brought in, replaced, summed up and exported in order', async () => {
  expect((await run('purchase_import', {}, documented('purchases'))).counts).toEqual({ created: 3 });
  const lines = Array.from({ length: 100 }, (_, n) => sold(n));
  const first = await run('purchase_import', {}, [...lines, sold(0), { email: 'nobody' }]);
  expect(first).toMatchObject({ state: 'completed', counts: { created: 100, duplicate: 1, rejected: 1 } });
  expect((await run('purchase_import', {}, lines)).counts).toEqual({ unchanged: 100 });
  const moved = [sold(3, { date: '2024-06-30' }), sold(4, { email: 'other@example.com' })];
  expect((await run('purchase_import', {}, moved)).counts).toEqual({ updated: 2 });
  expect(await statsOf('p3@example.com')).toMatchObject({
    purchases: 14,
    purchasePrice: 1400,
    interests: { 'a b': 14, é: 14 },
  });
  expect(await statsOf('p4@example.com')).toMatchObject({ purchases: 13, purchasePrice: 1300 });
  expect(await statsOf('other@example.com')).toMatchObject({ purchases: 1 });

  const log = await run('export_purchase_log', { start_date: 20240601, end_date: 20240701 });
  const rows = (await readObject(ports, log.files.export?.key ?? '')).trimEnd().split('\n').slice(1);
  const times = rows.map((row) => Date.parse(row.slice(1, 32)));
  expect(rows).toHaveLength(100);
  expect(times).toEqual(times.toSorted((a, b) => a - b));
  expect(new Set(rows.map((row) => row.split(',')[3])).size).toBe(100);
});

it('content is brought in, changed, listed, found and deleted', async () => {
  const pages = Array.from({ length: 120 }, (_, n) => ({
    url: `https://example.com/${n}`,
    keys: { sku: `s${n}` },
    date: new Date(Date.UTC(2024, 0, 1) + n * 24 * 3600_000).toISOString().slice(0, 10),
    ...(n % 3 === 0 && { expire_date: '2024-06-01' }),
  }));
  const first = await run('content_update', {}, [...pages, { title: 'no url' }]);
  expect(first).toMatchObject({
    counts: { created: 120, rejected: 1 },
    result: { invalid_count: 1, successful_count: 120 },
  });
  const news = [{ url: 'https://example.com/0', date: '2025-01-01', keys: { sku: 'new' } }];
  expect((await run('content_update', {}, news)).counts).toEqual({ updated: 1 });
  const library = { ports, client };
  const listed = (await lastPublished(library, 3)).map(({ url }) => url.slice(-3));
  expect(listed).toEqual(['m/0', '119', '118']);
  expect((await findBySku(library, 'new'))?.url).toBe('https://example.com/0');
  expect(await findBySku(library, 's0')).toBeUndefined();
  const range = { start_date: '2024-02-01', end_date: '2024-02-29' };
  expect((await run('delete_content', { type: 'expired', ...range })).result).toEqual({ deleted_count: 9 });
  expect((await run('delete_content', { type: 'all' })).result).toEqual({ deleted_count: 111 });
  expect(await lastPublished(library, 10)).toEqual([]);
});
