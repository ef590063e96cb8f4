// The numbers of a stage: what differs between a trial in one's own account and the system that customers use.

/** Times in days, rates per second. */
export interface Stage {
  /** Part of every name: `stevedore-<name>-...`. */
  name: string;
  /** Whether tables, buckets and keys outlive the stack. */
  keepData: boolean;
  logDays: 7 | 30 | 90 | 365;
  /** Who gets alarm mails; nobody when absent. */
  alarmMail?: string;
  /** The domain that SES sends report mails from, and the sender's name in it. */
  mail: { domain: string; sender: string };
  /** Where the runbook can be read; alarm texts add the heading's anchor. */
  runbook: string;
  /** Most invocations at once: SQS allows 2 to 1000 for each event source. */
  concurrency: { plan: number; lane: number; report: number; uploads: number; deadLetter: number };
  /**
   * Requests per second and bursts that API Gateway lets through, all clients together: well above what the door allows each key
   * (40 and 300), because the gateway's own 429 has neither envelope nor rate-limit headers. `console` serves people and scripts.
   */
  api: { submit: Throttle; read: Throttle; console: Throttle; other: Throttle };
  /**
   * Origins of the web pages that may send files by the forms of upload tickets, as S3's CORS rules write them. A form is an
   * authority of its own and no cookie counts, so any origin is no risk.
   */
  uploadOrigins: string[];
  /** Days that undelivered messages wait for a person. */
  deadLetterDays: number;
}

export interface Throttle {
  rate: number;
  burst: number;
}

const dev: Stage = {
  name: 'dev',
  keepData: false,
  logDays: 7,
  mail: { domain: 'example.com', sender: 'stevedore' },
  runbook: 'docs/runbook.md',
  concurrency: { plan: 2, lane: 4, report: 2, uploads: 2, deadLetter: 2 },
  api: {
    submit: { rate: 200, burst: 400 },
    read: { rate: 1000, burst: 2000 },
    console: { rate: 400, burst: 800 },
    other: { rate: 20, burst: 40 },
  },
  uploadOrigins: ['*'],
  deadLetterDays: 14,
};

const prod: Stage = {
  ...dev,
  name: 'prod',
  keepData: true,
  logDays: 90,
  alarmMail: 'operations@example.com',
  concurrency: { plan: 10, lane: 50, report: 10, uploads: 5, deadLetter: 5 },
  api: {
    submit: { rate: 1000, burst: 2000 },
    read: { rate: 5000, burst: 10_000 },
    console: { rate: 1000, burst: 2000 },
    other: { rate: 50, burst: 100 },
  },
};

const stages: Readonly<Record<string, Stage>> = { dev, prod };

/** The stage of that name. Throws when there is none. */
export const stageOf = (name: string): Stage => {
  const stage = stages[name];
  if (!stage) throw new Error(`no stage "${name}": there are ${Object.keys(stages).join(', ')}`);
  return stage;
};
