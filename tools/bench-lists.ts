// Measures what lists of jobs cost with a long history: read units on DynamoDB (an emulator tells them), milliseconds on one machine.
// node tools/bench-lists.ts [jobs ...=10 1000 100000]
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { putAll } from '../functions/aws/batch.ts';
import { toItem } from '../functions/aws/job-item.ts';
import { readFilter } from '../functions/doors/greenarrow/filters.ts';
import { findPage, readPage } from '../functions/doors/greenarrow/pages.ts';
import { embeddedJobs } from '../functions/embedded/jobs.ts';
import { jobsPlan } from '../functions/embedded/schema.ts';
import { openDatabase } from '../functions/embedded/sqlite.ts';
import { type Job, newId } from '../functions/jobs/job.ts';
import type { Jobs } from '../functions/jobs/ports.ts';
import { Meter, noUsage } from '../functions/jobs/usage.ts';
import { closeWorld, openWorld } from '../test/helpers/emulator-world.ts';
import { fillJobs } from '../test/helpers/many-jobs.ts';

const now = Date.now();
const minute = 60_000;
const running = 5;
const sizes = process.argv.slice(2).map(Number);

/** One job a minute, of which the last five have not ended; one of a hundred failed. */
const jobAt = (client: string, index: number): Job => {
  const createdAt = now - index * minute;
  const ended = { state: index % 100 ? 'completed' : 'failed', finishedAt: createdAt + minute / 2 } as const;
  return {
    ...{ id: newId(createdAt), client, type: 'import', door: 'sailthru', name: 'List Import: Main' },
    ...{ params: { list: 'Main' }, echo: { list: 'Main' }, state: 'running', phase: 'processing', createdAt },
    ...{ times: {}, done: [], reached: {}, counts: { created: 1200 }, reasons: {}, usage: noUsage, marks: [] },
    ...{ warnings: [], files: {}, deliveries: {}, rows: 1200, startedAt: createdAt },
    ...(index >= running && ended),
  } as Job;
};

const bound = Math.floor(now / 1000) - 10 * 60;
const lists: [name: string, query: string, only?: 'unfinished'][] = [
  ['/jobs/unfinished', '', 'unfinished'],
  ['/jobs/all?per_page=100', 'per_page=100'],
  ['/jobs/all', ''],
  ['/jobs/all?finished_at__after=(10 minutes ago)', `finished_at__after=${bound}`],
  ['/jobs/all?state=failed&per_page=10', 'state=failed&per_page=10'],
  ['/jobs/all?per_page=100&page=20', 'per_page=100&page=20'],
];

type Costs = Record<string, string>;

const costs = async (
  jobs: Jobs,
  client: string,
  some: string,
  measure: (work: () => Promise<unknown>) => Promise<string>,
) => {
  const found: Costs = {};
  for (const [name, text, only] of lists) {
    const query = new URLSearchParams(text);
    const look = () =>
      findPage({ jobs }, [{ id: client, organization: 1 }], readFilter(query, 'UTC', only), readPage(query, 2000));
    found[name] = await measure(look);
  }
  found['/subscriber_imports/:id'] = await measure(() => jobs.between(client, some, some));
  return found;
};

const units = async (work: () => Promise<unknown>): Promise<string> => {
  const meter = new Meter(0);
  await meter.run(work);
  return `${meter.used.readUnits} units, ${meter.used.requests} requests`;
};

const milliseconds = async (work: () => Promise<unknown>): Promise<string> => {
  await work();
  const began = performance.now();
  await work();
  return `${(performance.now() - began).toFixed(1)} ms`;
};

const world = await openWorld();
const table: Record<string, Costs> = {};
for (const size of sizes.length > 0 ? sizes : [10, 1000, 100_000]) {
  const client = `client-${size}`;
  const some = jobAt(client, Math.floor(size / 2)).id.slice(0, 8);
  for (let from = 0; from < size; from += 1000) {
    const part = Array.from({ length: Math.min(1000, size - from) }, (_, i) => toItem(jobAt(client, from + i)));
    await putAll(world.sdk.dynamodb, world.config.tables.jobs, part);
  }
  table[`DynamoDB ${size}`] = await costs(world.ports.jobs, client, some, units);
  const home = mkdtempSync(join(tmpdir(), 'stevedore-bench-'));
  openDatabase(join(home, 'jobs.db'), jobsPlan).close();
  fillJobs(home, size, (index) => jobAt(client, index));
  const db = openDatabase(join(home, 'jobs.db'), jobsPlan);
  table[`one machine ${size}`] = await costs(embeddedJobs(db, Date.now), client, some, milliseconds);
  db.close();
  rmSync(home, { recursive: true });
}
await closeWorld(world);
for (const [where, found] of Object.entries(table)) {
  console.log(`\n${where} jobs`);
  for (const [name, cost] of Object.entries(found)) console.log(`  ${name.padEnd(48)} ${cost}`);
}
