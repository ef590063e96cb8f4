// What became of the rows of one chunk so far. Rows count once the batch that they came with was begun, so that what is counted
// is always the chunk's first rows, and another worker can go on behind them.
import { rejectedLine } from '../../files/csv-out.ts';
import type { InputRow } from '../../files/rows.ts';
import type { Change, Entry, Forecast } from '../define.ts';
import type { Counts, Outcome } from '../job.ts';

/** Reasons that are told apart; more would say that something puts a row's contents into them. */
const maxReasons = 50;
const otherReasons = 'other reasons';
/** Planned changes that are shown of one chunk. */
const maxChanges = 10;

export const notProcessedReason = 'not processed';

/** A change that a plan would make, and the line that it comes from. */
export interface PlannedChange extends Omit<Change, 'writeUnits'> {
  line: number;
  outcome: Outcome;
}

export class Tally {
  readonly counts: Counts = {};
  readonly reasons: Record<string, number> = {};
  /** Lines of the file of rejected rows, and of the file of rows that were not processed. */
  readonly rejected: string[] = [];
  readonly notProcessed: string[] = [];
  /** People whose rows are still to be read again for that file: while work goes well, no row is kept for it. */
  readonly undone = new Set<string>();
  /** Those whose rows turned out to be rejected only when they were applied, and why: likewise still to be read again. */
  readonly refused = new Map<string, string>();
  /** Of a plan: some changes, and the write units of all. */
  readonly changes: PlannedChange[] = [];
  plannedUnits = 0;
  /** Of work with an output: the texts of each batch, by its number. */
  readonly texts: string[][] = [];
  /** Rows that are counted. */
  rows = 0;
  readonly #width: number;
  #waiting: { row: InputRow; reason: string }[] = [];

  /** `width`: how many columns the file has. */
  constructor(width: number) {
    this.#width = width;
  }

  /** Whether rejected rows wait for a batch to begin. */
  get waits(): boolean {
    return this.#waiting.length > 0;
  }

  /** Rejected rows, those among them whose batch is still to begin. */
  get rejections(): number {
    return (this.counts.rejected ?? 0) + this.#waiting.length;
  }

  add(outcome: Outcome, rows = 1): void {
    this.counts[outcome] = (this.counts[outcome] ?? 0) + rows;
    this.rows += rows;
  }

  /** A row that is rejected once the batch begins. */
  reject(row: InputRow, reason: string): void {
    this.#waiting.push({ row, reason });
  }

  /** The batch begins: the rows that were rejected on the way to it count. */
  commit(): void {
    for (const { row, reason } of this.#waiting) {
      this.#countReason(reason, 1);
      this.add('rejected');
      this.rejected.push(this.#line(row, reason));
    }
    this.#waiting = [];
  }

  /** The last of a person's rows decides. */
  person(outcome: Outcome, rows: number): void {
    this.add(outcome);
    if (rows > 1) this.add('duplicate', rows - 1);
  }

  /** A person who is left alone, for a reason that lies in what is kept of them. */
  skip(reason: string, rows: number): void {
    this.#countReason(reason, 1);
    this.person('skipped', rows);
  }

  /** A person for whom nothing may be written any more. */
  told({ outcome, change }: Forecast, entry: Entry, rows: number): void {
    if (!change) {
      this.person(outcome, rows);
      return;
    }
    // All rows: a later try needs the fields of the earlier ones as well.
    this.add('not_processed', rows);
    this.undone.add(entry.key);
  }

  /** Rows of what cannot be applied, for a reason that lies in them. */
  refuse(reason: string, entry: Entry, rows: number): void {
    this.#countReason(reason, rows);
    this.add('rejected', rows);
    this.refused.set(entry.key, reason);
  }

  /** A row for the file of those that are rejected, which is counted already. */
  leaveRefused(row: InputRow, reason: string): void {
    this.rejected.push(this.#line(row, reason));
  }

  /** A row for the file of those that were not processed. */
  leave(row: InputRow): void {
    this.notProcessed.push(this.#line(row, notProcessedReason));
  }

  /** A person as a plan sees it; `line` is that of the last row. */
  planned({ outcome, change }: Forecast, rows: number, line: number): void {
    this.person(outcome, rows);
    if (!change) return;
    const { writeUnits, ...shown } = change;
    this.plannedUnits += writeUnits;
    if (this.changes.length < maxChanges) this.changes.push({ line, outcome, ...shown });
  }

  #countReason(reason: string, rows: number): void {
    const known = reason in this.reasons || Object.keys(this.reasons).length < maxReasons;
    const name = known ? reason : otherReasons;
    this.reasons[name] = (this.reasons[name] ?? 0) + rows;
  }

  #line(row: InputRow, reason: string): string {
    return lineOf(row, this.#width, reason);
  }
}

/** A row as a line of a file of rejected rows: its cells, or the text of what could not be split into cells. */
export const lineOf = (row: InputRow, width: number, reason: string): string =>
  rejectedLine(row.broken === undefined ? row.cells : [row.raw ?? ''], width, row.line, reason);
