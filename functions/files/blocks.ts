// Drives the scanner over a stream.
import type { Format } from './rows.ts';
import { RecordScanner } from './scan.ts';

/** Where reading starts. */
export interface Place {
  line: number;
  /** Offset of the stream's first byte in the whole text. */
  offset?: number;
  /** Bytes of the stream to pass over first. */
  skip?: number;
}

/** Gives the scanner block by block: read it until it is false each time. */
export async function* scanBlocks(
  bytes: AsyncIterable<Uint8Array> | Iterable<Uint8Array>,
  format: Format,
  { line, offset = 0, skip = 0 }: Place,
): AsyncGenerator<RecordScanner> {
  const scanner = new RecordScanner(format, line, offset + skip);
  let left = skip;
  for await (const block of bytes) {
    const passed = Math.min(left, block.length);
    left -= passed;
    if (passed === block.length) continue;
    scanner.push(passed > 0 ? block.subarray(passed) : block);
    yield scanner;
  }
  scanner.finish();
  yield scanner;
}
