// Where a file's rows begin, and what its columns are called.
import { isUtf8 } from 'node:buffer';
import { Reject } from '../jobs/errors.ts';
import { normaliseAddress } from './address.ts';
import { plainCells, quotedCells } from './cells.ts';
import { type GivenColumns, readGiven } from './given-columns.ts';
import type { Format, Header } from './rows.ts';
import { maxRecordBytes, RecordScanner } from './scan.ts';
import { detectEol, sniffBytes } from './sniff.ts';

type Delimiter = Format['delimiter'];
const delimiters: readonly Delimiter[] = [',', ';', '\t', '|'];
const maxColumns = 1000;
const maxNameLength = 32;

/** What the beginning of a file says. */
export interface Beginning {
  format: Format;
  header: Header;
  /** Offset of the first byte behind byte order mark and header, and the number of its line. */
  dataStart: number;
  line: number;
  warnings: string[];
}

interface Candidate {
  delimiter: Delimiter;
  cells: string[];
  isHeader: boolean;
  isAddress: boolean;
}

/**
 * Reads the beginning of a file: undefined when `head` does not hold its first record yet. `whole` says that there is no more.
 * Give at least 64 KiB or all. Throws Reject for a header that cannot be used.
 */
export const readBeginning = (
  head: Buffer,
  whole: boolean,
  options: { delimiter?: Delimiter; headerless?: boolean; lines?: boolean; columns?: GivenColumns } = {},
): Beginning | undefined => {
  const dataStart = head[0] === 0xef && head[1] === 0xbb && head[2] === 0xbf ? 3 : 0;
  const eol = detectEol(head);
  const addresses = { names: ['email'], email: 0, present: false };
  const bare = { format: { delimiter: options.delimiter ?? ',', eol }, header: addresses, line: 1, warnings: [] };
  if (options.lines)
    return {
      ...bare,
      format: { delimiter: ',', eol, lines: true },
      header: { names: ['row'], email: 0, present: false },
      dataStart,
    };
  if (options.columns) return readGiven(head, whole, options.columns, { eol, dataStart });
  if (options.headerless) return { ...bare, dataStart };
  const candidates: Candidate[] = [];
  let first: RecordScanner | undefined;
  for (const delimiter of options.delimiter ? [options.delimiter] : delimiters) {
    const scanner = new RecordScanner({ delimiter, eol }, 1, dataStart);
    scanner.push(head.subarray(dataStart));
    if (whole) scanner.finish();
    if (!scanner.read()) {
      if (whole) return { ...bare, dataStart: head.length };
      if (head.length > maxRecordBytes + sniffBytes) throw new Reject('The first line is longer than 1 MiB');
      return undefined;
    }
    const candidate = judge(scanner, delimiter);
    if (candidate && (candidates.length === 0 || better(candidate, candidates[0]))) {
      candidates[0] = candidate;
      first = scanner;
    } else first ??= scanner;
  }
  const [best] = candidates;
  if (!best || !first)
    throw new Reject(`The first line cannot be read: ${first?.broken ?? 'it is not valid UTF-8 text'}`);
  const format = { delimiter: best.delimiter, eol };
  if (best.cells.length > maxColumns) throw new Reject(`The file has more than ${maxColumns} columns`);
  if (best.isAddress) return { ...withoutHeader(best.cells.length), format, dataStart, line: 1 };
  return { ...nameColumns(best.cells), format, dataStart: first.nextOffset, line: first.nextLine };
};

const judge = (scanner: RecordScanner, delimiter: Delimiter): Candidate | undefined => {
  const bytes = scanner.bytes();
  if (scanner.broken || !isUtf8(bytes) || bytes.includes(0)) return undefined;
  const cells = (scanner.quoted ? quotedCells : plainCells)(bytes.toString(), delimiter);
  const isAddress = 'address' in normaliseAddress(cells[0] ?? '');
  return { delimiter, cells, isAddress, isHeader: cells.some(isEmail) };
};

const isEmail = (name: string): boolean => name.trim().toLowerCase() === 'email';

/** A delimiter that makes sense of the line beats one that only comes more often; of equals the first stays. */
const better = (candidate: Candidate, best: Candidate | undefined): boolean => {
  const rank = ({ isHeader, isAddress }: Candidate): number => (isHeader || isAddress ? 1 : 0);
  if (!best || rank(candidate) !== rank(best)) return rank(candidate) > (best ? rank(best) : -1);
  return candidate.cells.length > best.cells.length;
};

const withoutHeader = (columns: number): Pick<Beginning, 'header' | 'warnings'> => ({
  header: {
    names: Array.from({ length: columns }, (_, index) => (index === 0 ? 'email' : '')),
    email: 0,
    present: false,
  },
  warnings:
    columns > 1
      ? ['The file has no header: its first column is taken for the address, the other columns are ignored']
      : [],
});

const nameColumns = (cells: readonly string[]): Pick<Beginning, 'header' | 'warnings'> => {
  const names = cells.map((cell) => cell.trim());
  const email = names.findIndex(isEmail);
  // Asked first: without that column the line may be anything, and none of it belongs into a message.
  if (email < 0)
    throw new Reject('The file has no column "email": its first line must name the columns, or begin with an address');
  const seen = new Set<string>();
  for (const name of names) {
    if (name === '') continue;
    if ([...name].length > maxNameLength)
      throw new Reject(`The column name ${quoteName(name)} is longer than ${maxNameLength} characters`);
    const key = isEmail(name) ? 'email' : name;
    if (seen.has(key)) throw new Reject(`The column ${quoteName(name)} comes twice in the header`);
    seen.add(key);
  }
  const nameless = names.flatMap((name, index) => (name === '' ? [index + 1] : []));
  return { header: { names, email, present: true }, warnings: nameless.length > 0 ? [ignored(nameless)] : [] };
};

const quoteName = (name: string): string => {
  const characters = [...name];
  return JSON.stringify(characters.length > 100 ? `${characters.slice(0, 100).join('')}…` : name);
};

const ignored = (columns: number[]): string => {
  const shown = columns.slice(0, 10).join(', ') + (columns.length > 10 ? ', …' : '');
  return columns.length === 1
    ? `Column ${shown} has no name and is ignored`
    : `Columns ${shown} have no name and are ignored`;
};
