// The result files of a job over rows: what was rejected, what was not processed, what a plan would change.
import { rejectedHeader } from '../../files/csv-out.ts';
import type { Entry, JobContext, RowOutput, RowWork } from '../define.ts';
import type { FileKind, Job, JobFiles, ResultFile } from '../job.ts';
import { keepFor } from '../looks.ts';
import { type Place, placesOf } from '../marks.ts';
import { headerKey, partKey, resultKey } from '../parts.ts';
import { type Plan, rowsIn } from '../planning/plan-record.ts';
import { rowsBehind } from './run-rows.ts';
import { lineOf, notProcessedReason, type PlannedChange } from './tally.ts';

type Context = JobContext<unknown, unknown>;
type Work = RowWork<unknown, unknown, Entry>;

const csv = 'text/csv; charset=utf-8';
/** Planned changes that are shown. */
const shownChanges = 20;

/** Makes all result files that the job has something for. May be done twice. */
export const writeResults = async (context: Context, work: Work, plan: Plan): Promise<JobFiles> => {
  const files: [FileKind, ResultFile | undefined][] = [
    ['rejected', await joinRejected(context, plan)],
    ['notProcessed', await writeNotProcessed(context, work, plan)],
    ['changes', await writeChanges(context)],
    ['export', work.output && (await joinOutput(context, work.output))],
  ];
  return Object.fromEntries(files.filter(([, file]) => file));
};

const resultFile = (
  { ports, job }: Context,
  kind: Exclude<FileKind, 'export'>,
  name: string,
  size: number,
): ResultFile => ({
  key: resultKey(job.id, kind),
  filename: `${name}-${job.id}.${kind === 'changes' ? 'json' : 'csv'}`,
  size,
  expiresAt: ports.clock.now() + keepFor,
});

/** The texts of all rows that were applied, in their order. */
const joinOutput = async (context: Context, output: RowOutput<unknown, unknown>): Promise<ResultFile | undefined> => {
  const { ports, job } = context;
  if (job.mode === 'plan') return undefined;
  const piece = async (name: string, text: string): Promise<string> => {
    const key = `${headerKey(job.id, 'export')}-${name}`;
    await ports.files.put(key, text);
    return key;
  };
  const [head, between, tail] = [
    await piece('head', output.head),
    await piece('between', output.between),
    await piece('tail', output.tail),
  ];
  const parts = placesOf('export', job.marks).map((place) => partKey(job.id, 'export', place));
  const pieces = [head, ...parts.flatMap((part, index) => (index > 0 ? [between, part] : [part])), tail];
  const [key, filename] = [resultKey(job.id, 'output'), output.name(context)];
  const { size } = await ports.files.join(key, pieces, { contentType: output.contentType, filename });
  return { key, filename, size, expiresAt: ports.clock.now() + keepFor };
};

const joinRejected = async (context: Context, { input }: Plan): Promise<ResultFile | undefined> => {
  const { ports, job } = context;
  // Named by the ledger, not by what lies there: another finisher may have ended the job and removed the parts by now.
  const places = placesOf('rejected', job.marks);
  if (places.length === 0 || !input) return undefined;
  const header = headerKey(job.id, 'rejected');
  await ports.files.put(header, rejectedHeader(input.header.names));
  const parts = places.map((place) => partKey(job.id, 'rejected', place));
  const options = { contentType: csv, filename: `rejected-${job.id}.csv` };
  const { size } = await ports.files.join(resultKey(job.id, 'rejected'), [header, ...parts], options);
  return resultFile(context, 'rejected', 'rejected', size);
};

/** Rows of the chunks that were left out when the job was stopped. */
export const rowsLeftOut = ({ chunks = 0 }: Job, plan: Plan): number =>
  plan.chunks.slice(chunks).reduce((sum, chunk) => sum + rowsIn(chunk), 0);

const writeNotProcessed = async (context: Context, work: Work, plan: Plan): Promise<ResultFile | undefined> => {
  const { ports, job } = context;
  const rows = (job.counts.not_processed ?? 0) + rowsLeftOut(job, plan);
  if (rows === 0 || !plan.input) return undefined;
  const filename = `not-processed-${job.id}.csv`;
  const body = notProcessedLines(context, work, plan);
  const { size } = await ports.files.put(resultKey(job.id, 'notProcessed'), body, { contentType: csv, filename });
  return resultFile(context, 'notProcessed', 'not-processed', size);
};

/** Under one header: what stopped workers left, what buried chunks held, what was never begun. */
async function* notProcessedLines(context: Context, work: Work, plan: Plan): AsyncGenerator<Uint8Array> {
  const { ports, job } = context;
  yield Buffer.from(rejectedHeader(plan.input?.header.names ?? []));
  for (const place of placesOf('notProcessed', job.marks))
    yield* ports.files.get(partKey(job.id, 'notProcessed', place));
  for (const place of placesOf('buried', job.marks)) yield* linesOf(context, work, plan, place);
  for (let chunk = job.chunks ?? 0; chunk < plan.chunks.length; chunk++)
    yield* linesOf(context, work, plan, { chunk, from: 0 });
}

/** The rows of a chunk behind the first `from`. */
async function* linesOf(context: Context, work: Work, plan: Plan, { chunk, from }: Place): AsyncGenerator<Uint8Array> {
  const found = plan.chunks[chunk];
  if (!found || found.kind === 'slice' || !plan.input) return;
  const width = plan.input.header.names.length;
  for await (const rows of rowsBehind(context, work, plan, found, from))
    yield Buffer.from(rows.map((row) => lineOf(row, width, notProcessedReason)).join(''));
}

const writeChanges = async (context: Context): Promise<ResultFile | undefined> => {
  const { ports, job } = context;
  const places = placesOf('changes', job.marks);
  if (places.length === 0) return undefined;
  const changes: PlannedChange[] = [];
  for (const place of places) {
    if (changes.length >= shownChanges) break;
    const parts: Uint8Array[] = [];
    for await (const part of ports.files.get(partKey(job.id, 'changes', place))) parts.push(part);
    changes.push(...(JSON.parse(Buffer.concat(parts).toString('utf8')) as PlannedChange[]));
  }
  const body = JSON.stringify(changes.slice(0, shownChanges), null, 2);
  const options = { contentType: 'application/json', filename: `changes-${job.id}.json` };
  const { size } = await ports.files.put(resultKey(job.id, 'changes'), body, options);
  return resultFile(context, 'changes', 'changes', size);
};
