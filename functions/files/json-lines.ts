// JSON as people send it in bulk, made into lines: an array of objects, an object around one, objects one after another, or lines already.
import { Buffer } from 'node:buffer';
import { Reject } from '../jobs/errors.ts';

const quote = 0x22;
const backslash = 0x5c;
const open = new Set([0x7b, 0x5b]);
const close = new Set([0x7d, 0x5d]);
const braceOpen = 0x7b;
const bracketOpen = 0x5b;
const comma = 0x2c;
const lineFeed = 0x0a;

const isSpace = (byte: number): boolean => byte === 0x20 || (byte >= 0x09 && byte <= 0x0d);

/** Bytes of the longest value; a row may not be longer. */
const maxValueBytes = 1024 ** 2;
const headBytes = 1024;
/** Bytes that are gathered before they go on their way. */
const blockBytes = 64 * 1024;

/**
 * Every object of the input as a line of its own, in their order, in flat memory. The objects may be the elements of an array,
 * of the array under one of the names `wrappers` in an object, or stand one after another with white space or commas between
 * them. Only the outermost structure is looked at: whoever reads a line says what is wrong inside of it.
 * Throws Reject when the input is none of these.
 */
export async function* jsonLines(
  bytes: AsyncIterable<Uint8Array>,
  wrappers: readonly string[] = [],
): AsyncGenerator<Uint8Array> {
  const splitter = new Splitter(wrappers);
  let out: Buffer[] = [];
  let size = 0;
  for await (const block of withHead(bytes)) {
    for (const value of splitter.push(block)) {
      out.push(value, newline);
      size += value.length + 1;
      if (size < blockBytes) continue;
      yield Buffer.concat(out);
      out = [];
      size = 0;
    }
  }
  splitter.finish();
  if (out.length > 0) yield Buffer.concat(out);
}

/** The blocks, of which the first shows how the input begins: it has 1 KiB behind leading white space, unless there is no more. */
async function* withHead(bytes: AsyncIterable<Uint8Array>): AsyncGenerator<Uint8Array> {
  let head: Buffer | undefined = Buffer.alloc(0);
  for await (const block of bytes) {
    if (!head) {
      yield block;
      continue;
    }
    head = beginningOf(Buffer.concat([head, block]));
    if (head.length < headBytes) continue;
    yield head;
    head = undefined;
  }
  if (head && head.length > 0) yield head;
}

/** What follows byte order mark and white space. */
const beginningOf = (head: Buffer): Buffer => {
  let at = head[0] === 0xef && head[1] === 0xbb && head[2] === 0xbf ? 3 : 0;
  while (at < head.length && isSpace(head[at] as number)) at++;
  return head.subarray(at);
};

const newline = Buffer.from('\n');
const notJson = (): Reject =>
  new Reject('The file is not JSON: accepted are an array of objects, and one object per line');

class Splitter {
  readonly #wrappers: readonly string[];
  /** Bytes of the value that is being read. */
  #held: Buffer = Buffer.alloc(0);
  /** Brackets that are open inside of it. */
  #depth = 0;
  #inText = false;
  #escaped = false;
  /** What surrounds the values: nothing, an array, or an object whose array was found. */
  #inside: 'nothing' | 'array' | 'wrapper' = 'nothing';
  #began = false;
  #over = false;

  constructor(wrappers: readonly string[]) {
    this.#wrappers = wrappers;
  }

  *push(block: Uint8Array): Generator<Buffer> {
    // What an object says behind its array is nobody's business.
    if (this.#over && this.#inside === 'wrapper') return;
    const bytes =
      this.#held.length > 0
        ? Buffer.concat([this.#held, block])
        : Buffer.from(block.buffer, block.byteOffset, block.length);
    let start = 0;
    let at = this.#held.length;
    if (!this.#began) {
      start = this.#begin(bytes);
      at = start;
    }
    for (; at < bytes.length; at++) {
      const byte = bytes[at] as number;
      if (this.#inText) {
        if (this.#escaped) this.#escaped = false;
        else if (byte === backslash) this.#escaped = true;
        else if (byte === quote) this.#inText = false;
        continue;
      }
      if (this.#depth === 0) {
        if (isSpace(byte) || byte === comma) {
          start = at + 1;
          continue;
        }
        if (this.#inside !== 'nothing' && close.has(byte)) {
          this.#over = true;
          start = at + 1;
          if (this.#inside === 'wrapper') break;
          continue;
        }
        if (byte !== braceOpen || this.#over) throw notJson();
        start = at;
      }
      if (byte === quote) this.#inText = true;
      else if (open.has(byte)) this.#depth++;
      else if (close.has(byte) && --this.#depth === 0) {
        yield oneLine(bytes.subarray(start, at + 1));
        start = at + 1;
      }
    }
    this.#keep(bytes, this.#over ? bytes.length : start);
  }

  finish(): void {
    if (this.#depth > 0 || this.#inText) throw notJson();
    if (this.#inside !== 'nothing' && !this.#over) throw notJson();
  }

  /** Where the first value may begin. */
  #begin(head: Buffer): number {
    if (head[0] === bracketOpen) return this.#enter('array', 1);
    const wrapper = /^\{\s*"([^"\\]{1,64})"\s*:\s*\[/.exec(head.toString('latin1', 0, headBytes));
    if (wrapper && this.#wrappers.includes(wrapper[1] ?? '')) return this.#enter('wrapper', wrapper[0].length);
    return this.#enter('nothing', 0);
  }

  #enter(inside: 'nothing' | 'array' | 'wrapper', at: number): number {
    this.#inside = inside;
    this.#began = true;
    return at;
  }

  #keep(bytes: Buffer, start: number): void {
    this.#held = Buffer.from(bytes.subarray(start));
    if (this.#held.length > maxValueBytes) throw new Reject('The file has an object that is longer than 1 MiB');
  }
}

/** A value without line breaks: outside of texts they are white space, inside JSON allows none. */
const oneLine = (value: Buffer): Buffer =>
  value.includes(lineFeed) || value.includes(0x0d)
    ? Buffer.from(value.map((byte) => (byte === lineFeed || byte === 0x0d ? 0x20 : byte)))
    : Buffer.from(value);
