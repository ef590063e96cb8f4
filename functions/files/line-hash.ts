// Hashes what a line is about, so that the planner can tell which rows belong together.

/** 64 bits over what a record is about: of an address (`AddressHash`), or of the key in a line. */
export interface RecordHash {
  readonly high: number;
  readonly low: number;
  /** Hashes the unbroken record in bytes [start, end); false when there is nothing worth comparing. */
  read(bytes: Buffer, start: number, end: number, quoted: boolean): boolean;
}

/** Equal keys have equal hashes; rows whose keys only collide are told apart later, by their whole keys. */
export class LineHash implements RecordHash {
  high = 0;
  low = 0;
  readonly #keyOf: (line: string) => string | undefined;
  readonly #seed: readonly [number, number];

  /** `seed` is anything that a sender of files does not know. */
  constructor(keyOf: (line: string) => string | undefined, seed: readonly [number, number]) {
    this.#keyOf = keyOf;
    this.#seed = seed;
  }

  read(bytes: Buffer, start: number, end: number): boolean {
    const key = this.#keyOf(bytes.toString('utf8', start, end));
    if (key === undefined) return false;
    let [a, b] = this.#seed;
    for (let i = 0; i < key.length; i++) {
      const code = key.charCodeAt(i);
      a = Math.imul(a ^ code, 0x01000193);
      b = Math.imul(((b << 5) | (b >>> 27)) ^ code, 0x27220a95);
    }
    a = Math.imul(a ^ (b >>> 15), 0x85ebca6b);
    b = Math.imul(b ^ (a >>> 13), 0xc2b2ae35);
    this.high = (a ^ (a >>> 16)) >>> 0;
    this.low = (b ^ (b >>> 15)) >>> 0;
    return true;
  }
}
