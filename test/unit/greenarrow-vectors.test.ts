// One engine, two protocols: what a job in each situation is called by Sailthru's API and by GreenArrow's, case by case.
import { describe, expect, it } from 'vitest';
import { importDetail } from '../../functions/doors/greenarrow/import-view.ts';
import { jobView } from '../../functions/doors/greenarrow/job-view.ts';
import { jobAnswer } from '../../functions/doors/sailthru/answer.ts';
import type { Job, Links } from '../../functions/jobs/job.ts';
import { defaultSettings } from '../../functions/jobs/ports.ts';
import { aJob } from '../contracts/samples.ts';

const created = Date.UTC(2024, 4, 1, 8, 0, 0, 750);
const started = created + 1000;
const finished = created + 60_000;
const shown = (at: number) => `${new Date(at).toISOString().slice(0, 19)}Z`;

const make = (changes: Partial<Job>): Job =>
  aJob({
    id: '6a1f0001abcdef0123456789',
    type: 'import',
    state: 'pending',
    params: { list: 'Main' },
    createdAt: created,
    counts: {},
    ...changes,
  });

const running = {
  state: 'running',
  phase: 'processing',
  startedAt: started,
  plan: 'p',
  chunks: 2,
  rows: 1200,
} as const;
const at300 = { ...running, counts: { created: 300 } } as const;
const gone = { finishedAt: finished };
const failure = (why: 'input' | 'remote' | 'internal') => ({ failure: { class: why, message: 'why' } });
const exported = {
  key: 'exports/x',
  filename: 'main.csv',
  size: 1,
  expiresAt: finished + 2 * 3600_000,
};

interface Vector {
  name: string;
  job: Partial<Job>;
  links?: Links;
  sailthru: Record<string, unknown>;
  greenarrow: Record<string, unknown>;
}

const pending = { status: 'pending', start_time: undefined, end_time: undefined };
const begun = { status: 'running', start_time: expect.any(String), end_time: undefined };
const over = (status: string) => ({ status, end_time: expect.any(String), error: undefined });
const of = (value: number, total: number | null) => ({ progress_value: value, progress_total: total });

const vectors: Vector[] = [
  {
    name: '1 created now, no worker',
    job: {},
    sailthru: pending,
    greenarrow: { state: 'scheduled', ...of(0, null), started_at: null, begins_at: shown(created), paused: false },
  },
  {
    name: '2 begins in an hour',
    job: { state: 'scheduled', beginsAt: created + 3600_000 },
    sailthru: pending,
    greenarrow: { state: 'scheduled', begins_at: shown(created + 3600_000), started_at: null },
  },
  { name: '3 running, 300 of 1200', job: at300, sailthru: begun, greenarrow: { state: 'importing', ...of(300, 1200) } },
  {
    name: '4 running, a fetch failed once',
    job: { state: 'running', phase: 'downloading', startedAt: started, tries: 1, retryAt: started + 10_000 },
    sailthru: begun,
    greenarrow: { state: 'downloading', retry_at: shown(started + 10_000), started_at: shown(started), ...of(0, null) },
  },
  {
    name: '5 paused at 300 of 1200',
    job: { ...at300, state: 'paused', resumeTo: 'pending' },
    sailthru: begun,
    greenarrow: { state: 'paused', paused: true, ...of(300, 1200) },
  },
  {
    name: '6 paused before the start',
    job: { state: 'paused', resumeTo: 'scheduled' },
    sailthru: pending,
    greenarrow: { state: 'paused', paused: true, started_at: null },
  },
  {
    name: '7 a worker crashed at 300, the job waits again',
    job: { ...at300, state: 'pending' },
    sailthru: begun,
    greenarrow: { state: 'importing', ...of(300, 1200) },
  },
  {
    name: '8 done, 20 of 1200 rows rejected',
    job: { ...running, ...gone, state: 'completed', counts: { created: 1180, rejected: 20 } },
    sailthru: { ...over('completed'), error: false },
    greenarrow: { state: 'finished', finished_at: shown(finished), ...of(1200, 1200) },
  },
  {
    name: '9 stopped for good at 300 of 1200, which are kept',
    job: {
      ...running,
      ...gone,
      state: 'incomplete',
      counts: { created: 300, not_processed: 900 },
      ...failure('internal'),
    },
    sailthru: over('incomplete'),
    greenarrow: { state: 'failed', ...of(300, 1200), error_message: 'why' },
  },
  {
    name: '10 the file cannot be read',
    job: { ...gone, state: 'failed', startedAt: started, ...failure('input') },
    sailthru: over('error'),
    greenarrow: { state: 'failed', ...of(0, null) },
  },
  {
    name: '11 three downloads failed',
    job: { ...gone, state: 'failed', startedAt: started, tries: 2, retryAt: finished - 1, ...failure('remote') },
    sailthru: over('error'),
    greenarrow: { state: 'failed', retry_at: null },
  },
  {
    name: '12 cancelled at 300 of 1200',
    job: { ...running, ...gone, state: 'cancelled', counts: { created: 300, not_processed: 900 } },
    sailthru: over('incomplete'),
    greenarrow: { state: 'cancelled', ...of(300, 1200) },
  },
  {
    name: '13 an export is done',
    job: {
      ...gone,
      type: 'export_list_data',
      state: 'completed',
      startedAt: started,
      chunks: 2,
      done: [0, 1],
      files: { export: exported },
    },
    links: { export: 'http://127.0.0.1/x' },
    sailthru: { ...over('completed'), filename: 'main.csv', export_url: 'http://127.0.0.1/x', expired: undefined },
    greenarrow: { state: 'finished', job_type: 'SubscriberExport', ...of(2, 2) },
  },
  {
    name: '14 the same, two hours and a minute later',
    job: {
      ...gone,
      type: 'export_list_data',
      state: 'completed',
      startedAt: started,
      chunks: 2,
      done: [0, 1],
      files: { export: { ...exported, removed: true } },
    },
    links: { expired: true },
    sailthru: { ...over('completed'), filename: 'main.csv', export_url: undefined, expired: true },
    greenarrow: { state: 'finished', job_type: 'SubscriberExport', ...of(2, 2) },
  },
];

describe('a job is told by both protocols:', () => {
  it.each(vectors)('$name', ({ job: changes, links = {}, sailthru, greenarrow }) => {
    const job = make(changes);
    const told = jobAnswer(job, defaultSettings, links) as Record<string, unknown>;
    for (const [key, value] of Object.entries(sailthru)) expect(told[key], key).toEqual(value);
    expect({ ...importDetail(job), ...jobView(job, 1) }).toMatchObject(greenarrow);
  });

  // The batches of an append: containers are never listed, each batch is a job of its own type.
  it.each([
    ['15 two completed and one failed', ['completed', 'completed', 'failed'], ['finished', 'finished', 'failed']],
    ['16 one completed and one waits for its file', ['completed', 'scheduled'], ['finished', 'pending']],
    ['17 one that cannot be read', ['failed'], ['failed']],
  ] as const)('%s', (_, states, words) => {
    const batches = states.map((state) =>
      make({
        type: 'append_email',
        door: 'append',
        state,
        ...(state === 'scheduled'
          ? { ticket: { key: 'uploads/x', filename: 'x', size: 1, expiresAt: finished } }
          : { ...gone, startedAt: started }),
      }),
    );
    const views = batches.map((batch) => jobView(batch, 1));
    expect(views.map(({ state }) => state)).toEqual(words);
    for (const view of views) expect(view.job_type).toBe('EmailAppendBatch');
  });
});

it('other types are called by their names, in the style of the documents', () => {
  const word = (type: string) => jobView(make({ type }), 1).job_type;
  expect(
    [
      'import',
      'subscriber_import',
      'update',
      'export_list_data',
      'list_erase',
      'content_update',
      'purchase_import',
    ].map(word),
  ).toEqual([
    'SubscriberImport',
    'SubscriberImport',
    'SubscriberUpdate',
    'SubscriberExport',
    'MailingListErase',
    'ContentUpdate',
    'PurchaseImport',
  ]);
  expect(jobView(make({ type: 'toString' }), 1).job_type).toBe('ToString');
});
