// Reads the rows of a range for a worker.
import { isAscii, isUtf8 } from 'node:buffer';
import { scanBlocks } from './blocks.ts';
import { plainCells, quotedCells } from './cells.ts';
import { type NumberedRecord, readNumbered } from './numbered.ts';
import type { Format, Header, InputRow } from './rows.ts';
import { RecordScanner, shownBytes } from './scan.ts';

/** Rows are given in arrays of about this many. */
const batchRows = 1000;
const rawLength = 10_000;

/**
 * The rows of a range, in file order, in arrays of about 1,000. `bytes` are those of the range and no others.
 * Records marked in `skip` are left out. A record that cannot be read is a row with `broken`: nothing is thrown for it.
 */
export async function* readRows(
  bytes: AsyncIterable<Uint8Array> | Iterable<Uint8Array>,
  format: Format,
  header: Pick<Header, 'names'>,
  range: { line: number; skip?: string },
): AsyncGenerator<InputRow[]> {
  const reader = new RowReader(format, header);
  const skip = range.skip === undefined ? undefined : Buffer.from(range.skip, 'base64');
  let record = 0;
  let rows: InputRow[] = [];
  for await (const scanner of scanBlocks(bytes, format, { line: range.line })) {
    reader.look(scanner.buffer);
    while (scanner.read()) {
      const index = record++;
      if (skip !== undefined && ((skip[index >> 3] ?? 0) >> (index & 7)) & 1) continue;
      rows.push(reader.row(scanner));
      if (rows.length < batchRows) continue;
      yield rows;
      rows = [];
    }
  }
  if (rows.length > 0) yield rows;
}

/** The rows of records that were set apart, in arrays of about 1,000: what `writeNumbered` wrote. */
export async function* readNumberedRows(
  bytes: AsyncIterable<Uint8Array> | Iterable<Uint8Array>,
  format: Format,
  header: Pick<Header, 'names'>,
): AsyncGenerator<InputRow[]> {
  const reader = new RowReader(format, header);
  let rows: InputRow[] = [];
  for await (const numbered of readNumbered(bytes)) {
    rows.push(...rowsOf(reader, format, numbered));
    if (rows.length < batchRows) continue;
    yield rows;
    rows = [];
  }
  if (rows.length > 0) yield rows;
}

function* rowsOf(reader: RowReader, format: Format, { line, record }: NumberedRecord): Generator<InputRow> {
  const scanner = new RecordScanner(format, line);
  scanner.push(record);
  scanner.finish();
  reader.look(scanner.buffer);
  while (scanner.read()) yield reader.row(scanner);
}

/** Turns records into rows. What is asked of bytes is asked of a whole block once, when its first record is read. */
class RowReader {
  readonly #delimiter: string;
  readonly #lines: boolean;
  readonly #width: number;
  #buffer: Buffer = Buffer.alloc(0);
  #known = false;
  /** The block from `#origin` on as text when it is ASCII, so that text and bytes have the same offsets. */
  #ascii: string | undefined;
  #origin = 0;
  /** Bytes before this one are known to be UTF-8. */
  #validUntil = 0;
  #hasNul = false;

  constructor(format: Format, header: Pick<Header, 'names'>) {
    this.#delimiter = format.delimiter;
    this.#lines = format.lines ?? false;
    this.#width = header.names.length;
  }

  /** The bytes of the next records. */
  look(buffer: Buffer): void {
    this.#buffer = buffer;
    this.#known = false;
    this.#ascii = undefined;
  }

  row(scanner: RecordScanner): InputRow {
    const { line, broken, start, end } = scanner;
    if (broken !== undefined) return this.#broken(scanner, broken);
    if (!this.#known) this.#judge(start);
    if (this.#hasNul && this.#buffer.subarray(start, end).includes(0))
      return this.#broken(scanner, 'the row holds a NUL character');
    if (end > this.#validUntil && !isUtf8(this.#buffer.subarray(start, end)))
      return this.#broken(scanner, 'the row is not valid UTF-8 text');
    const text =
      this.#ascii === undefined
        ? this.#buffer.toString('utf8', start, end)
        : this.#ascii.slice(start - this.#origin, end - this.#origin);
    if (this.#lines) return { line, cells: [text] };
    const cells = (scanner.quoted ? quotedCells : plainCells)(text, this.#delimiter);
    return this.#fits(cells) ? { line, cells } : this.#broken(scanner, 'the row has more cells than the header');
  }

  #judge(from: number): void {
    const bytes = this.#buffer.subarray(from);
    this.#known = true;
    this.#origin = from;
    this.#hasNul = bytes.includes(0);
    if (isAscii(bytes)) {
      this.#ascii = bytes.toString('latin1');
      this.#validUntil = this.#buffer.length;
      return;
    }
    // A character may be cut at the block's end, but none reaches across a line end.
    const end = Math.max(bytes.lastIndexOf(0x0a), bytes.lastIndexOf(0x0d)) + 1;
    this.#validUntil = isUtf8(bytes.subarray(0, end)) ? from + end : 0;
  }

  /** Brings the cells to the header's width; false when there are too many. */
  #fits(cells: string[]): boolean {
    while (cells.length < this.#width) cells.push('');
    for (let index = cells.length; index > this.#width; index--) if (cells[index - 1] !== '') return false;
    cells.length = this.#width;
    return true;
  }

  #broken(scanner: RecordScanner, broken: string): InputRow {
    const raw = scanner.bytes().subarray(0, shownBytes).toString().slice(0, rawLength).replaceAll('\0', '\ufffd');
    return { line: scanner.line, cells: [], broken, raw };
  }
}
