// Turns text that is written in other ways into UTF-8 with double quotes, block by block.

/** ISO 8859-1 has one byte for each of its characters, so that blocks may be cut anywhere. */
export async function* utf8FromLatin1(bytes: AsyncIterable<Uint8Array>): AsyncGenerator<Uint8Array> {
  for await (const block of bytes)
    yield Buffer.from(Buffer.from(block.buffer, block.byteOffset, block.length).toString('latin1'));
}

const doubleQuote = 0x22;
const singleQuote = 0x27;
const lf = 0x0a;
const cr = 0x0d;
const State = { start: 0, plain: 1, quoted: 2, closed: 3 } as const;
type State = (typeof State)[keyof typeof State];

/**
 * CSV whose cells are enclosed in single quotes, with double ones: every cell that is not empty is enclosed, so that double
 * quotes may stand in it. What stands behind a closing quote stays there, and makes the row a broken one.
 */
export async function* enclosedAnew(bytes: AsyncIterable<Uint8Array>, delimiter: string): AsyncGenerator<Uint8Array> {
  const separator = delimiter.charCodeAt(0);
  let state: State = State.start;
  for await (const block of bytes) {
    // A cell of one double quote becomes four bytes: none grows more.
    const out = Buffer.allocUnsafe(block.length * 4);
    let at = 0;
    for (const byte of block) {
      const ends = byte === separator || byte === lf || byte === cr;
      if (state === State.quoted) {
        if (byte === singleQuote) state = State.closed;
        else {
          out[at++] = byte;
          if (byte === doubleQuote) out[at++] = byte;
        }
        continue;
      }
      if (state === State.closed && byte === singleQuote) {
        out[at++] = byte;
        state = State.quoted;
        continue;
      }
      if (ends) {
        if (state !== State.start) out[at++] = doubleQuote;
        out[at++] = byte;
        state = State.start;
        continue;
      }
      if (state === State.start) {
        out[at++] = doubleQuote;
        state = byte === singleQuote ? State.quoted : State.plain;
        if (state === State.quoted) continue;
      } else if (state === State.closed) {
        out[at++] = doubleQuote;
        out[at++] = byte;
        // Broken: the scanner sees text behind a closing quote, and so it goes on to the end of the cell.
        state = State.plain;
        continue;
      }
      out[at++] = byte;
      if (byte === doubleQuote) out[at++] = byte;
    }
    if (at > 0) yield out.subarray(0, at);
  }
  if (state === State.plain || state === State.closed) yield Buffer.from('"');
}
