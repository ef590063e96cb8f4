// Whole jobs over lines to AWS that fail by chance: whatever the services and the network do, the ledger is exact.
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { awsClients } from '../../functions/aws/config.ts';
import { awsPorts } from '../../functions/aws/ports.ts';
import { accountedRows, type Job } from '../../functions/jobs/job.ts';
import type { Client, Ports } from '../../functions/jobs/ports.ts';
import { submit } from '../../functions/jobs/submit.ts';
import { newClient, openAwsEngine } from '../helpers/aws-engine.ts';
import { badStore, busyQueues, busyTables, randomFrom } from '../helpers/chaos.ts';
import { type FaultyLine, startFaultyLine } from '../helpers/emulator-faults.ts';
import { closeWorld, openWorld, type World } from '../helpers/emulator-world.ts';
import { readObject } from '../helpers/jobs.ts';

let world: World;
beforeAll(async () => {
  world = await openWorld();
});
afterAll(() => closeWorld(world));

/** AWS over three lines, each with faults of its own. */
const overBadLines = async (seed: number) => {
  const random = randomFrom(seed);
  const makers = { dynamodb: busyTables, s3: badStore, sqs: busyQueues };
  const lines: Record<string, FaultyLine> = {};
  const faults = { count: 0 };
  for (const [service, make] of Object.entries(makers)) {
    const line = await startFaultyLine(world.config.endpoints?.[service as keyof typeof makers] ?? '');
    const decide = make(random);
    line.fault = (request) => {
      const fault = decide(request);
      if (fault !== 'pass') faults.count++;
      return fault;
    };
    lines[service] = line;
  }
  const endpoints = Object.fromEntries(Object.entries(lines).map(([service, { endpoint }]) => [service, endpoint]));
  const sdk = awsClients({ ...world.config, endpoints: { ...world.config.endpoints, ...endpoints } });
  return {
    ports: awsPorts(world.config, sdk),
    faults,
    async close() {
      for (const client of Object.values(sdk)) client.destroy();
      for (const line of Object.values(lines)) await line.stop();
    },
  };
};

/** Asks as a client does that asks again until it is answered. */
const ask = async (ports: Ports, client: Client, type: string, params: Record<string, unknown>, content?: string) => {
  const idempotency = { key: crypto.randomUUID(), fingerprint: 'one' };
  for (let attempt = 0; ; attempt++)
    try {
      const upload = { key: `uploads/spool/${crypto.randomUUID()}`, filename: 'people.csv' };
      if (content !== undefined) await ports.files.put(upload.key, content);
      return await submit(ports, client, {
        door: 'sailthru',
        type,
        params,
        idempotency,
        ...(content !== undefined && { upload }),
      });
    } catch (error) {
      if (attempt === 20) throw error;
    }
};

const known = Array.from({ length: 150 }, (_, index) => `known${index}@example.com,Oslo`);
const people = [
  ...known.map((row, index) => (index < 70 ? row.replace('Oslo', 'Bergen') : row)),
  ...Array.from({ length: 200 }, (_, index) => `new${index}@example.com,Rome`),
  'broken,Rome',
  ...Array.from({ length: 30 }, (_, index) => `NEW${index}@example.com,Turin`),
  'broken@@example.com,Rome',
];
const file = (rows: readonly string[]) => ['email,city', ...rows, ''].join('\n');

it.each([1, 2, 3])(
  'an import and an export over bad lines are exact, by seed %i',
  async (seed) => {
    const client = await newClient(world);
    const quiet = openAwsEngine(world, world.ports);
    const read = (job: Job) => () => world.ports.jobs.read(job.id);
    const first = await ask(quiet.ports, client, 'import', { list: 'Main' }, file(known));
    expect((await quiet.ended(read(first))).counts).toEqual({ created: 150 });

    const ids: string[] = [];
    const hook = createServer((request, response) => {
      ids.push(String(request.headers['webhook-id']));
      request.resume();
      response.end();
    }).listen(0, '127.0.0.1');
    await new Promise((resolve) => hook.once('listening', resolve));
    const bad = await overBadLines(seed);
    try {
      const engine = openAwsEngine(world, bad.ports);
      const postback_url = `http://127.0.0.1:${(hook.address() as AddressInfo).port}/`;
      const asked = await ask(engine.ports, client, 'import', { list: 'Main', postback_url }, file(people));
      const job = await engine.ended(read(asked));
      expect(job).toMatchObject({
        state: 'completed',
        rows: people.length,
        counts: { created: 200, updated: 70, unchanged: 80, duplicate: 30, rejected: 2 },
        deliveries: { postback: { state: 'delivered' } },
      });
      expect(accountedRows(job.counts)).toBe(people.length);
      expect(job.done).toHaveLength(job.chunks ?? 0);
      expect(new Set(ids).size).toBe(1);
      expect((await readObject(world.ports, job.files.rejected?.key ?? '')).trimEnd().split('\n')).toHaveLength(3);

      const exported = await engine.ended(
        read(await ask(engine.ports, client, 'export_list_data', { list: 'Main', fields: { vars: 1 } })),
      );
      expect(exported).toMatchObject({ state: 'completed', counts: { exported: 350 } });
      const [, ...lines] = (await readObject(world.ports, exported.files.export?.key ?? '')).trimEnd().split('\n');
      expect(new Set(lines.map((line) => line.slice(0, 24))).size).toBe(350);
      const cities = Object.groupBy(lines, (line) => line.slice(line.lastIndexOf(',') + 1));
      expect(Object.fromEntries(Object.entries(cities).map(([city, those]) => [city, those?.length]))).toEqual({
        Bergen: 70,
        Oslo: 80,
        Rome: 170,
        Turin: 30,
      });
      // Far more than the SDK's own tries hide.
      expect(bad.faults.count).toBeGreaterThan(30);
    } finally {
      await bad.close();
      hook.closeAllConnections();
      hook.close();
    }
  },
  240_000,
);
