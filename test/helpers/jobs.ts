// Short ways to put jobs into a house and to read what became of them.

import { accountedRows, type Job } from '../../functions/jobs/job.ts';
import type { Ports } from '../../functions/jobs/ports.ts';
import { submit } from '../../functions/jobs/submit.ts';
import type { House } from './house.ts';

/** Submits an import of a file with this content, into list `Main` unless `params` says otherwise. */
export const importFile = async (house: House, content: string | Uint8Array, params: Record<string, unknown> = {}) => {
  const key = `uploads/spool/${crypto.randomUUID()}`;
  await house.ports.files.put(key, content);
  const upload = { key, filename: 'people.csv' };
  return submit(house.ports, house.client, {
    door: 'sailthru',
    type: 'import',
    params: { list: 'Main', ...params },
    upload,
  });
};

export const submitJob = (house: House, type: string, params: Record<string, unknown>) =>
  submit(house.ports, house.client, { door: 'sailthru', type, params });

/** Does everything that is to be done and returns the job as it stands then. */
export const settled = async (house: House, job: Job): Promise<Job> => {
  await house.settle();
  return readJob(house.ports, job.id);
};

export const readJob = async (ports: Ports, id: string): Promise<Job> => {
  const job = await ports.jobs.read(id);
  if (!job) throw new Error('no such job');
  return job;
};

/** Imports a file and returns the ended job; its ledger must balance. */
export const imported = async (house: House, content: string | Uint8Array, params: Record<string, unknown> = {}) => {
  const job = await settled(house, await importFile(house, content, params));
  if (job.state === 'completed' && accountedRows(job.counts) !== job.rows)
    throw new Error('the ledger does not balance');
  return job;
};

export const readObject = async (ports: Pick<Ports, 'files'>, key: string): Promise<string> => {
  const parts: Uint8Array[] = [];
  for await (const part of ports.files.get(key)) parts.push(part);
  return Buffer.concat(parts).toString('utf8');
};

/** Exports a list and returns the lines of the file, header first. */
export const exported = async (house: House, list: string, params: Record<string, unknown> = {}): Promise<string[]> => {
  const job = await settled(house, await submitJob(house, 'export_list_data', { list, ...params }));
  if (!job.files.export) throw new Error(`no export: ${job.state} ${job.failure?.message}`);
  return (await readObject(house.ports, job.files.export.key)).trimEnd().split('\n');
};

/** Submits an update of a file with this content. */
export const updateFile = async (house: House, content: string, params: Record<string, unknown> = {}): Promise<Job> => {
  const key = `uploads/spool/${crypto.randomUUID()}`;
  await house.ports.files.put(key, content);
  const upload = { key, filename: 'lines.txt' };
  return submit(house.ports, house.client, { door: 'sailthru', type: 'update', params, upload });
};

/** Updates by a file and returns the ended job; its ledger must balance. */
export const updated = async (house: House, content: string, params: Record<string, unknown> = {}): Promise<Job> => {
  const job = await settled(house, await updateFile(house, content, params));
  if (job.state !== 'completed' || accountedRows(job.counts) !== job.rows)
    throw new Error(`the update ended ${job.state}: ${job.failure?.message}`);
  return job;
};
