// Looks of the tests of the deployed system into exports.
import { createHash } from 'node:crypto';
import { expect } from 'vitest';
import { untilEnded } from '../helpers/machine.ts';
import type { Bench } from './bench.ts';

export const download = async (url: unknown): Promise<string> => {
  const answer = await fetch(String(url));
  expect(answer.status).toBe(200);
  return answer.text();
};

/** What an export shows of an address. */
export const md5 = (address: string): string => createHash('md5').update(address).digest('hex');

/** The hashes of the addresses in a list, by an export through the door. */
export const exported = async (bench: Bench, list: string): Promise<string[]> => {
  const { job_id: id } = await bench.client.post({ job: 'export_list_data', list });
  const job = await untilEnded(bench.client, id);
  expect(job.status).toBe('completed');
  const [header, ...lines] = (await download(job.export_url)).trimEnd().split('\n');
  const column = String(header)
    .split(',')
    .findIndex((name) => name.includes('Email Hash'));
  expect(column).toBeGreaterThanOrEqual(0);
  return lines.map((line) => String(line.split(',')[column]).replaceAll('"', '')).toSorted();
};
