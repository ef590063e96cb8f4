// The console's door and what its pages are made of: jobs found by filters and in pages, lists, the overview, rejected rows.
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import {
  jobsAnswer,
  listsAnswer,
  overviewAnswer,
  rejectedAnswer,
  typesAnswer,
} from '../../functions/doors/console/schemas.ts';
import type { Job } from '../../functions/jobs/job.ts';
import { registry } from '../../functions/jobs/registry.ts';
import { aJob } from '../contracts/samples.ts';
import { consoleClient } from '../helpers/console-client.ts';
import { type House, openHouse } from '../helpers/house.ts';
import { imported } from '../helpers/jobs.ts';

let house: House;
let client: ReturnType<typeof consoleClient>;
const other = { id: 'other', apiKey: '3'.repeat(32), secret: '4'.repeat(32) };
beforeAll(async () => {
  house = await openHouse();
  client = consoleClient(house.app.request, undefined, house.now);
  await house.ports.clients.put(other);
});
afterAll(() => house.close());
// Each test has a second of its own to use up its calls in.
beforeEach(() => house.advance(1000));

const hour = 3600_000;
/** A client of its own with these jobs, the last first in a list. */
const withJobs = async (...jobs: Partial<Job>[]) => {
  const keys = { id: crypto.randomUUID(), apiKey: crypto.randomUUID(), secret: 's' };
  await house.ports.clients.put(keys);
  const made: Job[] = [];
  for (const [index, fields] of jobs.entries()) {
    const job = aJob({ client: keys.id, createdAt: house.now() - (jobs.length - index) * hour, ...fields });
    await house.ports.jobs.create(job);
    made.push(job);
  }
  return { made, caller: consoleClient(house.app.request, keys, house.now) };
};
const over = (ago: number, fields: Partial<Job> = {}): Partial<Job> => ({
  state: 'completed',
  createdAt: house.now() - ago - 1000,
  finishedAt: house.now() - ago,
  ...fields,
});

describe('jobs', () => {
  it('come in pages that hold each once, unfinished ones first', async () => {
    const { made, caller } = await withJobs(over(5 * hour), over(hour), { state: 'running' }, over(3 * hour), {});
    const seen: string[] = [];
    for (let after = ''; ; ) {
      const { status, body } = await caller.call('GET', `/jobs?limit=2&after=${after}`);
      expect(status).toBe(200);
      const page = jobsAnswer.parse(body);
      seen.push(...page.jobs.map(({ id }) => id));
      if (page.next === undefined) break;
      after = page.next;
    }
    expect(seen).toEqual([2, 4, 1, 3, 0].map((index) => made[index]?.id));
  });

  it.each([
    ['state=running', [1]],
    ['state=completed,failed', [2, 3, 0]],
    ['state=failed&type=import', [2]],
    ['type=export_list_data', [3]],
    ['text=NEWS', [3, 0]],
    ['text=%25', []],
    ['state=paused', []],
    ['', [1, 2, 3, 0]],
  ])('are found by %s', async (query, expected) => {
    const { made, caller } = await withJobs(
      over(4 * hour, { name: 'List Import: News' }),
      { state: 'running' },
      over(hour, { state: 'failed' }),
      over(2 * hour, { type: 'export_list_data', name: 'Export All List Data: news' }),
    );
    const { body } = await caller.call('GET', `/jobs?${query}`);
    expect(jobsAnswer.parse(body).jobs.map(({ id }) => made.findIndex((job) => job.id === id))).toEqual(expected);
  });

  it('are found by their whole id and by when they were made', async () => {
    const { made, caller } = await withJobs(over(4 * hour), over(2 * hour), over(hour));
    const found = async (query: string) =>
      jobsAnswer.parse((await caller.call('GET', `/jobs?${query}`)).body).jobs.map(({ id }) => id);
    expect(await found(`text=${made[1]?.id}`)).toEqual([made[1]?.id]);
    const at = (ago: number) => encodeURIComponent(new Date(house.now() - ago).toISOString());
    expect(await found(`since=${at(3 * hour)}`)).toEqual([made[2]?.id, made[1]?.id]);
    expect(await found(`since=${at(3 * hour)}&until=${at(1.5 * hour)}`)).toEqual([made[1]?.id]);
  });

  it('a look among many reads a bounded number of them and says where to look on', async () => {
    let read = 0;
    const job = aJob({ client: house.client.id, ...over(hour) });
    const crowded = await openHouse({
      wrap: (ports) => ({
        ...ports,
        jobs: {
          ...ports.jobs,
          list: (_, { limit }) => {
            read += limit;
            return Promise.resolve(Array.from({ length: limit }, () => job));
          },
        },
      }),
    });
    const { body } = await consoleClient(crowded.app.request, undefined, crowded.now).call('GET', '/jobs?text=nothing');
    expect([jobsAnswer.parse(body).jobs, typeof body.next, read]).toEqual([[], 'string', 1000]);
    await crowded.close();
  });

  it.each(['state=broken', 'limit=0', 'limit=101', 'since=yesterday', 'after=../x', 'colour=red'])(
    'a query %s is refused by name',
    async (query) => {
      const { status, body } = await client.call('GET', `/jobs?${query}`);
      expect([status, body.error]).toEqual([
        400,
        { code: 'invalid_parameter', message: `Invalid ${query.slice(0, query.indexOf('='))}` },
      ]);
    },
  );

  it('of other clients are never among them', async () => {
    await imported(house, 'email\nada@example.com\n', { list: 'Mine' });
    const stranger = consoleClient(house.app.request, other, house.now);
    expect((await stranger.call('GET', '/jobs')).body).toEqual({ jobs: [] });
    expect((await stranger.call('GET', '/lists')).body).toEqual({ lists: [], total: 0 });
    expect((await stranger.call('GET', '/overview')).body).toMatchObject({ states: {}, failures: [] });
  });
});

it('lists have their sizes and variables, and are found by text', async () => {
  await imported(house, 'email,city\na@example.com,Oslo\nb@example.com,Rome\n', { list: 'Harbour' });
  const { body } = await client.call('GET', '/lists?text=HARB');
  expect(listsAnswer.parse(body)).toMatchObject({
    lists: [{ name: 'Harbour', about: 2, vars: ['city'], smart: false }],
    total: 1,
  });
});

it('the overview counts jobs by state, rows by outcome and by hour, and shows what failed', async () => {
  const now = house.now();
  const worked = { times: { processing: now - hour, finishing: now - 1 }, counts: { created: 900, rejected: 100 } };
  const { made, caller } = await withJobs(
    over(0, worked),
    over(2 * hour, { state: 'failed', failure: { class: 'input', message: 'No header' } }),
    over(30 * hour),
    { state: 'running' },
  );
  const { body } = await caller.call('GET', '/overview');
  const overview = overviewAnswer.parse(body);
  expect(overview.states).toEqual({ completed: 1, failed: 1, running: 1 });
  expect(overview.counts).toMatchObject({ created: 900, rejected: 100 });
  expect(overview.failures).toMatchObject([{ id: made[1]?.id, failure: { message: 'No header' } }]);
  expect(overview.running).toMatchObject([{ id: made[3]?.id }]);
  const total = overview.throughput.reduce((sum, { rows }) => sum + rows, 0);
  expect(Math.abs(total - 1000)).toBeLessThanOrEqual(2);
  expect(overview.throughput).toHaveLength(24);
});

describe('the first rejected rows', () => {
  it('are shown with their lines and reasons, cells as they came', async () => {
    const broken = '"x" y,z\n';
    const job = await imported(house, `email,city\nada@example.com,Oslo\n"no,body","a\nb"\n${broken}`, { list: 'Bad' });
    const { body } = await client.call('GET', `/jobs/${job.id}/rejected`);
    expect(rejectedAnswer.parse(body)).toMatchObject({
      columns: ['email', 'city'],
      rows: [
        { line: 3, cells: ['no,body', 'a\nb'] },
        { line: 5, reason: 'text after a closing quote', cells: ['"x" y,z', ''] },
      ],
    });
  });

  it('are few, however many there are, and none when there are none', async () => {
    const lines = Array.from({ length: 300 }, (_, index) => `nobody ${index} ${'x'.repeat(1000)}`);
    const job = await imported(house, `email\n${lines.join('\n')}\n`, { list: 'Worse' });
    const rows = async (query: string) => (await client.call('GET', `/jobs/${job.id}/rejected${query}`)).body.rows;
    expect(await rows('')).toHaveLength(20);
    expect((await rows('?limit=100')).length).toBeLessThan(100);
    expect((await rows('?limit=1'))[0].cells[0]).toHaveLength(500);
    const good = await imported(house, 'email\nada@example.com\n', { list: 'Good' });
    expect((await client.call('GET', `/jobs/${good.id}/rejected`)).body).toEqual({ columns: [], rows: [] });
  });
});

it('the types are those of the registry', async () => {
  const { types } = typesAnswer.parse((await client.call('GET', '/types')).body);
  expect(types).toEqual(registry.map(({ name, work }) => ({ name, kind: work.kind })));
});

it('the record is the job as it is kept', async () => {
  const job = await imported(house, 'email\nkept@example.com\n', { list: 'Kept' });
  const { body } = await client.call('GET', `/jobs/${job.id}/record`);
  expect(body).toMatchObject({ id: job.id, done: [0], counts: { created: 1 }, source: { kind: 'file' } });
});
