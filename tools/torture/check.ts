// At the end of a torture: everything that anybody can see of the job, beside what it must be.
import { readdir } from 'node:fs/promises';
import { join } from 'node:path';
import { type Machine, until } from '../../test/helpers/machine.ts';
import type { SailthruJob } from '../../test/helpers/sailthru-client.ts';
import { type SampleOptions, sampleCounts, sampleRows } from '../sample.ts';
import { peopleInExport, peopleInFile } from './people.ts';

export interface Checked {
  what: string;
  found: unknown;
  expected: unknown;
}

export const list = 'Torture';
const vars = ['first_name', 'last_name', 'city', 'plan', 'score', 'signup_date'];

export const hasEnded = (job: SailthruJob): boolean => job.end_time !== undefined;

const bytesAt = async (url: unknown): Promise<AsyncIterable<Uint8Array>> => {
  const { body } = await fetch(String(url));
  if (!body) throw new Error('no file there');
  return body;
};

/** `postbacks`: the ids of those that came. */
export const checkAll = async (
  { machine, home, postbacks }: { machine: Machine; home: string; postbacks: readonly string[] },
  job: SailthruJob,
  sample: SampleOptions,
): Promise<Checked[]> => {
  const { distinctValid: created, duplicate, rejected } = sampleCounts(sample);
  const counts = { created, updated: 0, unchanged: 0, duplicate, skipped: 0, rejected, not_processed: 0 };
  const fields = { vars: Object.fromEntries(vars.map((name) => [name, 1])) };
  const asked = await machine.client.post({ job: 'export_list_data', list, fields });
  const exported = await until(() => machine.client.job(asked.job_id), hasEnded);
  const mailbox = () => readdir(join(home, 'mailbox'));
  const kept = (names: string[]) => names.filter((name) => name.endsWith('.json'));
  // Whoever died while it reported has two minutes before another one does.
  await until(async () => postbacks.length > 0 && kept(await mailbox()).length > 0, Boolean);
  const lines = new TextDecoder().decode(await new Response((await bytesAt(job.rejected_url)) as never).bytes());
  return [
    { what: 'status', found: job.status, expected: 'completed' },
    {
      what: 'counts',
      found: Object.fromEntries(Object.keys(counts).map((name) => [name, job[name]])),
      expected: counts,
    },
    { what: 'rejected rows in their file', found: (lines.match(/,\d+,[^,\n"]+\n/g) ?? []).length, expected: rejected },
    {
      what: 'people with all their variables',
      found: await peopleInExport(await bytesAt(exported.export_url), vars),
      expected: await peopleInFile(sampleRows(sample)),
    },
    { what: 'mails', found: kept(await mailbox()).length, expected: 1 },
    { what: 'ids of postbacks', found: new Set(postbacks).size, expected: 1 },
    { what: 'left of the work', found: await readdir(join(home, 'jobs', job.job_id)), expected: ['results'] },
  ];
};
