// Jobs as the examples of this door show them.
import { jobSummary } from './schemas.ts';

export const importId = '6650a1b2c3d4e5f601234567';
export const planId = '6650a1b2c3d4e5f601234568';
export const exportId = '6650a1b2c3d4e5f601234569';
export const waitingId = '6650a1b2c3d4e5f601234570';
export const retryId = '6650a1b2c3d4e5f601234571';

type State = 'scheduled' | 'pending' | 'paused' | 'completed' | 'cancelled';

const none = { created: 0, updated: 0, unchanged: 0, duplicate: 0, skipped: 0, rejected: 0, not_processed: 0 };
const actions: Record<State, string[]> = {
  scheduled: ['pause', 'cancel'],
  pending: ['pause', 'cancel'],
  paused: ['resume', 'cancel'],
  completed: ['retry'],
  cancelled: [],
};
const at = (time: string): string => `2026-11-27T19:00:${time}Z`;

/** An import of three addresses, one of which is none. */
export const exampleJob = (id: string, state: State) => ({
  id,
  type: 'import',
  name: 'List Import: Main',
  door: 'console',
  state,
  mode: 'run',
  params: { list: 'Main' },
  createdAt: at('01.000'),
  ...(state === 'paused' && { pausedAt: at('02.000') }),
  times: {},
  progress: { value: 0, total: null as number | null },
  counts: none,
  reasons: {},
  warnings: [],
  files: {},
  reports: [],
  ...(state === 'completed' && completed),
  ...(state === 'cancelled' && { finishedAt: at('02.000') }),
  actions: actions[state],
});

const completed = {
  startedAt: at('01.010'),
  finishedAt: at('01.050'),
  times: { splitting: at('01.010'), processing: at('01.020'), finishing: at('01.045') },
  rows: 3,
  progress: { value: 3, total: 3 },
  counts: { ...none, created: 2, rejected: 1 },
  reasons: { 'the address has no @': 1 },
  files: {
    rejected: {
      filename: `rejected-${importId}.csv`,
      size: 61,
      expires: '2026-12-04T19:00:01.050Z',
      url: 'http://127.0.0.1:3000/files/jobs/...',
    },
  },
  receipt: {
    seconds: { waiting: 0.01, splitting: 0.01, processing: 0.025, finishing: 0.005, total: 0.05 },
    rowsPerSecond: 75,
    usage: {
      readUnits: 0,
      writeUnits: 0,
      requests: 0,
      puts: 0,
      gets: 0,
      messages: 0,
      bytesRead: 180,
      bytesWritten: 122,
      gbSeconds: 0,
      plannedUnits: 0,
    },
    costUsd: 0,
  },
};

export const examplePlan = (id: string) => ({ ...exampleJob(id, 'pending'), mode: 'plan' });

/** The completed import as lists show it. */
export const exampleSummary = (id: string): Record<string, unknown> => {
  const shown = Object.keys(jobSummary.shape);
  return Object.fromEntries(Object.entries(exampleJob(id, 'completed')).filter(([key]) => shown.includes(key)));
};
