// Hashes the address of a record straight from its bytes, so that the planner can tell who comes more than once.
import { isAscii } from 'node:buffer';
import { normaliseAddress } from './address.ts';

const quote = 0x22;
const at = 0x40;

/** Bytes as they are hashed: letters in lower case; 0 for what needs a closer look. */
const hashed = (delimiter: number): Uint8Array => {
  const map = new Uint8Array(256);
  for (let byte = 0x21; byte < 0x80; byte++) map[byte] = byte >= 0x41 && byte <= 0x5a ? byte + 0x20 : byte;
  for (const special of [quote, at, delimiter]) map[special] = 0;
  return map;
};

/**
 * 64 bits (`high`, `low`) over the normalised address. Equal addresses have equal hashes. Two that collide only cost a detour:
 * their rows are taken for one person's and set apart, where they are told apart by their whole address.
 */
export class AddressHash {
  high = 0;
  low = 0;
  readonly #delimiter: number;
  readonly #column: number;
  readonly #seedA: number;
  readonly #seedB: number;
  readonly #mask: number;
  readonly #map: Uint8Array;

  /** `seed` is anything; `bits` (of each half) weakens the hash, for tests. */
  constructor(delimiter: string, column: number, seed: readonly [number, number], bits = 32) {
    this.#delimiter = delimiter.charCodeAt(0);
    this.#map = hashed(this.#delimiter);
    this.#column = column;
    [this.#seedA, this.#seedB] = seed;
    this.#mask = bits === 32 ? -1 : (1 << bits) - 1;
  }

  /** Hashes the address in bytes [start, end), an unbroken record; false when there is none worth comparing. */
  read(bytes: Buffer, start: number, end: number, quoted: boolean): boolean {
    const delimiter = this.#delimiter;
    let i = start;
    for (let column = this.#column; column > 0; column--) {
      if (quoted && bytes[i] === quote) i = closingQuote(bytes, i) + 1;
      while (i < end && bytes[i] !== delimiter) i++;
      if (i >= end) return false;
      i++;
    }
    if (!quoted || bytes[i] !== quote) return this.#hash(bytes, i, end, delimiter);
    return this.#hash(bytes, i + 1, closingQuote(bytes, i), -1);
  }

  /** The fast way: ASCII, trimmed and in lower case on the fly. Ends at the delimiter or at `end`. */
  #hash(bytes: Buffer, start: number, end: number, delimiter: number): boolean {
    let i = start;
    while (i < end && isSpace(bytes[i])) i++;
    const map = this.#map;
    let a = this.#seedA;
    let b = this.#seedB;
    let ats = 0;
    for (; i < end; i++) {
      let byte = map[bytes[i] ?? 0] ?? 0;
      if (byte === 0) {
        byte = bytes[i] ?? 0;
        if (byte === delimiter) break;
        if (byte >= 0x80) return this.#hashSlowly(bytes, start, end, delimiter);
        if (byte <= 0x20 || byte === quote) {
          // White space ends an address; anything behind it makes it none, unless it is white space beyond ASCII.
          let rest = i;
          while (rest < end && isSpace(bytes[rest])) rest++;
          if (rest >= end || bytes[rest] === delimiter) break;
          return this.#hashSlowly(bytes, start, end, delimiter);
        }
        if (byte === at) ats++;
      }
      a = Math.imul(a ^ byte, 0x01000193);
      b = Math.imul(((b << 5) | (b >>> 27)) ^ byte, 0x27220a95);
    }
    if (ats !== 1) return false;
    this.#finish(a, b);
    return true;
  }

  #hashSlowly(bytes: Buffer, start: number, end: number, delimiter: number): boolean {
    const stop = delimiter < 0 ? -1 : bytes.subarray(start, end).indexOf(delimiter);
    const cell = bytes.subarray(start, stop < 0 ? end : start + stop);
    // Longer than any address: do not even decode it.
    if (cell.length > 4096 || isAscii(cell)) return false;
    const normal = normaliseAddress(cell.toString());
    if ('reason' in normal) return false;
    let [a, b] = [this.#seedA, this.#seedB];
    for (const byte of Buffer.from(normal.address)) {
      a = Math.imul(a ^ byte, 0x01000193);
      b = Math.imul(((b << 5) | (b >>> 27)) ^ byte, 0x27220a95);
    }
    this.#finish(a, b);
    return true;
  }

  #finish(a: number, b: number): void {
    let high = Math.imul(a ^ (a >>> 16), 0x85ebca6b) ^ b;
    high = Math.imul(high ^ (high >>> 13), 0xc2b2ae35);
    let low = Math.imul(b ^ (b >>> 15), 0x2c1b3c6d) ^ a;
    low = Math.imul(low ^ (low >>> 12), 0x297a2d39);
    this.high = ((high ^ (high >>> 16)) & this.#mask) >>> 0;
    this.low = ((low ^ (low >>> 15)) & this.#mask) >>> 0;
  }
}

const isSpace = (byte: number | undefined): boolean => byte === 0x20 || (byte !== undefined && byte >= 9 && byte <= 13);

/** Index of the quote that closes the cell which opens at `open`. */
const closingQuote = (bytes: Buffer, open: number): number => {
  let close = bytes.indexOf(quote, open + 1);
  while (bytes[close + 1] === quote) close = bytes.indexOf(quote, close + 2);
  return close;
};
