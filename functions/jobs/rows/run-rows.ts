// A chunk of rows: read, understood, applied in batches; every row gets one outcome, every rejected row a line.
import { readNumberedRows, readRows } from '../../files/read-rows.ts';
import type { InputRow } from '../../files/rows.ts';
import type { Entry, JobContext, RowWork } from '../define.ts';
import { RetryLater } from '../errors.ts';
import { markOf, type Place } from '../marks.ts';
import { partKey, versionOf } from '../parts.ts';
import type { Chunk, Plan } from '../planning/plan-record.ts';
import { FileGone, type LedgerEntry, type TimeLeft } from '../ports.ts';
import { Batches } from './batches.ts';
import { Tally } from './tally.ts';
import { Watch } from './watch.ts';

type Context = JobContext<unknown, unknown>;
type Work = RowWork<unknown, unknown, Entry>;

/** How long a worker may take, and whether it may only tell what was done before. */
export interface How {
  timeLeft: TimeLeft;
  tell: boolean;
}

/** What a worker did of a chunk. */
export interface Done {
  entry: Omit<LedgerEntry, 'due' | 'usage'>;
  plannedUnits: number;
  /** Why rows are left, when there are any. */
  left: Batches['left'];
}

/** Does the chunk's rows behind the first `from`, which are accounted already. Throws Stopped when the job is over. */
export const runRows = async (
  context: Context,
  work: Work,
  plan: Plan,
  chunk: Chunk,
  { chunk: number, from }: Place,
  how: How,
): Promise<Done> => {
  if (!plan.input || chunk.kind === 'slice') throw new Error('a plan of slices for a job of rows');
  const tally = new Tally(plan.input.header.names.length);
  const batches = new Batches(context, work, tally, new Watch(context, number, how));
  try {
    const read = () => rowsOf(context, plan, chunk);
    if (chunk.kind === 'range') await runRange(context, work, read, from, tally, batches);
    else await runDuplicates(context, work, read, from, tally, batches);
    if (tally.undone.size > 0 || tally.refused.size > 0) await leaveUndone(context, work, read, tally);
  } catch (error) {
    // The object of a plan is never replaced: what cannot be read now may be readable later, or the sweeper's tries end.
    if (error instanceof FileGone) throw new RetryLater(30, 'the input cannot be read');
    throw error;
  }
  const marks = tally.rows > 0 ? await writeParts(context, work, tally, { chunk: number, from }) : [];
  const { counts, reasons, plannedUnits } = tally;
  const reached = batches.left ? { reached: from + tally.rows } : {};
  return { entry: { chunk: number, from, ...reached, counts, reasons, marks }, plannedUnits, left: batches.left };
};

/** The rows of a chunk, as they lie in the store, in arrays. */
const rowsOf = (
  { ports }: Pick<Context, 'ports'>,
  { input }: Plan,
  chunk: Exclude<Chunk, { kind: 'slice' }>,
): AsyncIterable<InputRow[]> => {
  if (!input) throw new Error('a plan without an input');
  if (chunk.kind === 'duplicates') return readSegments(ports, input, chunk.keys);
  const { start, end } = chunk;
  return readRows(ports.files.get(input.key, { start, end, etag: input.etag }), input.format, input.header, chunk);
};

/** The records of a partition, read through the same row reader as all others. */
async function* readSegments(
  { files }: Context['ports'],
  { format, header }: NonNullable<Plan['input']>,
  keys: readonly string[],
): AsyncGenerator<InputRow[]> {
  for (const key of keys) yield* readNumberedRows(files.get(key), format, header);
}

/** The row understood, or why it is rejected. */
const parse = (context: Context, work: Work, row: InputRow): Entry | { reject: string } =>
  row.broken === undefined ? work.parse(context, row) : { reject: row.broken };

const isRejected = (parsed: Entry | { reject: string }): parsed is { reject: string } => 'reject' in parsed;

const runRange = async (
  context: Context,
  work: Work,
  read: () => AsyncIterable<InputRow[]>,
  from: number,
  tally: Tally,
  batches: Batches,
): Promise<void> => {
  let passed = 0;
  for await (const rows of read()) {
    for (const row of rows) {
      if (passed++ < from) continue;
      const parsed = parse(context, work, row);
      if (isRejected(parsed)) {
        tally.reject(row, parsed.reject);
        continue;
      }
      const full = batches.add(parsed, 1, row.line);
      if (full === undefined) continue;
      await full;
      if (batches.left) return batches.close();
    }
  }
  await batches.close();
};

/** Rows of one person are folded in file order; all but the last count as duplicates. Rejected rows count before all others. */
const runDuplicates = async (
  context: Context,
  work: Work,
  read: () => AsyncIterable<InputRow[]>,
  from: number,
  tally: Tally,
  batches: Batches,
): Promise<void> => {
  const people = new Map<string, { entry: Entry; rows: number; line: number }>();
  let rejected = 0;
  for await (const rows of read())
    for (const row of rows) {
      const entry = parse(context, work, row);
      if (isRejected(entry)) {
        rejected++;
        if (from === 0) tally.reject(row, entry.reject);
        continue;
      }
      const earlier = people.get(entry.key);
      if (earlier)
        Object.assign(earlier, { entry: work.merge(earlier.entry, entry), rows: earlier.rows + 1, line: row.line });
      else people.set(entry.key, { entry, rows: 1, line: row.line });
    }
  let passed = from === 0 ? 0 : rejected;
  for (const { entry, rows, line } of people.values()) {
    if (passed < from) {
      passed += rows;
      continue;
    }
    const full = batches.add(entry, rows, line);
    if (full === undefined) continue;
    await full;
    if (batches.left) break;
  }
  await batches.close();
};

/** Writes down the rows of those who could not be applied, or may not be any more, from a second reading of the chunk. */
const leaveUndone = async (
  context: Context,
  work: Work,
  read: () => AsyncIterable<InputRow[]>,
  tally: Tally,
): Promise<void> => {
  for await (const rows of read())
    for (const row of rows) {
      const entry = parse(context, work, row);
      if (isRejected(entry)) continue;
      const reason = tally.refused.get(entry.key);
      if (reason !== undefined) tally.leaveRefused(row, reason);
      else if (tally.undone.has(entry.key)) tally.leave(row);
    }
};

/** The rows of a chunk behind the first `from` that are accounted, for those who only want to know which they are. */
export async function* rowsBehind(
  context: Context,
  work: Work,
  plan: Plan,
  chunk: Exclude<Chunk, { kind: 'slice' }>,
  from: number,
): AsyncGenerator<InputRow[]> {
  if (chunk.kind === 'range' || from === 0) {
    let passed = 0;
    for await (const rows of rowsOf(context, plan, chunk)) {
      const behind = rows.slice(Math.max(0, from - passed));
      passed += rows.length;
      if (behind.length > 0) yield behind;
    }
    return;
  }
  // Of people who come more than once, whole people are accounted, in the order of their first rows.
  const people = new Map<string, number>();
  let passed = 0;
  for await (const rows of rowsOf(context, plan, chunk))
    for (const row of rows) {
      const entry = parse(context, work, row);
      if (isRejected(entry)) passed++;
      else people.set(entry.key, (people.get(entry.key) ?? 0) + 1);
    }
  const open = new Set<string>();
  for (const [key, rows] of people) {
    if (passed >= from) open.add(key);
    else passed += rows;
  }
  for await (const rows of rowsOf(context, plan, chunk))
    yield rows.filter((row) => {
      const entry = parse(context, work, row);
      return !isRejected(entry) && open.has(entry.key);
    });
}

/** The lines that the finisher joins, under names of their own; the marks by which the ledger names those that count. */
const writeParts = async ({ ports, job }: Context, work: Work, tally: Tally, where: Place): Promise<string[]> => {
  const marks: string[] = [];
  const write = async (kind: 'rejected' | 'notProcessed' | 'changes' | 'export', content: string): Promise<void> => {
    const place = { ...where, version: versionOf(content) };
    await ports.files.put(partKey(job.id, kind, place), content);
    marks.push(markOf(kind, place));
  };
  if (tally.rejected.length > 0) await write('rejected', tally.rejected.join(''));
  if (tally.notProcessed.length > 0) await write('notProcessed', tally.notProcessed.join(''));
  if (tally.changes.length > 0) await write('changes', JSON.stringify(tally.changes));
  const texts = tally.texts.flat();
  if (work.output && texts.length > 0) await write('export', texts.join(work.output.between));
  return marks;
};
