// Promises about campaigns and their people on AWS: the same jobs over DynamoDB, S3 and SQS, as their emulators are.
import { afterAll, beforeAll, expect, it } from 'vitest';
import { findBlast } from '../../functions/jobs/campaigns/blasts.ts';
import type { Client } from '../../functions/jobs/client.ts';
import type { Job } from '../../functions/jobs/job.ts';
import { sidOf } from '../../functions/jobs/profile.ts';
import { submit } from '../../functions/jobs/submit.ts';
import { newClient, openAwsEngine } from '../helpers/aws-engine.ts';
import { addBlast, type Line, submitEvents } from '../helpers/campaigns.ts';
import { closeWorld, openWorld, type World } from '../helpers/emulator-world.ts';
import { readObject } from '../helpers/jobs.ts';

let world: World;
let engine: ReturnType<typeof openAwsEngine>;
let client: Client;
let blast: number;
const people = 300;

const ended = ({ id }: Job): Promise<Job> => engine.ended(() => engine.ports.jobs.read(id));
const run = async (type: string, params: Record<string, unknown>): Promise<Job> =>
  ended(await submit(engine.ports, client, { door: 'sailthru', type, params }));

const address = (i: number): string => `p${i}@example.com`;
const event = (i: number, word: string, minute: number, more: Line = {}): Line => ({
  email: address(i),
  blast_id: blast,
  event: word,
  time: 1717243200 + minute * 60,
  ...more,
});

beforeAll(async () => {
  world = await openWorld();
  engine = openAwsEngine(world, world.ports);
  client = await newClient(world);
  blast = await addBlast(engine.ports, client);
});
afterAll(() => closeWorld(world));

it('events of many people come in, once each, though they are told twice', async () => {
  const lines = Array.from({ length: people }, (_, i) => [
    event(i, 'send', 0),
    ...(i % 2 === 0 ? [event(i, 'open', i, { device: 'iPhone' })] : []),
    ...(i % 3 === 0 ? [event(i, 'click', i + 1, { url: `https://example.com/${i % 5}` })] : []),
  ]).flat();
  const first = await ended(await submitEvents(engine.ports, client, lines));
  expect(first).toMatchObject({ state: 'completed', counts: { created: lines.length } });
  const again = await ended(await submitEvents(engine.ports, client, lines.toReversed()));
  expect(again.counts).toEqual({ unchanged: lines.length });
  const [profile] = await engine.ports.profiles.read(client.id, [sidOf(client.id, address(6))], { fresh: true });
  expect(profile?.stats).toMatchObject({ version: 1, messages: 1, opens: 1, clicks: 1, topDevice: 'iPhone' });
  expect((await findBlast(engine.ports, client.id, blast))?.stats?.total).toMatchObject({
    count: people,
    confirmed_opens: 150,
    click_total: 100,
    beacon_click: 50,
  });
});

it('those who got a campaign are exported in order of their ids', async () => {
  const job = await run('blast_query', { blast_id: blast });
  expect(job.counts).toEqual({ exported: people });
  const lines = (await readObject(engine.ports, job.files.export?.key ?? '')).trimEnd().split('\n').slice(1);
  const sids = lines.map((line) => line.slice(0, 24));
  expect(sids).toEqual(Array.from({ length: people }, (_, i) => sidOf(client.id, address(i))).sort());
});

it('they are saved into a list and counted', async () => {
  const query = { criteria: ['click_time'], timerange: ['ever'] };
  const saved = await run('blast_save_list', { blast_id: blast, list: 'Clickers', query });
  expect(saved).toMatchObject({ state: 'completed', counts: { updated: 100 }, result: { count: 100 } });
  const list = await run('snapshot', { query: { source_list: 'Clickers' } });
  expect(list.result).toMatchObject({ snapshot: { email_count: 100, domain: { 'example.com': 100 } } });
  const campaign = await run('blast_snapshot', { blast_id: blast, query: { source_list: 'Clickers' } });
  expect(campaign.result).toMatchObject({ stats: { email_count: 100, click_total: 100, send_hour: { '12': 100 } } });
});
