// Records with their line numbers, in a form in which any bytes survive: line and length (4 bytes each, big-endian), then the record.

const prefix = 8;

/** A record of a file, its line end included if it has one. */
export interface NumberedRecord {
  line: number;
  record: Buffer;
}

export const writeNumbered = (line: number, record: Uint8Array): Buffer => {
  const bytes = Buffer.allocUnsafe(prefix + record.length);
  bytes.writeUInt32BE(line, 0);
  bytes.writeUInt32BE(record.length, 4);
  bytes.set(record, prefix);
  return bytes;
};

/** Reads back what `writeNumbered` wrote, one after another, cut into any blocks. Throws Error when the end is missing. */
export async function* readNumbered(
  bytes: AsyncIterable<Uint8Array> | Iterable<Uint8Array>,
): AsyncGenerator<NumberedRecord> {
  let rest: Buffer = Buffer.alloc(0);
  let waiting: Uint8Array[] = [];
  let size = 0;
  let needed = prefix;
  for await (const block of bytes) {
    waiting.push(block);
    size += block.length;
    if (size < needed) continue;
    rest = Buffer.concat(waiting);
    let at = 0;
    for (;;) {
      needed = prefix;
      if (rest.length - at < needed) break;
      needed += rest.readUInt32BE(at + 4);
      if (rest.length - at < needed) break;
      yield { line: rest.readUInt32BE(at), record: rest.subarray(at + prefix, at + needed) };
      at += needed;
    }
    waiting = [rest.subarray(at)];
    size = rest.length - at;
  }
  if (size > 0) throw new Error('numbered records end in the middle of one');
}
