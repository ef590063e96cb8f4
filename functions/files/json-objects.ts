// Several JSON objects on one line, separated by spaces, as some senders write them: each gets a line of its own.

/** A line holds several objects: the file must be rewritten before its lines can be rows. */
export class SeveralOnALine extends Error {
  override readonly name = 'SeveralOnALine';
}

const [lineFeed, carriageReturn, tab, space] = [0x0a, 0x0d, 0x09, 0x20];
const [quote, backslash, open, close] = [0x22, 0x5c, 0x7b, 0x7d];

/** Where in a line the splitter is; only between objects is there anything to do. */
type Place = 'start' | 'object' | 'text' | 'between' | 'other';

/** Turns the white space between two objects of one line into a line end; leaves every other byte as it is. */
class ObjectSplitter {
  /** Whether anything had to be split so far. */
  split = false;
  #place: Place = 'start';
  #depth = 0;
  #escaped = false;
  /** White space behind an object, until it is known what follows. */
  #held: number[] = [];

  /** The next bytes, rewritten. What is held back comes with the next ones, or with `end`. */
  push(bytes: Uint8Array): Buffer {
    const out = Buffer.allocUnsafe(bytes.length + this.#held.length + 1);
    let length = 0;
    for (const byte of bytes) {
      if (this.#place === 'between' && isBlank(byte)) {
        // A run of blanks is as good as one.
        if (this.#held.length === 0) this.#held.push(byte);
        continue;
      }
      if (this.#place === 'between' && byte === open) {
        this.split = true;
        this.#held = [];
        out[length++] = lineFeed;
      }
      for (const blank of this.#held) out[length++] = blank;
      this.#held = [];
      out[length++] = byte;
      this.#step(byte);
    }
    return out.subarray(0, length);
  }

  end(): Buffer {
    return Buffer.from(this.#held);
  }

  #step(byte: number): void {
    if (byte === lineFeed) {
      this.#place = 'start';
      this.#depth = 0;
      this.#escaped = false;
    } else if (this.#place === 'text') {
      if (this.#escaped) this.#escaped = false;
      else if (byte === backslash) this.#escaped = true;
      else if (byte === quote) this.#place = 'object';
    } else if (this.#place === 'object') {
      if (byte === quote) this.#place = 'text';
      else if (byte === open) this.#depth++;
      else if (byte === close && --this.#depth === 0) this.#place = 'between';
    } else if (byte === open && this.#place !== 'other') {
      this.#place = 'object';
      this.#depth = 1;
    } else if (!isBlank(byte)) this.#place = 'other';
  }
}

const isBlank = (byte: number): boolean => byte === space || byte === tab || byte === carriageReturn;

/** Whether the text is several objects one after the other. */
export const holdsSeveral = (text: string): boolean => {
  const splitter = new ObjectSplitter();
  splitter.push(Buffer.from(text));
  return splitter.split;
};

/** The bytes of a file with each object on a line of its own. */
export async function* oneObjectPerLine(bytes: AsyncIterable<Uint8Array>): AsyncGenerator<Uint8Array> {
  const splitter = new ObjectSplitter();
  for await (const block of bytes) yield splitter.push(block);
  yield splitter.end();
}
