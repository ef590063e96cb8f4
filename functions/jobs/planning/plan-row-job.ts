// Plans a job over rows: sniffs the input, makes plain text of it, finds its records, sets duplicates apart.

import { holdsSeveral, oneObjectPerLine, SeveralOnALine } from '../../files/json-objects.ts';
import { plainText } from '../../files/plain.ts';
import { planRows } from '../../files/plan-rows.ts';
import { readRows } from '../../files/read-rows.ts';
import { enclosedAnew, utf8FromLatin1 } from '../../files/rewrite.ts';
import { sniff } from '../../files/sniff.ts';
import type { Entry, Reading, RowWork } from '../define.ts';
import { Reject } from '../errors.ts';
import type { Job, JobId } from '../job.ts';
import type { Client, Ports } from '../ports.ts';
import { whileRunning } from '../rows/watch.ts';
import { DuplicateWriter } from './duplicate-writer.ts';
import type { Chunk, Plan } from './plan-record.ts';

export const planRowJob = async (
  ports: Ports,
  client: Client,
  job: Job,
  work: RowWork<unknown, unknown, Entry>,
  prefix: string,
): Promise<{ plan: Plan; rows: number; warnings: string[] }> => {
  const input = await plainInput(ports, job, work, prefix);
  try {
    return await planInput(ports, client, job, work, { ...input, prefix });
  } catch (error) {
    if (!(error instanceof SeveralOnALine)) throw error;
    // Nothing was written yet: records are set apart once all of them were seen.
    const key = `${prefix}/objects`;
    const lines = oneObjectPerLine(ports.files.get(input.key, { etag: input.etag }));
    const { etag } = await ports.files.put(key, whileRunning({ ports, job }, lines));
    return planInput(ports, client, job, work, { key, etag, prefix });
  }
};

/** Plans the rows of plain UTF-8 text that lies at `key`; what is written on the way is named under `prefix`. */
export const planInput = async (
  ports: Ports,
  client: Client,
  job: Job,
  work: RowWork<unknown, unknown, Entry>,
  { key, etag, prefix }: { key: string; etag: string; prefix: string },
): Promise<{ plan: Plan; rows: number; warnings: string[] }> => {
  const reading = readingOf(job, work);
  const duplicates = new DuplicateWriter(ports, `${prefix}/duplicates`);
  const planned = await planRows(() => whileRunning({ ports, job }, ports.files.get(key, { etag })), {
    headerless: job.source?.kind === 'addresses',
    ...(work.keyOf && { keyOf: work.keyOf }),
    ...(reading && { columns: reading.columns }),
    chunkRows: ports.tuning.chunkRows,
    chunkBytes: ports.tuning.chunkBytes,
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
const plainInput = async (
  ports: Ports,
  job: Job,
  work: RowWork<unknown, unknown, Entry>,
  prefix: string,
): Promise<{ key: string; etag: string }> => {
  const { source } = job;
  const copyKey = `${prefix}/plain`;
  const copy = async (bytes: AsyncIterable<Uint8Array>) => {
    const { etag } = await ports.files.put(copyKey, whileRunning({ ports, job }, bytes));
    return { key: copyKey, etag };
  };
  if (source?.kind === 'rest') return copy(work.keyOf ? linesOf(restOf(ports, source.of)) : restOf(ports, source.of));
  if (!source || !('key' in source)) throw new Reject('The job has no input');
  const { key } = source;
  const info = await ports.files.head(key);
  if (!info) throw new Reject('The input file is gone');
  const head: Uint8Array[] = [];
  for await (const part of ports.files.get(key, { end: Math.min(info.size, 65_536), etag: info.etag })) head.push(part);
  const sniffed = sniff(Buffer.concat(head));
  // One line may hold a whole file of objects: longer than any row that is read.
  if (work.objects && sniffed.encoding === 'utf-8' && holdsSeveral(Buffer.concat(head).toString()))
    return copy(oneObjectPerLine(ports.files.get(key, { etag: info.etag })));
  const reading = readingOf(job, work);
  const isPlain = sniffed.encoding === 'utf-8' && !reading?.latin1 && !reading?.singleQuotes && !work.toLines;
  if (isPlain && !(await isParents(ports, job, key))) return { key, etag: info.etag };
  let text: AsyncIterable<Uint8Array> = plainText(ports.files.get(key, { etag: info.etag }), sniffed);
  if (reading?.latin1) text = utf8FromLatin1(text);
  if (reading?.singleQuotes) text = enclosedAnew(text, reading.columns.delimiter);
  return copy(work.toLines?.(text) ?? text);
};

/** Rows that an ended job left are written in our own way, under a header. */
const readingOf = (job: Job, work: RowWork<unknown, unknown, Entry>): Reading | undefined =>
  job.source?.kind === 'rest' ? undefined : work.reading?.(job.params);

/** A retry that begins with its parent's input keeps a copy while it runs: the parent's time ends before its own. */
const isParents = async (ports: Ports, { parent }: Job, key: string): Promise<boolean> => {
  const source = parent === undefined ? undefined : (await ports.jobs.read(parent))?.source;
  return source !== undefined && 'key' in source && source.key === key;
};

const lineFeed = 0x0a;

/** The lines that stand in the first column of a result file. */
async function* linesOf(csv: AsyncIterable<Uint8Array>): AsyncGenerator<Uint8Array> {
  const names = ['row', '_line', '_reason'];
  let inHeader = true;
  for await (const rows of readRows(csv, { delimiter: ',', eol: 'lf' }, { names }, { line: 1 })) {
    const lines = rows.slice(inHeader ? 1 : 0).map(({ cells }) => `${cells[0] ?? ''}\n`);
    inHeader = false;
    yield Buffer.from(lines.join(''));
  }
}

/** The rows that an ended job rejected or did not process: its result files, under the header of the first. */
async function* restOf(ports: Ports, id: JobId): AsyncGenerator<Uint8Array> {
  const files = (await ports.jobs.read(id))?.files ?? {};
  let first = true;
  for (const file of [files.rejected, files.notProcessed]) {
    if (!file || file.removed) continue;
    let inHeader = !first;
    first = false;
    for await (const block of ports.files.get(file.key)) {
      // The header that we wrote has no line breaks in its cells.
      const end = inHeader ? block.indexOf(lineFeed) + 1 : 0;
      if (!inHeader || end > 0) yield block.subarray(end);
      if (end > 0) inHeader = false;
    }
  }
  if (first) throw new Reject('The rows to be retried are no longer kept');
}
