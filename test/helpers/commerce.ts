// Short ways to bring purchases and content into a house, and to read what became of them.
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { accountedRows, type Job } from '../../functions/jobs/job.ts';
import { type Profile, sidOf } from '../../functions/jobs/profile.ts';
import { submit } from '../../functions/jobs/submit.ts';
import type { House } from './house.ts';
import { readObject, settled, submitJob } from './jobs.ts';

/** A file of the API's own documents, byte for byte. */
export const documented = (name: 'purchases' | 'content'): string =>
  readFileSync(join(import.meta.dirname, 'documented', `${name}.txt`), 'utf8');

/** Runs a job over this file to its end; its ledger must balance. */
export const broughtIn = async (house: House, type: string, file: string | object[], params = {}): Promise<Job> => {
  const key = `uploads/spool/${crypto.randomUUID()}`;
  const lines = typeof file === 'string' ? file : file.map((line) => `${JSON.stringify(line)}\n`).join('');
  await house.ports.files.put(key, lines);
  const request = { door: 'sailthru' as const, type, params, upload: { key, filename: 'file.txt' } };
  const job = await settled(house, await submit(house.ports, house.client, request));
  if (job.state === 'completed' && accountedRows(job.counts) !== job.rows)
    throw new Error('the ledger does not balance');
  return job;
};

export const profileOf = async (house: House, email: string): Promise<Profile | undefined> =>
  (await house.ports.profiles.read(house.client.id, [sidOf(house.client.id, email)], { fresh: true }))[0];

/** The lines of a purchase log, header first. */
export const purchaseLog = async (house: House, start: string, end: string): Promise<string[]> => {
  const submitted = await submitJob(house, 'export_purchase_log', { start_date: start, end_date: end });
  const job = await settled(house, submitted);
  return (await readObject(house.ports, job.files.export?.key ?? '')).trimEnd().split('\n');
};
