// A chunk of rows: read, understood, applied in batches; every row gets one outcome, every rejected row a line.
import { rejectedLine } from '../files/csv-out.ts';
import { readNumberedRows, readRows } from '../files/read-rows.ts';
import type { InputRow } from '../files/rows.ts';
import type { Entry, JobContext, RowWork } from './define.ts';
import { RetryLater } from './errors.ts';
import type { Counts } from './job.ts';
import { rejectedMark } from './marks.ts';
import { partKey } from './parts.ts';
import type { Chunk, Plan } from './plan-record.ts';
import type { Budget } from './ports.ts';
import { FileGone } from './ports.ts';

type Context = JobContext<unknown, unknown>;
type Work = RowWork<unknown, unknown, Entry>;

/** With less time than this left no further batch is begun. */
const lastCall = 20_000;

export const runRows = async (
  context: Context,
  work: Work,
  plan: Plan,
  chunk: Chunk,
  number: number,
  budget: Budget,
): Promise<{ counts: Counts; marks: string[] }> => {
  const { input } = plan;
  if (!input || chunk.kind === 'slice') throw new Error('a plan of slices for a job of rows');
  const tally = new Tally(input.header.names.length);
  try {
    if (chunk.kind === 'range') {
      const { start, end } = chunk;
      const bytes = context.ports.files.get(input.key, { start, end, etag: input.etag });
      await runRange(context, work, readRows(bytes, input.format, input.header, chunk), tally, budget);
    } else {
      await runDuplicates(context, work, readSegments(context, plan, chunk.keys), tally, budget);
    }
  } catch (error) {
    // The object of a plan is never replaced: what cannot be read now may be readable later, or the sweeper's tries end.
    if (error instanceof FileGone) throw new RetryLater(30, 'the input cannot be read');
    throw error;
  }
  if (tally.rejected.length === 0) return { counts: tally.counts, marks: [] };
  await context.ports.files.put(partKey(context.job.id, 'rejected', number), tally.rejected.join(''));
  // The finisher joins the parts of the chunks that are marked.
  return { counts: tally.counts, marks: [rejectedMark(number)] };
};

/** Counts outcomes and keeps the lines of rejected rows. */
class Tally {
  readonly counts: Counts = {};
  readonly rejected: string[] = [];
  readonly #width: number;

  constructor(width: number) {
    this.#width = width;
  }

  add(outcome: keyof Counts, rows = 1): void {
    this.counts[outcome] = (this.counts[outcome] ?? 0) + rows;
  }

  reject(row: InputRow, reason: string): void {
    this.add('rejected');
    const cells = row.broken === undefined ? row.cells : [row.raw ?? ''];
    this.rejected.push(rejectedLine(cells, this.#width, row.line, reason));
  }

  /** The row understood, or undefined once it was rejected. */
  parse(context: Context, work: Work, row: InputRow): Entry | undefined {
    if (row.broken !== undefined) {
      this.reject(row, row.broken);
      return undefined;
    }
    const parsed = work.parse(context, row);
    if (!('reject' in parsed)) return parsed;
    this.reject(row, String(parsed.reject));
    return undefined;
  }
}

/** Applies entries in batches, as many at once as the store likes. No key may come twice. */
class Applier {
  readonly #apply: (entries: Entry[]) => Promise<void>;
  readonly #batch: number;
  readonly #parallel: number;
  readonly #running = new Set<Promise<void>>();
  #waiting: Entry[] = [];
  #failure: { error: unknown } | undefined;

  constructor(context: Context, work: Work, tally: Tally, budget: Budget) {
    ({ batch: this.#batch, parallel: this.#parallel } = context.ports.profiles);
    this.#apply = async (entries) => {
      if (budget() < lastCall) throw new RetryLater(1, 'out of time');
      for (const outcome of await work.apply(context, entries)) tally.add(outcome);
    };
  }

  /** A promise only when the caller must wait for a place. */
  add(entry: Entry): Promise<void> | undefined {
    this.#waiting.push(entry);
    return this.#waiting.length < this.#batch ? undefined : this.#begin();
  }

  /** Waits for everything; nothing is still being written when it throws. */
  async close(): Promise<void> {
    if (this.#waiting.length > 0 && !this.#failure) await this.#begin();
    await Promise.all(this.#running);
    if (this.#failure) throw this.#failure.error;
  }

  async #begin(): Promise<void> {
    const entries = this.#waiting;
    this.#waiting = [];
    const run = this.#apply(entries)
      .catch((error: unknown) => {
        this.#failure ??= { error };
      })
      .finally(() => this.#running.delete(run));
    this.#running.add(run);
    while (this.#running.size >= this.#parallel) await Promise.race(this.#running);
    if (this.#failure) await this.close();
  }
}

const runRange = async (
  context: Context,
  work: Work,
  batches: AsyncIterable<InputRow[]>,
  tally: Tally,
  budget: Budget,
): Promise<void> => {
  const applier = new Applier(context, work, tally, budget);
  for await (const rows of batches) {
    for (const row of rows) {
      const entry = tally.parse(context, work, row);
      const full = entry && applier.add(entry);
      if (full !== undefined) await full;
    }
  }
  await applier.close();
};

/** Rows of one person are folded in file order; all but the last count as duplicates. */
const runDuplicates = async (
  context: Context,
  work: Work,
  rows: AsyncIterable<InputRow>,
  tally: Tally,
  budget: Budget,
): Promise<void> => {
  const people = new Map<string, Entry>();
  for await (const row of rows) {
    const entry = tally.parse(context, work, row);
    if (!entry) continue;
    const earlier = people.get(entry.key);
    if (earlier) tally.add('duplicate');
    people.set(entry.key, earlier ? work.merge(earlier, entry) : entry);
  }
  const applier = new Applier(context, work, tally, budget);
  for (const entry of people.values()) {
    const full = applier.add(entry);
    if (full !== undefined) await full;
  }
  await applier.close();
};

/** The records of a partition, read through the same row reader as all others. */
async function* readSegments(context: Context, plan: Plan, keys: readonly string[]): AsyncGenerator<InputRow> {
  const { input } = plan;
  if (!input) return;
  for (const key of keys)
    for await (const rows of readNumberedRows(context.ports.files.get(key), input.format, input.header)) yield* rows;
}
