// The stages: a trial in one's own account, a shared one for development, and the system that customers use.
import { z } from 'zod';
import { type Stage, stageSchema } from './stage-schema.ts';

export type { Stage, Throttle } from './stage-schema.ts';

const retention: Stage['retention'] = { logs: 7, uploads: 7, exports: 2, work: 30, deadLetters: 14 };

/** What `npx cdk deploy --all` makes: fits into an account that is a day old, and goes without a trace. */
const small: Stage = {
  name: 'small',
  keepData: false,
  retention,
  mail: { domain: 'example.com', sender: 'stevedore', identity: 'create' },
  runbook: 'docs/runbook.md',
  lanes: 'one',
  concurrency: { account: 10, spare: 2, plan: 2, lane: 4, report: 2, uploads: 2, deadLetter: 2 },
  api: {
    submit: { rate: 200, burst: 400 },
    read: { rate: 1000, burst: 2000 },
    console: { rate: 400, burst: 800 },
    other: { rate: 20, burst: 40 },
  },
  uploadOrigins: ['*'],
  prices: { millionRequests: 1, gbLogs: 0.5 },
};

const dev: Stage = {
  ...small,
  name: 'dev',
  console: true,
  lanes: 'each',
  concurrency: { account: 1000, spare: 100, plan: 2, lane: 4, report: 2, uploads: 2, deadLetter: 2 },
};

const prod: Stage = {
  ...dev,
  name: 'prod',
  keepData: true,
  retention: { ...retention, logs: 90 },
  alarmMail: 'operations@example.com',
  concurrency: { account: 1000, spare: 100, plan: 10, lane: 30, report: 10, uploads: 5, deadLetter: 3 },
  api: {
    submit: { rate: 1000, burst: 2000 },
    read: { rate: 5000, burst: 10_000 },
    console: { rate: 1000, burst: 2000 },
    other: { rate: 50, burst: 100 },
  },
};

/** All stages by name; the first is deployed when none is named. */
export const stages: readonly Stage[] = [small, dev, prod];

/** The stage of that name, checked. Throws a sentence when there is none, or when it says what it may not. */
export const stageOf = (name: string): Stage => {
  const stage = stages.find((one) => one.name === name);
  if (!stage) throw new Error(`no stage "${name}": there are ${stages.map((one) => one.name).join(', ')}`);
  return checkStage(stage);
};

/** Throws a sentence that names the field that is not right. */
export const checkStage = (stage: Stage): Stage => {
  const parsed = stageSchema.safeParse(stage);
  if (!parsed.success) throw new Error(`stage "${stage.name}": ${z.prettifyError(parsed.error)}`);
  return parsed.data;
};
