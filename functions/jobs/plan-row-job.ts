// Plans a job over rows: sniffs the input, makes plain text of it, finds its records, sets duplicates apart.

import { plainText } from '../files/plain.ts';
import { planRows } from '../files/plan-rows.ts';
import { sniff } from '../files/sniff.ts';
import type { Entry, RowWork } from './define.ts';
import { DuplicateWriter } from './duplicate-writer.ts';
import { Reject } from './errors.ts';
import type { Job } from './job.ts';
import type { Chunk, Plan } from './plan-record.ts';
import type { Client, Ports } from './ports.ts';

export const planRowJob = async (
  ports: Ports,
  client: Client,
  job: Job,
  work: RowWork<unknown, unknown, Entry>,
  prefix: string,
): Promise<{ plan: Plan; rows: number; warnings: string[] }> => {
  if (!job.source || !('key' in job.source)) throw new Reject('The job has no input');
  const { key, etag } = await makePlain(ports, job.source.key, prefix);
  const duplicates = new DuplicateWriter(ports, `${prefix}/duplicates`);
  const planned = await planRows(() => ports.files.get(key, { etag }), {
    headerless: job.source.kind === 'addresses',
    onDuplicate: (partition, line, record) => duplicates.add(partition, line, record),
  });
  const chunks: Chunk[] = planned.ranges.map((range) => ({ kind: 'range', ...range }));
  for (const { keys, rows } of await duplicates.close()) chunks.push({ kind: 'duplicates', keys, rows });
  const warnings = [...planned.warnings, ...(work.check?.(job.params, planned.header) ?? [])];
  const prepared = await work.prepare({ ports, client, job, params: job.params }, planned.header);
  const input = { key, etag, format: planned.format, header: planned.header };
  return { plan: { input, prepared, first: 0, chunks }, rows: planned.rows, warnings };
};

/** Where the input lies as plain UTF-8 text: itself, or a copy. */
const makePlain = async (ports: Ports, key: string, prefix: string): Promise<{ key: string; etag: string }> => {
  const info = await ports.files.head(key);
  if (!info) throw new Reject('The input file is gone');
  const head: Uint8Array[] = [];
  for await (const part of ports.files.get(key, { end: Math.min(info.size, 65_536), etag: info.etag })) head.push(part);
  const sniffed = sniff(Buffer.concat(head));
  if (sniffed.encoding === 'utf-8') return { key, etag: info.etag };
  const plainKey = `${prefix}/plain`;
  const plain = await ports.files.put(plainKey, plainText(ports.files.get(key, { etag: info.etag }), sniffed));
  return { key: plainKey, etag: plain.etag };
};
