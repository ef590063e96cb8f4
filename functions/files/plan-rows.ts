// The planner's pass over a file: exact record boundaries, counts, and who comes more than once.
import { randomBytes } from 'node:crypto';
import { Reject } from '../jobs/errors.ts';
import { AddressHash } from './address-hash.ts';
import { scanBlocks } from './blocks.ts';
import type { GivenColumns } from './given-columns.ts';
import { type Beginning, readBeginning } from './header.ts';
import { LineHash, type RecordHash } from './line-hash.ts';
import { maxInputBytes } from './plain.ts';
import { RangeCutter } from './ranges.ts';
import { Repeats } from './repeats.ts';
import type { Format, Header, RowRange } from './rows.ts';
import { RecordScanner } from './scan.ts';
import { sniffBytes } from './sniff.ts';

/**
 * Takes a record of someone who comes more than once, in file order: its bytes with their line end, valid until the promise
 * that it may return has settled. All records of one person have the same partition.
 */
type OnDuplicate = (partition: number, line: number, record: Uint8Array) => void | Promise<void>;

export interface PlanOptions {
  /** Given by the caller; detected from the header otherwise. */
  delimiter?: Format['delimiter'];
  /** The input is a list of addresses, one per line: there is no header to look for. */
  headerless?: boolean;
  /** Every line is a row of its own; rows for which this gives the same text belong together. Undefined for those alone. */
  keyOf?: (line: string) => string | undefined;
  /** The columns, when they are known from elsewhere; detected otherwise. */
  columns?: GivenColumns;
  /** Where a range ends: 10,000 rows or 2 MiB, whichever comes first. A longer record has a range of its own. */
  chunkRows?: number;
  chunkBytes?: number;
  maxRows?: number;
  onDuplicate: OnDuplicate;
  /** Bits of each half of the address hash, 32 unless a test wants collisions. */
  hashBits?: number;
}

export interface RowPlan {
  format: Format;
  header: Header;
  /** Offset of the first byte behind the header. */
  dataStart: number;
  /** Data records, broken ones included. */
  rows: number;
  /** Together every byte from `dataStart` on, each once; none when there are no rows. */
  ranges: RowRange[];
  warnings: string[];
  /** Rows marked in `skip` of the ranges, all given to `onDuplicate`; absent when nobody comes more than once. */
  duplicates?: { rows: number; partitions: number };
}

const rowsPerPartition = 10_000;
/** About: rows are taken to be of the file's average length. A worker holds the people of a partition at once. */
const bytesPerPartition = 8 * 1024 ** 2;
const maxPartitions = 1000;

/**
 * Plans plain UTF-8 text. `read` streams it from its beginning; it is called once more when someone comes more than once.
 * Throws Reject when the header cannot be used or the file is too large.
 */
export const planRows = async (read: () => AsyncIterable<Uint8Array>, options: PlanOptions): Promise<RowPlan> => {
  const cutter = new RangeCutter(options.chunkRows ?? 10_000, options.chunkBytes ?? 2 * 1024 ** 2);
  const repeats = new Repeats();
  const seed = [randomBytes(4).readInt32LE(), randomBytes(4).readInt32LE()] as const;
  const maxRows = options.maxRows ?? 20_000_000;
  let first: Beginning | undefined;
  let hash: RecordHash | undefined;
  for await (const { beginning, scanner, size } of scanFile(read(), options)) {
    if (!hash) {
      first = beginning;
      hash = options.keyOf
        ? new LineHash(options.keyOf, seed)
        : new AddressHash(beginning.format.delimiter, beginning.header.email, seed, options.hashBits);
      cutter.begin(beginning.dataStart, beginning.line);
    }
    while (scanner.read()) {
      cutter.add(scanner.nextOffset, scanner.nextLine);
      if (scanner.broken === undefined && hash.read(scanner.buffer, scanner.start, scanner.end, scanner.quoted))
        repeats.add(hash.high, hash.low);
    }
    cutter.extend(size);
    if (cutter.rows > maxRows) throw new Reject(`The file has more than ${maxRows.toLocaleString('en-US')} rows`);
  }
  if (!first || !hash) throw new Error('a scan without an end');
  const { format, header, dataStart, line, warnings } = first;
  const { rows } = cutter;
  const plan = { format, header, dataStart, rows, warnings };
  repeats.settle();
  if (repeats.rows === 0) return { ...plan, ranges: cutter.ranges };
  const bytes = (repeats.rows / rows) * cutter.bytes;
  const wanted = Math.max(Math.ceil(repeats.rows / rowsPerPartition), Math.ceil(bytes / bytesPerPartition));
  const partitions = Math.min(maxPartitions, wanted);
  const scan = scanBlocks(read(), format, { line, skip: dataStart });
  const ranges = await setApart(scan, cutter.ranges, hash, repeats, partitions, options.onDuplicate);
  return { ...plan, ranges, duplicates: { rows: repeats.rows, partitions } };
};

/** The second pass: marks and hands over all records of those who come more than once. */
const setApart = async (
  scan: AsyncIterable<RecordScanner>,
  ranges: readonly RowRange[],
  hash: RecordHash,
  repeats: Repeats,
  partitions: number,
  onDuplicate: OnDuplicate,
): Promise<RowRange[]> => {
  const marked: RowRange[] = [];
  let [range] = ranges;
  let row = 0;
  let bits: Buffer | undefined;
  for await (const scanner of scan) {
    while (scanner.read()) {
      if (!range) throw new Error('the file grew while it was planned');
      const { buffer, start, end, next, line, quoted } = scanner;
      if (scanner.broken === undefined && hash.read(buffer, start, end, quoted) && repeats.has(hash.high, hash.low)) {
        bits ??= Buffer.alloc(Math.ceil(range.rows / 8));
        bits[row >> 3] = (bits[row >> 3] ?? 0) | (1 << (row & 7));
        const taken = onDuplicate(((hash.high ^ hash.low) >>> 0) % partitions, line, buffer.subarray(start, next));
        if (taken instanceof Promise) await taken;
      }
      if (++row < range.rows) continue;
      marked.push(bits ? { ...range, skip: bits.toString('base64') } : range);
      range = ranges[marked.length];
      row = 0;
      bits = undefined;
    }
  }
  if (range) throw new Error('the file shrank while it was planned');
  return marked;
};

/** The scanner of a file's data, block by block, once the header was read, and how many bytes came so far. Yields at least once. */
async function* scanFile(
  bytes: AsyncIterable<Uint8Array>,
  options: PlanOptions,
): AsyncGenerator<{ beginning: Beginning; scanner: RecordScanner; size: number }> {
  let at: ReturnType<typeof open>;
  const first: Uint8Array[] = [];
  let wanted = sniffBytes;
  let size = 0;
  for await (const block of bytes) {
    size += block.length;
    if (size > maxInputBytes) throw new Reject('The file is larger than 1 GiB');
    if (at) at.scanner.push(block);
    else {
      first.push(block);
      if (size < wanted) continue;
      at = open(Buffer.concat(first), false, options);
      wanted = size * 2;
    }
    if (at) yield { ...at, size };
  }
  at ??= open(Buffer.concat(first), true, options);
  if (!at) throw new Error('the whole file has no beginning');
  at.scanner.finish();
  yield { ...at, size };
}

const open = (head: Buffer, whole: boolean, options: PlanOptions) => {
  const beginning = readBeginning(head, whole, { ...options, lines: options.keyOf !== undefined });
  if (!beginning) return undefined;
  const scanner = new RecordScanner(beginning.format, beginning.line, beginning.dataStart);
  scanner.push(head.subarray(beginning.dataStart));
  return { beginning, scanner };
};
