// Campaigns, templates, sends and the jobs over them on the AWS ports: the same promises as on one machine, kept by DynamoDB and the event bus.
import { afterAll, beforeAll, expect, it } from 'vitest';
import { saveAdPlan } from '../../functions/jobs/campaigns/ad-plan.ts';
import type { Blast } from '../../functions/jobs/campaigns/blast.ts';
import {
  blastsInUse,
  changeBlast,
  contentOf,
  createBlast,
  findBlast,
  listBlasts,
} from '../../functions/jobs/campaigns/blasts.ts';
import {
  findRevision,
  removeTemplate,
  saveTemplate,
  templateContent,
} from '../../functions/jobs/campaigns/template.ts';
import type { Client, Ports } from '../../functions/jobs/ports.ts';
import { makeSends } from '../../functions/jobs/sends/make-sends.ts';
import { sweepSends } from '../../functions/jobs/sends/release.ts';
import { cancelSend, findSend } from '../../functions/jobs/sends/sends.ts';
import { submit } from '../../functions/jobs/submit.ts';
import { newClient, openAwsEngine } from '../helpers/aws-engine.ts';
import { closeWorld, openWorld, type World } from '../helpers/emulator-world.ts';
import { readObject } from '../helpers/jobs.ts';

let world: World;
let client: Client;
let engine: ReturnType<typeof openAwsEngine>;
let ports: Ports;
let ahead = 0;
beforeAll(async () => {
  world = await openWorld();
  client = await newClient(world);
  engine = openAwsEngine(world, world.ports);
  ports = { ...engine.ports, clock: { now: () => Date.now() + ahead } };
});
afterAll(() => closeWorld(world));

const minute = 60_000;
const sendsAt = async (at: number, count: number): Promise<string[]> => {
  const emails = Array.from({ length: count }, (_, index) => `p${index}@example.com`);
  const request = { template: 'welcome', emails, vars: {}, evars: {}, options: {}, more: {}, at };
  const made = await makeSends(ports, client.id, request);
  return made.flatMap((each) => ('send' in each ? [each.send.id] : []));
};
const told = (): unknown[] =>
  world.emulators.events.taken.filter(({ kind }) => kind === 'send.due').map(({ detail }) => detail.send);
const done = async (type: string, params: Record<string, unknown>) => {
  const job = await submit(ports, client, { door: 'sailthru', type, params });
  return engine.ended(() => ports.jobs.read(job.id));
};

it('keeps campaigns with long contents while several callers change them', async () => {
  const html = '<p>"é"</p>'.repeat(30_000);
  const draft = {
    status: 'scheduled',
    name: 'June',
    list: 'Main',
    labels: [],
    more: {},
    createdAt: 1,
    modifiedAt: 1,
  } as const;
  const blast = (await createBlast(ports, client.id, { ...draft, labels: [] }, { html })) as Blast;
  const labels = ['a', 'b', 'c', 'd'];
  await Promise.all(
    labels.map((label) =>
      changeBlast(ports, client.id, blast.id, (before) => ({ ...before, labels: [...before.labels, label] })),
    ),
  );
  const after = (await findBlast(ports, client.id, blast.id)) as Blast;
  expect(after.labels.toSorted()).toEqual(labels);
  expect(await contentOf(ports, client.id, after)).toEqual({ html });
  expect(await blastsInUse(ports, client.id)).toEqual(new Set(['Main']));
  expect((await listBlasts(ports, client.id)).map(({ id }) => id)).toEqual([blast.id]);
});

it('keeps the revisions of templates, and removes them all', async () => {
  const saved = await saveTemplate(ports, client.id, 'news', { subject: '1' }, { html: 'one' });
  const second = await saveTemplate(ports, client.id, 'news', { subject: '2' }, { html: 'two' });
  const first = await findRevision(ports, client.id, saved.revision);
  expect(first && (await templateContent(ports, client.id, first))).toEqual({ html: 'one' });
  await removeTemplate(ports, client.id, 'news');
  for (const { revision } of [saved, second]) expect(await findRevision(ports, client.id, revision)).toBeUndefined();
});

it('tells sends at once or when they fall due, each once, and none that was taken back', async () => {
  await saveTemplate(ports, client.id, 'welcome', {});
  const now = await sendsAt(0, 3);
  expect(told().toSorted()).toEqual(now.toSorted());
  const later = await sendsAt(ports.clock.now() + 10 * minute, 130);
  const [taken = '', ...rest] = later;
  expect(await cancelSend(ports, client.id, taken)).toMatchObject({ state: 'scheduled' });
  expect(await sweepSends(ports)).toBe(0);
  const job = await done('export_scheduled_sends', {});
  const lines = (await readObject(ports, job.files.export?.key ?? '')).trimEnd().split('\n').slice(1);
  expect(lines.map((line) => line.slice(0, 16)).toSorted()).toEqual(rest.toSorted());
  ahead = 11 * minute;
  await Promise.all([sweepSends(ports), sweepSends(ports)]);
  expect(told().toSorted()).toEqual([...now, ...rest].toSorted());
  expect(await findSend(ports, client.id, rest[0] ?? '')).toMatchObject({ state: 'out' });
  expect(await findSend(ports, client.id, taken)).toBeUndefined();
  expect(await sweepSends(ports)).toBe(0);
});

it('finds the inventory out of the ad plans', async () => {
  await saveAdPlan(ports, client.id, 'Spring', { schedule: ['Mon'], zones: ['top'] });
  await saveAdPlan(ports, client.id, 'Shoes', { days: { 20240603: 1 }, zones: ['top'] });
  const job = await done('inventory', { start_date: '20240603', end_date: '20240603' });
  expect(job).toMatchObject({
    state: 'completed',
    result: {
      inventory: { 20240603: { available: [], used: ['top'] } },
      conflicts: [{ day: '20240603', zone: 'top', plans: ['Shoes', 'Spring'] }],
    },
  });
});
