// All ports of one machine over a home folder. Every thread opens its own; they meet only in the files.
import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import type { Mail, Ports } from '../jobs/ports.ts';
import { defaultTuning, type Tuning } from '../jobs/tuning.ts';
import { embeddedClients } from './clients.ts';
import { embeddedFiles } from './files.ts';
import { embeddedJobs } from './jobs.ts';
import { keyFor } from './keys.ts';
import { embeddedLists } from './lists.ts';
import { embeddedMessages, type Messages } from './messages.ts';
import { openProfiles } from './profiles.ts';
import { embeddedRates } from './rates.ts';
import { openRecords } from './records.ts';
import { removeOld } from './retention.ts';
import { jobsPlan, queuePlan } from './schema.ts';
import { openDatabase } from './sqlite.ts';

export type { Received } from './messages.ts';

export interface EmbeddedOptions {
  home: string;
  /** Where the server's `/files/` and `/uploads` are reached; asked for each link. */
  baseUrl: () => string;
  /** The clock, in milliseconds since the epoch. */
  now?: () => number;
  mail: Mail;
  /** Other numbers than the usual ones: for tests. */
  tuning?: Partial<Tuning>;
}

export type EmbeddedPorts = Omit<Ports, 'log' | 'dialects' | 'hooks' | 'pulls' | 'events'> & {
  /** The receiving side of `work`. */
  messages: Messages;
  /** Removes what is kept for a while only, once its time is over; how many objects and records. */
  removeOld(): Promise<number>;
  close(): void;
};

export const embeddedPorts = ({ home, baseUrl, mail, tuning, now = Date.now }: EmbeddedOptions): EmbeddedPorts => {
  mkdirSync(home, { recursive: true, mode: 0o700 });
  const jobs = openDatabase(join(home, 'jobs.db'), jobsPlan);
  const queue = openDatabase(join(home, 'queue.db'), queuePlan);
  const profiles = openProfiles(home);
  const records = openRecords(home, now);
  const files = embeddedFiles(home, baseUrl);
  return {
    clock: { now },
    tuning: { ...defaultTuning, ...tuning },
    jobs: embeddedJobs(jobs, now),
    profiles,
    lists: embeddedLists(jobs),
    records,
    files,
    ...embeddedMessages(queue, now),
    mail,
    clients: embeddedClients(jobs, keyFor(home, 'client secrets')),
    rates: embeddedRates(),
    removeOld: () => removeOld(home, files, jobs, now()),
    close() {
      profiles.close();
      records.close();
      jobs.close();
      queue.close();
    },
  };
};
