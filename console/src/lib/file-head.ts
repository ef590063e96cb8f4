// The beginning of a file that somebody chose: its format, columns and first rows. Never reads more than its head.
import { type RecordFormat, readRecord } from './records.ts';

/** Bytes that are read of a file of any size. */
const headBytes = 256 * 1024;
const shownRows = 6;
const delimiters = [',', ';', '\t', '|'];

export interface FileHead {
  format: RecordFormat;
  /** What the file is, in words: `CSV, semicolon, UTF-8`. */
  words: string;
  /** Whether its first line names the columns. */
  hasHeader: boolean;
  /** One for each column; empty where the file has none. */
  names: string[];
  rows: string[][];
  /** Offset of the first byte of data: behind byte order mark and header. */
  dataStart: number;
  /** Whether the header may be written anew: not in a file that is packed, or not in UTF-8. */
  mappable: boolean;
}

/** Says what a person should do about a file that cannot be imported. */
export class UnreadableFile extends Error {
  override readonly name = 'UnreadableFile';
}

export const readHead = async (file: Blob): Promise<FileHead> => {
  const bytes = new Uint8Array(await file.slice(0, headBytes).arrayBuffer());
  if (bytes.length === 0) throw new UnreadableFile('The file is empty. Choose one with at least one address.');
  const starts = (...magic: number[]) => magic.every((byte, index) => bytes[index] === byte);
  if (starts(0x50, 0x4b, 0x03, 0x04))
    throw new UnreadableFile(
      'This is a zip archive or a workbook. Save it as CSV, or unpack it, and choose that file.',
    );
  if (starts(0x25, 0x50, 0x44, 0x46)) throw new UnreadableFile('This is a PDF. Choose a CSV or a text file.');
  const whole = file.size <= headBytes;
  if (starts(0x1f, 0x8b)) {
    const plain = await inflateHead(bytes);
    return { ...describe(plain.bytes, plain.whole && whole, 'packed with gzip'), mappable: false };
  }
  if (starts(0xff, 0xfe) || starts(0xfe, 0xff)) {
    const name = starts(0xff, 0xfe) ? 'utf-16le' : 'utf-16be';
    const text = new TextDecoder(name).decode(bytes.slice(0, bytes.length - (bytes.length % 2)));
    return { ...describe(new TextEncoder().encode(text), whole, 'UTF-16'), mappable: false };
  }
  return describe(bytes, whole, 'UTF-8');
};

/** As much of the text as the packed head holds. */
const inflateHead = async (packed: Uint8Array<ArrayBuffer>): Promise<{ bytes: Uint8Array; whole: boolean }> => {
  const reader = new Blob([packed]).stream().pipeThrough(new DecompressionStream('gzip')).getReader();
  const parts: Uint8Array[] = [];
  let size = 0;
  let whole = false;
  try {
    while (size < headBytes) {
      const { done, value } = await reader.read();
      whole = done;
      if (done) break;
      parts.push(value);
      size += value.length;
    }
    void reader.cancel().catch(() => {});
  } catch {
    // The head ends in the middle of the packed data.
  }
  const bytes = new Uint8Array(size);
  let at = 0;
  for (const part of parts) {
    bytes.set(part, at);
    at += part.length;
  }
  return { bytes, whole };
};

const isEmail = (name: string): boolean => name.trim().toLowerCase() === 'email';
const isAddress = (cell: string): boolean => /^[^\s@"]{1,64}@[^\s@".]+(\.[^\s@".]+)+$/.test(cell.trim());

const describe = (bytes: Uint8Array, whole: boolean, encoding: string): FileHead => {
  const mark = bytes[0] === 0xef && bytes[1] === 0xbb && bytes[2] === 0xbf ? 3 : 0;
  const text = new TextDecoder().decode(bytes);
  if (text.includes('\0'))
    throw new UnreadableFile('This is not a text file. Choose a CSV, or a text with one address a line.');
  const eol = text.slice(0, 64 * 1024).includes('\n') || !text.includes('\r') ? '\n' : '\r';
  const { delimiter, cells, next } = bestReading(text, eol, whole);
  const format: RecordFormat = { delimiter, eol };
  const hasHeader = !isAddress(cells[0] ?? '');
  const rows: string[][] = [];
  for (let at = hasHeader ? next : 0; rows.length < shownRows; ) {
    const record = readRecord(text, format, at, whole);
    if (!record) break;
    rows.push(record.cells);
    at = record.next;
  }
  const header = text.slice(0, hasHeader ? next : 0);
  const kind = cells.length === 1 && !hasHeader ? 'Text, one address a line' : `CSV, ${nameOf(delimiter)}`;
  return {
    format,
    words: `${kind}, ${encoding}`,
    hasHeader,
    names: cells.map((cell) => (hasHeader ? cell.trim() : '')),
    rows,
    dataStart: mark + new TextEncoder().encode(header).length,
    // A replaced byte would move everything behind it.
    mappable: !header.includes('\ufffd'),
  };
};

/** The delimiter that makes sense of the first line, else the one that comes most often. */
const bestReading = (text: string, eol: RecordFormat['eol'], whole: boolean) => {
  const readings = delimiters.flatMap((delimiter) => {
    const record = readRecord(text, { delimiter, eol }, 0, whole);
    return record ? [{ delimiter, ...record }] : [];
  });
  const makesSense = ({ cells }: { cells: string[] }) => cells.some(isEmail) || isAddress(cells[0] ?? '');
  const sensible = readings.filter(makesSense);
  const [best] = (sensible.length > 0 ? sensible : readings).toSorted((a, b) => b.cells.length - a.cells.length);
  if (!best)
    throw new UnreadableFile('The first line of the file never ends. Choose a CSV, or a text with one address a line.');
  return best;
};

const nameOf = (delimiter: string): string =>
  ({ ',': 'comma', ';': 'semicolon', '\t': 'tab', '|': 'pipe' })[delimiter] ?? delimiter;
