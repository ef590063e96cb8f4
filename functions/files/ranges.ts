// Cuts the records of a file into ranges for workers.
import type { RowRange } from './rows.ts';

/** Give it the end of each record in order, and the file's size; read `ranges` when all are in. */
export class RangeCutter {
  rows = 0;
  readonly #done: RowRange[] = [];
  readonly #maxRows: number;
  readonly #maxBytes: number;
  #start = 0;
  #line = 1;
  #rows = 0;
  #end = 0;
  #nextLine = 1;
  #size = 0;

  constructor(maxRows: number, maxBytes: number) {
    this.#maxRows = maxRows;
    this.#maxBytes = maxBytes;
  }

  /** Where the first record may start, and the number of that line. */
  begin(offset: number, line: number): void {
    this.#start = offset;
    this.#end = offset;
    this.#line = line;
    this.#nextLine = line;
  }

  /** The next record ends at `end`; what follows is on line `nextLine`. */
  add(end: number, nextLine: number): void {
    if (this.#rows === this.#maxRows || (this.#rows > 0 && end - this.#start > this.#maxBytes)) this.#cut();
    this.rows += 1;
    this.#rows += 1;
    this.#end = end;
    this.#nextLine = nextLine;
  }

  /** Bytes of the file so far. */
  get bytes(): number {
    return this.#size;
  }

  /** The file has at least `size` bytes. */
  extend(size: number): void {
    this.#size = size;
  }

  /** All ranges: each ends behind its last record, the last of them at the end of the file. */
  get ranges(): RowRange[] {
    return this.#rows > 0 ? [...this.#done, { ...this.#open, end: this.#size }] : this.#done;
  }

  get #open(): RowRange {
    return { start: this.#start, end: this.#end, line: this.#line, rows: this.#rows };
  }

  #cut(): void {
    this.#done.push(this.#open);
    this.#start = this.#end;
    this.#line = this.#nextLine;
    this.#rows = 0;
  }
}
