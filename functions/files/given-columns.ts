// The beginning of a file whose columns are known from elsewhere: what its own first line calls them does not matter.
import { Reject } from '../jobs/errors.ts';
import { plainCells, quotedCells } from './cells.ts';
import type { Beginning } from './header.ts';
import type { Format } from './rows.ts';
import { RecordScanner } from './scan.ts';

/** How a file is to be read, as whoever sent it says. */
export interface GivenColumns {
  delimiter: Format['delimiter'];
  /** Of each column; `''` for one that does not matter. */
  names: readonly string[];
  /** Index of the column that holds the address. */
  email: number;
  /** Whether the first line names the columns: it is passed over. */
  hasHeader: boolean;
}

/** Undefined when `head` does not hold the first record yet. Throws Reject when that has another number of columns. */
export const readGiven = (
  head: Buffer,
  whole: boolean,
  { delimiter, names, email, hasHeader }: GivenColumns,
  { eol, dataStart }: { eol: Format['eol']; dataStart: number },
): Beginning | undefined => {
  const format = { delimiter, eol };
  const begun = { format, header: { names, email, present: hasHeader }, dataStart, line: 1, warnings: [] };
  if (!hasHeader) return begun;
  const scanner = new RecordScanner(format, 1, dataStart);
  scanner.push(head.subarray(dataStart));
  if (whole) scanner.finish();
  if (!scanner.read()) return whole ? { ...begun, dataStart: head.length } : undefined;
  if (scanner.broken) throw new Reject(`The first line cannot be read: ${scanner.broken}`);
  const cells = (scanner.quoted ? quotedCells : plainCells)(scanner.bytes().toString(), delimiter);
  if (cells.length !== names.length)
    throw new Reject(`The file has ${cells.length} columns in its first line, but ${names.length} were given`);
  return { ...begun, dataStart: scanner.nextOffset, line: scanner.nextLine };
};
