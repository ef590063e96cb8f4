// What the cloud would make of a file: the very engine, planning on an empty user base in a folder of its own. No network.
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createMail } from '../../../functions/embedded/mailbox.ts';
import { type EmbeddedPorts, embeddedPorts } from '../../../functions/embedded/ports.ts';
import { handleMessage } from '../../../functions/jobs/handle.ts';
import { isEnded, type Job } from '../../../functions/jobs/job.ts';
import { type Client, defaultSettings, type Ports } from '../../../functions/jobs/ports.ts';
import { firstRejected } from '../../../functions/jobs/reports/first-rejected.ts';
import { submit } from '../../../functions/jobs/submit.ts';
import { localInput } from './local-input.ts';

export interface CheckRequest {
  path: string;
  /** The job type and its parameters, as they would be sent. */
  type: string;
  params: Readonly<Record<string, unknown>>;
  /** The client's zone: dates in the file are read in it. */
  timeZone: string;
  /** Told how many bytes were read, again and again; the file may be read up to three times. */
  read?: (bytes: number) => void;
}

export interface Checked {
  job: Job;
  /** The first rejected rows. */
  first: Awaited<ReturnType<typeof firstRejected>>;
  /** The file of rejected rows, as the job would have it. */
  rejected(): AsyncIterable<Uint8Array>;
}

const client = { id: 'check', apiKey: 'check', secret: 'check', organization: 2, username: 'check' };

/** Rows that are shown. */
const shownRows = 10;

/**
 * Hands what became of the file to `use`; afterwards nothing of it is left. Throws Refusal for parameters that the cloud would
 * refuse.
 */
export const checkFile = async (request: CheckRequest, use: (checked: Checked) => Promise<void>): Promise<void> => {
  const home = mkdtempSync(join(tmpdir(), 'stevedore-check-'));
  const remove = () => rmSync(home, { recursive: true, force: true });
  // Rejected rows lie there: they must not outlive this process, however it ends.
  process.once('exit', remove);
  const embedded = embeddedPorts({ home, baseUrl: () => 'http://127.0.0.1', mail: createMail({ home, from: '' }) });
  try {
    const ports: Ports & EmbeddedPorts = {
      ...embedded,
      files: localInput(embedded.files, request.path, request.read),
      hooks: { post: unwanted, get: unwanted },
      events: { publish: async () => undefined },
      pulls: { open: unwanted, check: unwanted },
      log: { info: () => undefined, warn: () => undefined, error: () => undefined },
      dialects: {},
      // Nobody holds or cancels this job.
      tuning: { ...embedded.tuning, lookEvery: Number.POSITIVE_INFINITY },
    };
    const job = await runThrough(ports, request);
    const key = job.files.rejected?.key;
    const rejected = () => (key === undefined ? none() : ports.files.get(key));
    await use({ job, first: await firstRejected(ports, job, shownRows), rejected });
  } finally {
    embedded.close();
    remove();
    process.off('exit', remove);
  }
};

/** The ended job. */
const runThrough = async (ports: Ports & EmbeddedPorts, { type, params, timeZone }: CheckRequest): Promise<Job> => {
  const asked: Client = { ...client, settings: { ...defaultSettings, timeZone } };
  await ports.clients.put(asked);
  const upload = { key: localInput.key, filename: 'file' };
  const { id } = await submit(ports, asked, { door: 'console', type, params: { ...params, mode: 'plan' }, upload });
  for (;;) {
    const job = await ports.jobs.read(id);
    if (job && isEnded(job)) return job;
    const received = ports.messages.receive('work');
    if (!received) throw new Error('the check stands still');
    await handleMessage(ports, received.message, () => Number.POSITIVE_INFINITY, received.receives > 1);
    ports.messages.done(received.id);
  }
};

const unwanted = (): never => {
  throw new Error('a check reaches nothing outside of this machine');
};

async function* none(): AsyncGenerator<Uint8Array> {}
