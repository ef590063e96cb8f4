// Turns gzip and UTF-16 input into plain UTF-8 bytes, in flat memory.
import { Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import { createGunzip } from 'node:zlib';
import { Reject } from '../jobs/errors.ts';
import { type Sniffed, sniff, sniffBytes } from './sniff.ts';
import { utf8FromUtf16 } from './utf16.ts';

/** 1 GiB: what an input may hold, inflated. */
export const maxInputBytes = 1024 ** 3;
const maxRatio = 200;
// Output comes before the engine has told how much input it took for it; zlib is fed 64 KiB at a time at most.
const ratioSlack = maxRatio * 65_536;

/**
 * The text of an input as UTF-8 bytes. A UTF-8 byte order mark stays, UTF-16 text loses its own; what is no UTF-16
 * becomes a byte that is no UTF-8, so that just its row is rejected.
 * Throws Reject for gzip that is damaged, too dense, or not text inside, and over 1 GiB.
 */
export async function* plainText(bytes: AsyncIterable<Uint8Array>, sniffed: Sniffed): AsyncGenerator<Uint8Array> {
  const inner = sniffed.encoding === 'gzip' ? await sniffInside(inflate(bytes)) : { ...sniffed, bytes };
  if (inner.encoding === 'gzip') throw new Reject('The gzip file holds another gzip file');
  const text = inner.encoding === 'utf-8' ? inner.bytes : utf8FromUtf16(inner.bytes, inner.encoding);
  let total = 0;
  for await (const block of text) {
    total += block.length;
    if (total > maxInputBytes) throw new Reject('The file holds more than 1 GiB of text');
    yield block;
  }
}

const sniffInside = async (
  bytes: AsyncGenerator<Uint8Array>,
): Promise<Sniffed & { bytes: AsyncIterable<Uint8Array> }> => {
  const first: Uint8Array[] = [];
  let size = 0;
  while (size < sniffBytes) {
    const { value, done } = await bytes.next();
    if (done) break;
    first.push(value);
    size += value.length;
  }
  const head = Buffer.concat(first);
  async function* all() {
    try {
      if (head.length > 0) yield head;
      yield* bytes;
    } finally {
      // Left at its first block, it would not pass the leaving on.
      await bytes.return(undefined);
    }
  }
  try {
    return { ...sniff(head), bytes: all() };
  } catch (error) {
    await bytes.return(undefined);
    throw error;
  }
};

async function* inflate(bytes: AsyncIterable<Uint8Array>): AsyncGenerator<Uint8Array> {
  const gunzip = createGunzip({ chunkSize: 65_536 });
  const source = { size: 0, error: undefined as unknown };
  const fed = pipeline(Readable.from(slices(bytes, source), { objectMode: true, highWaterMark: 1 }), gunzip);
  fed.catch(() => {});
  let size = 0;
  try {
    for await (const block of gunzip as AsyncIterable<Buffer>) {
      size += block.length;
      if (size > maxInputBytes) throw new Reject('The gzip file holds more than 1 GiB of text');
      if (size > maxRatio * gunzip.bytesWritten + ratioSlack) throw tooDense();
      yield block;
    }
    await fed;
  } catch (error) {
    throw source.error ?? explain(error);
  }
  // The engine takes zero bytes behind the last member for padding, and stops without a word.
  if (source.size !== gunzip.bytesWritten) throw new Reject('The gzip file has other bytes behind its end');
  if (size > maxRatio * source.size) throw tooDense();
}

const tooDense = (): Reject => new Reject('The gzip file inflates to more than 200 times its size');

/** Passes bytes on in slices of 64 KiB at most; keeps count, and the error of the source apart from those of the engine. */
async function* slices(bytes: AsyncIterable<Uint8Array>, source: { size: number; error: unknown }) {
  try {
    for await (const block of bytes) {
      source.size += block.length;
      for (let at = 0; at < block.length; at += 65_536) yield block.subarray(at, at + 65_536);
    }
  } catch (error) {
    source.error = error;
    throw error;
  }
}

const explain = (error: unknown): unknown => {
  const { code, message } = error as { code?: string; message?: string };
  if (code === 'Z_BUF_ERROR') return new Reject('The gzip file is cut short');
  if (code === 'ERR_STREAM_PREMATURE_CLOSE') return new Reject('The gzip file has other bytes behind its end');
  if (code !== 'Z_DATA_ERROR') return error;
  if (message === 'incorrect header check')
    return new Reject('The gzip file has other bytes behind its end, or is damaged');
  if (message?.includes('check')) return new Reject('The gzip file is damaged: its checksum is wrong');
  return new Reject('The gzip file is damaged');
};
