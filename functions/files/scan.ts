// Finds the records of a text at byte level: exact boundaries across any cuts of the stream, in flat memory.
import { Buffer } from 'node:buffer';
import type { Format } from './rows.ts';

/** Bytes of the longest record, its line end not counted. */
export const maxRecordBytes = 1024 ** 2;
/** Enough bytes of a broken record for the 10,000 characters that are shown. */
export const shownBytes = 40_000;

const quote = 0x22;
const lf = 0x0a;
const cr = 0x0d;

export const brokenBecause = {
  tooLong: 'the record is longer than 1 MiB',
  unclosed: 'a quoted cell is not closed',
  afterQuote: 'text after a closing quote',
  inCell: 'a quote inside a cell that is not quoted',
} as const;

type Reason = (typeof brokenBecause)[keyof typeof brokenBecause];

const none = -1;
/** Where in the grammar a record with quotes stands. `whole` is a record in which no quote was seen so far. */
const State = { whole: 0, cellStart: 1, plain: 2, quoted: 3, closed: 4, closedCr: 5 } as const;
type State = (typeof State)[keyof typeof State];

/**
 * RFC 4180 over blocks of any size: `push` a block, call `read` until it is false, push the next, `finish` after the last.
 * After a true `read` the public fields describe one record, until the next call. Lines that hold nothing are no records.
 *
 * Broken quoting costs one line: such a record ends at the first line end after its start, and reading goes on there.
 * Each byte is read at most twice for that: an attempt that fails ran from a line with an odd number of quotes to at most
 * the next such line.
 */
export class RecordScanner {
  /** The record's bytes are [start, end) of it, its line end is [end, next). */
  buffer: Buffer = Buffer.alloc(0);
  start = 0;
  end = 0;
  next = 0;
  /** Offsets of the record and of what follows it, in the whole text. */
  offset = 0;
  nextOffset = 0;
  /** Number of the line on which the record starts, and of the line that follows it. */
  line: number;
  nextLine: number;
  /** True when the record holds a quote. */
  quoted = false;
  /** Why the record cannot be read as cells. */
  broken: Reason | undefined = undefined;

  readonly #delimiter: number;
  readonly #eol: number;
  readonly #quotes: boolean;
  readonly #maxBytes: number;
  /** Own memory for records that lie across blocks. */
  #own = Buffer.alloc(0);
  #finished = false;
  /** Offset of buffer[0] in the whole text. */
  #base: number;
  /** Where in the buffer the record being read starts. */
  #at = 0;
  /** Bytes of it that were looked at. */
  #seen = 0;
  #state: State = State.whole;
  /** The record's first line end within a quoted cell, relative to its start; and how many there were. */
  #firstEol = none;
  #eols = 0;
  /** The first quote at or after `#at`, or the buffer's length; anything smaller than `#at` is unknown. */
  #quote = none;
  /** A broken record whose line end is still to come: why, its offset, its first bytes. */
  #skipping: Reason | undefined = undefined;
  #skippedFrom = 0;
  #shown: Buffer = Buffer.alloc(0);

  /** `line` and `offset` are those of the first byte pushed; a smaller `maxBytes` is for tests. */
  constructor(format: Format, line: number, offset = 0, maxBytes = maxRecordBytes) {
    this.#delimiter = format.delimiter.charCodeAt(0);
    this.#eol = format.eol === 'cr' ? cr : lf;
    this.#quotes = !format.lines;
    this.line = line;
    this.nextLine = line;
    this.#base = offset;
    this.#maxBytes = maxBytes;
  }

  /** Gives the scanner more bytes. It reads them in place: a block must stay as it is. */
  push(block: Uint8Array): void {
    if (this.#at < this.buffer.length) {
      this.#append(block);
    } else {
      this.#base += this.#at;
      this.#at = 0;
      this.buffer = Buffer.from(block.buffer, block.byteOffset, block.length);
    }
    this.#quote = none;
  }

  /** No more bytes will come. */
  finish(): void {
    this.#finished = true;
  }

  /** The record's bytes; of a broken one no more than the first 40,000. */
  bytes(): Buffer {
    if (this.end < this.start) return this.#shown;
    const end = this.broken === undefined ? this.end : Math.min(this.end, this.start + shownBytes);
    return this.buffer.subarray(this.start, end);
  }

  /** Reads on to the end of the next record; false when that takes more bytes, or all are read. */
  read(): boolean {
    if (this.#skipping !== undefined) return this.#skip(this.#skipping);
    if (this.#state !== State.whole) return this.#readQuoted();
    if (this.#seen === 0 && !this.#passEmptyLines()) return false;
    const { buffer } = this;
    const at = this.#at;
    if (this.#quote < at) {
      this.#quote = this.#quotes ? buffer.indexOf(quote, at + this.#seen) : buffer.length;
      if (this.#quote < 0) this.#quote = buffer.length;
    }
    if (this.#quote === at) return this.#readQuoted();
    const eol = buffer.indexOf(this.#eol, at + this.#seen);
    if (this.#quote < (eol < 0 ? buffer.length : eol)) return this.#readQuoted();
    if (eol >= 0) return this.#emit(eol, eol + 1, eol - at > this.#maxBytes ? brokenBecause.tooLong : undefined);
    this.#seen = buffer.length - at;
    if (this.#seen > this.#maxBytes) return this.#break(brokenBecause.tooLong);
    return this.#finished && this.#emit(buffer.length, buffer.length, undefined);
  }

  /** Moves to the first byte of a record; false when there is none yet. */
  #passEmptyLines(): boolean {
    const { buffer } = this;
    const end = buffer.length;
    let at = this.#at;
    while (at < end) {
      const byte = buffer[at];
      if (byte === this.#eol) at += 1;
      else if (byte !== cr) break;
      else if (at + 1 < end) {
        if (buffer[at + 1] !== lf) break;
        at += 2;
      } else {
        // Half of a CRLF, or the last of all bytes.
        if (this.#finished) at = end;
        this.#at = at;
        return false;
      }
      this.nextLine += 1;
    }
    this.#at = at;
    return at < end;
  }

  #readQuoted(): boolean {
    const { buffer } = this;
    const delimiter = this.#delimiter;
    const eol = this.#eol;
    const at = this.#at;
    const cap = at + this.#maxBytes + 1;
    const end = Math.min(buffer.length, cap);
    let state: State = this.#state;
    let i = at + this.#seen;
    if (state === State.whole) {
      state = State.cellStart;
      i = at;
    }
    for (; i < end; i++) {
      let byte = buffer[i];
      if (state === State.cellStart) {
        if (byte === quote) {
          state = State.quoted;
          continue;
        }
        state = State.plain;
      }
      if (state === State.quoted) {
        while (byte !== quote) {
          if (byte === eol) {
            if (this.#firstEol < 0) this.#firstEol = i - at;
            this.#eols += 1;
          }
          if (++i >= end) break;
          byte = buffer[i];
        }
        if (i >= end) break;
        state = State.closed;
      } else if (state === State.plain) {
        while (byte !== delimiter && byte !== eol && byte !== quote) {
          if (++i >= end) break;
          byte = buffer[i];
        }
        if (i >= end) break;
        if (byte === quote) return this.#break(brokenBecause.inCell);
        if (byte === eol) return this.#emit(i, i + 1, undefined);
        state = State.cellStart;
      } else if (byte === eol) {
        return this.#emit(i, i + 1, undefined);
      } else if (state === State.closedCr) {
        return this.#break(brokenBecause.afterQuote);
      } else if (byte === quote) {
        state = State.quoted;
      } else if (byte === delimiter) {
        state = State.cellStart;
      } else if (byte === cr) {
        state = State.closedCr;
      } else {
        return this.#break(brokenBecause.afterQuote);
      }
    }
    this.#state = state;
    this.#seen = end - at;
    const unclosed = state === State.quoted;
    if (end === cap) return this.#break(unclosed ? brokenBecause.unclosed : brokenBecause.tooLong);
    if (!this.#finished) return false;
    return unclosed ? this.#break(brokenBecause.unclosed) : this.#emit(end, end, undefined);
  }

  /** Ends the record at the first line end after its start, where that may be. */
  #break(reason: Reason): boolean {
    const { buffer } = this;
    const at = this.#at;
    const eol = this.#firstEol >= 0 ? at + this.#firstEol : buffer.indexOf(this.#eol, at);
    this.#eols = 0;
    // Of a record that went wrong on a later line its own line shows an open quote, and whoever reads a range that ends there sees no more.
    if (this.#firstEol >= 0) return this.#emit(eol, eol + 1, brokenBecause.unclosed);
    if (eol >= 0) return this.#emit(eol, eol + 1, reason);
    if (this.#finished) return this.#emit(buffer.length, buffer.length, reason);
    this.#skipping = reason;
    this.#skippedFrom = this.#base + at;
    this.#shown = Buffer.from(buffer.subarray(at, at + shownBytes));
    this.#at = buffer.length;
    return false;
  }

  /** Passes over a broken record without keeping it. */
  #skip(reason: Reason): boolean {
    const { buffer } = this;
    const at = this.#at;
    const eol = buffer.indexOf(this.#eol, at);
    const end = eol < 0 ? buffer.length : eol;
    const more = Math.min(end - at, shownBytes - this.#shown.length);
    if (more > 0) this.#shown = Buffer.concat([this.#shown, buffer.subarray(at, at + more)]);
    this.#at = end;
    if (eol < 0 && !this.#finished) return false;
    this.#skipping = undefined;
    this.#emit(end, eol < 0 ? end : eol + 1, reason);
    this.offset = this.#skippedFrom;
    if (this.#shown.at(-1) === cr && this.#eol === lf && this.offset + this.#shown.length === this.#base + end)
      this.#shown = this.#shown.subarray(0, -1);
    // An empty range before the record's end tells `bytes` to give what was kept.
    this.start = end + 1;
    this.end = end;
    return true;
  }

  #emit(end: number, next: number, broken: Reason | undefined): true {
    const at = this.#at;
    this.start = at;
    this.end = this.#eol === lf && end > at && this.buffer[end - 1] === cr ? end - 1 : end;
    this.next = next;
    this.offset = this.#base + at;
    this.nextOffset = this.#base + next;
    this.line = this.nextLine;
    this.nextLine += this.#eols + (next > end ? 1 : 0);
    this.quoted = this.#state !== State.whole || this.#quote < end;
    this.broken = broken;
    this.#at = next;
    this.#seen = 0;
    this.#state = State.whole;
    this.#firstEol = none;
    this.#eols = 0;
    return true;
  }

  /** Room grows twofold, so that blocks of one byte cost no more than others. */
  #append(block: Uint8Array): void {
    const kept = this.buffer.length - this.#at;
    const size = kept + block.length;
    const inPlace = this.buffer.buffer === this.#own.buffer;
    if (!inPlace || this.#at + size > this.#own.length) {
      const room = size * 2 > this.#own.length ? Buffer.allocUnsafeSlow(Math.max(65_536, size * 2)) : this.#own;
      this.buffer.copy(room, 0, this.#at);
      this.#own = room;
      this.#base += this.#at;
      this.#at = 0;
    }
    const end = this.#at + size;
    this.#own.set(block, end - block.length);
    this.buffer = this.#own.subarray(0, end);
  }
}
