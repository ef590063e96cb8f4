// What a file is, by its first bytes.
import { Reject } from '../jobs/errors.ts';
import type { Format } from './rows.ts';

/** How many first bytes decide. */
export const sniffBytes = 65_536;

/** How the bytes of an input are to be read: `utf-8` as they are (a byte order mark included), others through plainText. */
export type Encoding = 'utf-8' | 'utf-16le' | 'utf-16be' | 'gzip';

export interface Sniffed {
  encoding: Encoding;
}

const accepted = 'accepted is text: CSV or one address per line, in UTF-8 or UTF-16, plain or gzip';

/** First bytes (hex) of what people send by mistake. Longer than needed where the short form could begin a text. */
const others: readonly [hex: string, what: string, at?: number][] = [
  ['504b0304', 'a zip archive or an Excel workbook'],
  ['504b0506', 'an empty zip archive'],
  ['d0cf11e0a1b11ae1', 'an old Excel or Word file'],
  ['255044462d', 'a PDF'],
  ['fffe0000', 'UTF-32 text'],
  ['0000feff', 'UTF-32 text'],
  ['425a68__314159265359', 'a bzip2 file'],
  ['fd377a585a00', 'an xz file'],
  ['28b52ffd', 'a Zstandard file'],
  ['377abcaf271c', 'a 7-Zip archive'],
  ['526172211a07', 'a RAR archive'],
  ['7573746172', 'a tar archive', 257],
  ['89504e470d0a1a0a', 'a PNG image'],
  ['ffd8ff', 'a JPEG image'],
  ['474946383__961', 'a GIF image'],
  ['5041523115', 'a Parquet file'],
  ['53514c69746520666f726d6174203300', 'an SQLite database'],
  ['7f454c46', 'a program'],
];

const matches = (head: Uint8Array, hex: string, at: number): boolean => {
  const found = Buffer.from(head.subarray(at, at + hex.length / 2)).toString('hex');
  return found.length === hex.length && [...hex].every((digit, index) => digit === '_' || digit === found[index]);
};

/** Judges a file by its first bytes: give 64 KiB, or all it has. Throws Reject for what is not text, saying what it is. */
export const sniff = (head: Uint8Array): Sniffed => {
  if (head[0] === 0x1f && head[1] === 0x8b) return { encoding: 'gzip' };
  const other = others.find(([hex, , at = 0]) => matches(head, hex, at));
  if (other) throw new Reject(`The file is ${other[1]}; ${accepted}`);
  if (head[0] === 0xff && head[1] === 0xfe) return { encoding: 'utf-16le' };
  if (head[0] === 0xfe && head[1] === 0xff) return { encoding: 'utf-16be' };
  if (head.subarray(0, sniffBytes).includes(0)) throw new Reject(`The file is not text; ${accepted}`);
  return { encoding: 'utf-8' };
};

/** CR ends lines only when the first 64 KiB hold no LF. A CR as the very last of them may yet be half of a CRLF. */
export const detectEol = (head: Uint8Array): Format['eol'] => {
  const seen = head.subarray(0, sniffBytes);
  if (seen.includes(0x0a)) return 'lf';
  const at = seen.indexOf(0x0d);
  return at >= 0 && !(at === sniffBytes - 1) ? 'cr' : 'lf';
};
