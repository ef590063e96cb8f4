// What work uses of the services under it: counted by the ports while it runs, kept on the ledger, priced on the receipt.
import { AsyncLocalStorage } from 'node:async_hooks';

/** Amounts used so far. On one machine only bytes and seconds are used. */
export interface Usage {
  /** DynamoDB read and write units, as DynamoDB itself counted them. */
  readUnits: number;
  writeUnits: number;
  /** Requests to DynamoDB, S3, SQS and SES, repetitions included. */
  requests: number;
  /** Of these: S3 requests that write or list, S3 requests that read, SQS requests. */
  puts: number;
  gets: number;
  messages: number;
  /** Bytes read from and written to files. */
  bytesRead: number;
  bytesWritten: number;
  /** Seconds of functions, times the memory that they have in GB. */
  gbSeconds: number;
  /** Units that a planned change would write; only jobs in mode `plan` have any. */
  plannedUnits: number;
}

export const usageNames = [
  'readUnits',
  'writeUnits',
  'requests',
  'puts',
  'gets',
  'messages',
  'bytesRead',
  'bytesWritten',
  'gbSeconds',
  'plannedUnits',
] as const satisfies readonly (keyof Usage)[];

export const noUsage: Readonly<Usage> = {
  readUnits: 0,
  writeUnits: 0,
  requests: 0,
  puts: 0,
  gets: 0,
  messages: 0,
  bytesRead: 0,
  bytesWritten: 0,
  gbSeconds: 0,
  plannedUnits: 0,
};

export const addUsage = (one: Usage, other: Partial<Usage>): Usage => {
  const sum = { ...one };
  for (const name of usageNames) sum[name] += other[name] ?? 0;
  return sum;
};

/** Whoever runs inside `Meter.run` counts here, wherever in the ports it happens. */
const running = new AsyncLocalStorage<Usage>();

/** Counts what the present work uses; nothing when nobody measures. */
export const countUsage = (used: Partial<Usage>): void => {
  const meter = running.getStore();
  if (!meter) return;
  for (const name in used) {
    const key = name as keyof Usage;
    meter[key] += used[key] ?? 0;
  }
};

/** Measures work: everything that it awaits counts into `used`, and nothing that runs beside it. */
export class Meter {
  readonly used: Usage = { ...noUsage };
  readonly #memoryGb: number;

  /** `memoryGb`: what the function has, 0 where nobody pays for it. */
  constructor(memoryGb: number) {
    this.#memoryGb = memoryGb;
  }

  async run<T>(work: () => Promise<T>): Promise<T> {
    const start = performance.now();
    try {
      return await running.run(this.used, work);
    } finally {
      this.used.gbSeconds += ((performance.now() - start) / 1000) * this.#memoryGb;
    }
  }
}
