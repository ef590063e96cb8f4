// Pause, resume, cancel and retry through the console's door: allowed and refused in every state, and what is stored afterwards.
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { jobAnswer } from '../../functions/doors/console/schemas.ts';
import { type Action, actions } from '../../functions/jobs/actions.ts';
import type { Job, ResultFile } from '../../functions/jobs/job.ts';
import { aJob } from '../contracts/samples.ts';
import { consoleClient } from '../helpers/console-client.ts';
import { type House, openHouse } from '../helpers/house.ts';
import { importFile, readJob, settled } from '../helpers/jobs.ts';

let house: House;
let client: ReturnType<typeof consoleClient>;
beforeAll(async () => {
  house = await openHouse();
  client = consoleClient(house.app.request, undefined, house.now);
});
afterAll(() => house.close());
// Each test has a second of its own to use up its calls in.
beforeEach(() => house.advance(1000));

const hour = 3600_000;
const day = 24 * hour;
const at = Date.now() - hour;
const result = (change: Partial<ResultFile> = {}): ResultFile => ({
  key: 'jobs/x/results/rejected.csv',
  filename: 'rejected.csv',
  size: 10,
  expiresAt: Date.now() + 7 * day,
  ...change,
});
const source = { kind: 'file', key: 'uploads/spool/x' } as const;
const begun = { startedAt: at, source } as const;
const planned = { ...begun, plan: 'jobs/x/plan-1/plan.json', chunks: 3, rows: 30, done: [0], counts: { created: 10 } };
const over = { startedAt: at, finishedAt: Date.now() } as const;
const exporting = { type: 'export_list_data', startedAt: at, plan: 'jobs/x/plan-1/plan.json', chunks: 2 };

/** Jobs in every state that makes a difference, and exactly what each allows. */
const cases: [what: string, job: Partial<Job>, allowed: Action[]][] = [
  ['scheduled for later', { state: 'scheduled', beginsAt: Date.now() + day, source }, ['pause', 'cancel']],
  ['pending', { state: 'pending', source }, ['pause', 'cancel']],
  ['running, fetching its input', { state: 'running', phase: 'downloading', ...begun }, ['pause', 'cancel']],
  ['running, being planned', { state: 'running', phase: 'splitting', ...begun }, ['pause', 'cancel']],
  ['running, with rows written', { state: 'running', phase: 'processing', ...planned }, ['pause', 'cancel']],
  ['running, gathering', { state: 'running', phase: 'finishing', ...planned, done: [0, 1, 2] }, ['pause', 'cancel']],
  ['pending again', { state: 'pending', phase: 'processing', ...planned }, ['pause', 'cancel']],
  ['an export that runs', { state: 'running', phase: 'processing', ...exporting }, ['pause', 'cancel']],
  ['paused before it began', { state: 'paused', resumeTo: 'pending', pausedAt: at, source }, ['resume', 'cancel']],
  [
    'paused before its time',
    { state: 'paused', resumeTo: 'scheduled', pausedAt: at, beginsAt: Date.now() + day, source },
    ['resume', 'cancel'],
  ],
  [
    'paused with rows written',
    { state: 'paused', phase: 'processing', resumeTo: 'pending', pausedAt: at, ...planned },
    ['resume', 'cancel'],
  ],
  ['stopped over its budget', { state: 'running', phase: 'processing', stop: 'errors', ...planned }, []],
  ['completed without fault', { state: 'completed', ...planned, ...over }, []],
  [
    'completed, with rows rejected',
    { state: 'completed', ...planned, ...over, files: { rejected: result() } },
    ['retry'],
  ],
  [
    'completed, with rejected rows that are gone',
    { state: 'completed', ...planned, ...over, files: { rejected: result({ removed: true }) } },
    [],
  ],
  [
    'a plan that is made',
    { state: 'completed', mode: 'plan', ...planned, ...over, files: { rejected: result() } },
    ['run'],
  ],
  [
    'a plan of the day before',
    { state: 'completed', mode: 'plan', ...planned, startedAt: at - day, finishedAt: Date.now() - 25 * hour },
    [],
  ],
  ['a plan that failed', { state: 'failed', mode: 'plan', ...begun, ...over }, []],
  ['a completed export', { state: 'completed', ...exporting, ...over }, ['retry']],
  ['incomplete', { state: 'incomplete', ...planned, ...over, files: { notProcessed: result() } }, ['retry']],
  ['failed before it was planned', { state: 'failed', ...begun, ...over }, ['retry']],
  ['failed, its input gone', { state: 'failed', ...begun, ...over, finishedAt: Date.now() - 8 * day }, []],
  [
    'failed, for its file never came',
    { state: 'failed', ...over, ticket: { key: 'uploads/tickets/x', filename: '', size: 1, expiresAt: at } },
    [],
  ],
  ['cancelled before it began', { state: 'cancelled', source, finishedAt: Date.now() }, ['retry']],
  [
    'cancelled, with rows left',
    { state: 'cancelled', ...planned, ...over, files: { notProcessed: result() } },
    ['retry'],
  ],
];

/** What a stored job looks like once the action was carried out. */
const after: Record<Action, (before: Job) => Partial<Job>> = {
  pause: ({ state }) => ({ state: 'paused', resumeTo: state === 'scheduled' ? 'scheduled' : 'pending' }),
  resume: ({ resumeTo }) => ({ state: resumeTo ?? 'running' }),
  cancel: ({ type, plan }) =>
    plan && type === 'import'
      ? { state: 'running', stop: 'cancel' }
      : { state: 'cancelled', finishedAt: expect.any(Number) },
  retry: ({ state }) => ({ state }),
  run: ({ state }) => ({ state }),
};

describe.each(cases)('a job that is %s', (_, fields, allowed) => {
  const make = async (): Promise<Job> => {
    const job = aJob({
      client: house.client.id,
      door: 'console',
      createdAt: Date.now() - 9 * day,
      due: Date.now() + day,
      ...fields,
    });
    expect(await house.ports.jobs.create(job)).toBe(true);
    return readJob(house.ports, job.id);
  };

  it('names what it allows', async () => {
    const { id } = await make();
    expect(jobAnswer.parse((await client.job(id)).body).actions).toEqual(allowed);
  });

  it.each(actions)('allows or refuses %s as it says', async (action) => {
    const before = await make();
    const { status, body } = await client.act(before.id, action);
    const stored = await readJob(house.ports, before.id);
    if (!allowed.includes(action)) {
      expect([status, body.error.code]).toEqual([409, 'not_allowed']);
      expect(stored).toEqual(before);
      return;
    }
    const makes = action === 'retry' || action === 'run';
    expect(status).toBe(makes ? 201 : 200);
    expect(stored).toMatchObject(after[action](before));
    if (makes) {
      const made = await readJob(house.ports, body.id);
      expect(made.mode).toBeUndefined();
      const rest =
        action === 'retry' && before.plan && before.type === 'import' ? { kind: 'rest', of: before.id } : before.source;
      expect(made).toMatchObject({ state: 'pending', parent: before.id, type: before.type, counts: {}, done: [] });
      expect(made.source).toEqual(rest);
    } else expect(jobAnswer.parse(body)).toMatchObject({ id: before.id, state: stored.state });
  });

  it('looks to another client as if it did not exist, whatever is asked', async () => {
    const keys = { id: 'other', apiKey: '3'.repeat(32), secret: '4'.repeat(32) };
    await house.ports.clients.put(keys);
    const other = consoleClient(house.app.request, keys, house.now);
    const before = await make();
    const missing = await other.job('0'.repeat(24));
    expect(missing.status).toBe(404);
    const answers = [await other.job(before.id)];
    for (const action of actions) answers.push(await other.act(before.id, action));
    for (const { status, body } of answers) expect([status, body]).toEqual([404, missing.body]);
    expect(await readJob(house.ports, before.id)).toEqual(before);
    await house.ports.clients.put({ ...keys, disabled: true });
    const unknown = consoleClient(house.app.request, { ...keys, apiKey: '5'.repeat(32) }, house.now);
    const [refused, stranger] = [await other.job(before.id), await unknown.job(before.id)];
    expect([refused.status, refused.body]).toEqual([401, stranger.body]);
  });
});

describe('asked for twice', () => {
  it('a cancel is one cancel, while the workers still tell what they did', async () => {
    const job = aJob({ client: house.client.id, state: 'running', phase: 'processing', ...planned });
    await house.ports.jobs.create(job);
    const first = await client.act(job.id, 'cancel');
    const again = await client.act(job.id, 'cancel');
    for (const { status, body } of [first, again])
      expect([status, body.state, body.stopping, body.actions]).toEqual([200, 'running', 'cancel', []]);
    expect(house.logs.filter(({ code, fields }) => code === 'job.stopping' && fields.job === job.id)).toHaveLength(1);
  });

  it('a retry is one job', async () => {
    const job = aJob({ client: house.client.id, state: 'cancelled', source, finishedAt: Date.now() });
    await house.ports.jobs.create(job);
    const [first, again] = [await client.act(job.id, 'retry'), await client.act(job.id, 'retry')];
    expect([first.status, again.status, again.body.id]).toEqual([201, 201, first.body.id]);
  });
});

it('a job that is held does nothing until it is let go, and then all of it', async () => {
  const { id } = await importFile(house, 'email\nada@example.com\ngrace@example.com\n', { list: 'Held' });
  expect((await client.act(id, 'pause')).body).toMatchObject({ state: 'paused', pausedAt: expect.any(String) });
  await house.settle();
  expect((await client.job(id)).body).toMatchObject({ state: 'paused', progress: { value: 0, total: null } });
  expect((await client.act(id, 'resume')).body).not.toHaveProperty('pausedAt');
  await house.settle();
  expect((await client.job(id)).body).toMatchObject({ state: 'completed', counts: { created: 2 } });
});

it('a retry brings the rejected rows again, and no others', async () => {
  const job = await settled(house, await importFile(house, 'email\nann@example.com\nnobody\n', { list: 'Again' }));
  const { body } = await client.act(job.id, 'retry');
  await house.settle();
  const { body: again } = await client.job(body.id);
  expect(jobAnswer.parse(again)).toMatchObject({
    parent: job.id,
    state: 'completed',
    rows: 1,
    counts: { rejected: 1 },
  });
});

it('a plan that is carried out changes what it said it would, over the same file', async () => {
  const file = 'email\nnew@example.com\nnobody\n';
  const plan = await settled(house, await importFile(house, file, { list: 'Planned', mode: 'plan' }));
  const [first, again] = [await client.act(plan.id, 'run'), await client.act(plan.id, 'run')];
  expect(again.body.id).toBe(first.body.id);
  await house.settle();
  const { body: done } = await client.job(first.body.id);
  expect(jobAnswer.parse(done)).toMatchObject({ mode: 'run', parent: plan.id, state: 'completed' });
  expect(done.counts).toMatchObject(plan.counts);
  expect(done.counts.created).toBe(1);
});

it('logs ids and words only', () => {
  expect(house.logs.map(({ code }) => code)).toEqual(
    expect.arrayContaining(['job.moved', 'job.stopping', 'job.ended']),
  );
  expect(JSON.stringify(house.logs)).not.toMatch(/example\.com|signature|List Import/);
});
