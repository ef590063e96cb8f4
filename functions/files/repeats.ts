// Finds which of millions of 64-bit hashes come more than once, in about 8 bytes each.

/** Hashes per block of memory. */
const blockSize = 1024;
const hashBytes = 8;
/** Blocks that are asked for together. */
const slabBlocks = 128;
const buckets = 256;

interface Bucket {
  full: Uint32Array<ArrayBuffer>[];
  open: Uint32Array<ArrayBuffer>;
  used: number;
}

/**
 * Blocks out of larger pieces, which go back to the system the moment they are freed: resizable buffers have pages of their
 * own. Ordinary ones wait for the garbage collector, and what it frees stays with the process.
 */
class Blocks {
  readonly #slabs: ArrayBuffer[] = [];
  #used = slabBlocks;

  next(): Uint32Array<ArrayBuffer> {
    if (this.#used === slabBlocks) {
      const bytes = slabBlocks * blockSize * hashBytes;
      this.#slabs.push(new ArrayBuffer(bytes, { maxByteLength: bytes }));
      this.#used = 0;
    }
    return new Uint32Array(this.#slabs.at(-1) as ArrayBuffer, this.#used++ * blockSize * hashBytes, blockSize * 2);
  }

  /** No block may be used afterwards. */
  free(): void {
    for (const slab of this.#slabs.splice(0)) slab.resize(0);
    this.#used = slabBlocks;
  }
}

/**
 * Collect with `add`, then `settle` once, then ask `has`. Hashes are kept in 256 buckets by their first byte; settling puts
 * one bucket at a time into a small hash table and keeps of it only what comes more than once. Unlike one large table this never
 * copies what it has in order to grow, and `add` writes to memory in order.
 */
export class Repeats {
  readonly #blocks = new Blocks();
  readonly #buckets: (Bucket | undefined)[] = new Array(buckets).fill(undefined);
  /** Of each bucket the pairs (low, high) that come more than once, in order. */
  #found: Uint32Array[] = [];
  /** A bit for each of the found by its low half, among sixteen times as many: most of the others are told by it alone. */
  #bits = new Uint8Array(1);
  #bitMask = 0;
  /** How many of the hashes added come more than once, every coming counted. Known after `settle`. */
  rows = 0;

  add(high: number, low: number): void {
    let bucket = this.#buckets[high >>> 24];
    if (bucket === undefined) {
      bucket = { full: [], open: this.#blocks.next(), used: 0 };
      this.#buckets[high >>> 24] = bucket;
    } else if (bucket.used === blockSize * 2) {
      bucket.full.push(bucket.open);
      bucket.open = this.#blocks.next();
      bucket.used = 0;
    }
    bucket.open[bucket.used++] = low;
    bucket.open[bucket.used++] = high;
  }

  settle(): void {
    let room: Room = { words: new Uint32Array(0), slots: new Int32Array(0), mask: 0 };
    for (const [index, bucket] of this.#buckets.entries()) {
      if (!bucket) continue;
      const size = bucket.full.length * blockSize + bucket.used / 2;
      room = roomFor(size, room);
      this.#found[index] = this.#repeatsOf(bucket, room);
      this.#buckets[index] = undefined;
    }
    this.#blocks.free();
    this.#markBits();
  }

  #markBits(): void {
    let found = 0;
    for (const pairs of this.#found) found += (pairs?.length ?? 0) / 2;
    let bits = 8;
    while (bits < found * 16) bits *= 2;
    this.#bits = new Uint8Array(bits / 8);
    this.#bitMask = bits - 1;
    for (const pairs of this.#found)
      for (let at = 0; at < (pairs?.length ?? 0); at += 2) {
        const bit = (pairs?.[at] ?? 0) & this.#bitMask;
        this.#bits[bit >>> 3] = (this.#bits[bit >>> 3] ?? 0) | (1 << (bit & 7));
      }
  }

  has(high: number, low: number): boolean {
    const bit = low & this.#bitMask;
    if ((((this.#bits[bit >>> 3] ?? 0) >>> (bit & 7)) & 1) === 0) return false;
    const pairs = this.#found[high >>> 24];
    if (pairs === undefined) return false;
    let from = 0;
    let to = pairs.length >>> 1;
    while (from < to) {
      const middle = (from + to) >>> 1;
      const foundHigh = pairs[middle * 2 + 1] ?? 0;
      const foundLow = pairs[middle * 2] ?? 0;
      if (foundHigh === high && foundLow === low) return true;
      if (foundHigh < high || (foundHigh === high && foundLow < low)) from = middle + 1;
      else to = middle;
    }
    return false;
  }

  /** The pairs (low, high) that come more than once in a bucket, each once, in order. */
  #repeatsOf({ full, open, used }: Bucket, room: Room): Uint32Array {
    const { words, slots, mask } = room;
    for (const [index, block] of full.entries()) words.set(block, index * blockSize * 2);
    words.set(open.subarray(0, used), full.length * blockSize * 2);
    const end = full.length * blockSize * 2 + used;
    const found: number[] = [];
    slots.fill(0, 0, mask + 1);
    for (let at = 0; at < end; at += 2) {
      const low = words[at] ?? 0;
      const high = words[at + 1] ?? 0;
      let slot = low & mask;
      // A slot holds where its pair stands, from 1; negative once the pair came again.
      let first = slots[slot] ?? 0;
      while (first !== 0) {
        const seen = Math.abs(first) - 1;
        if (words[seen] === low && words[seen + 1] === high) break;
        slot = (slot + 1) & mask;
        first = slots[slot] ?? 0;
      }
      if (first === 0) slots[slot] = at + 1;
      else if (first < 0) this.rows += 1;
      else {
        slots[slot] = -first;
        found.push(low, high);
        this.rows += 2;
      }
    }
    // As little-endian machines keep 64 bits: the lower half first.
    const pairs = Uint32Array.from(found);
    new BigUint64Array(pairs.buffer).sort();
    return pairs;
  }
}

/** What settling needs for one bucket at a time: its pairs, and a hash table of twice as many slots. */
interface Room {
  words: Uint32Array<ArrayBuffer>;
  slots: Int32Array<ArrayBuffer>;
  mask: number;
}

const roomFor = (size: number, room: Room): Room => {
  let slots = 2;
  while (slots < size * 2) slots *= 2;
  return {
    words: size * 2 > room.words.length ? new Uint32Array(Math.ceil(size * 2.5)) : room.words,
    slots: slots > room.slots.length ? new Int32Array(slots) : room.slots,
    mask: slots - 1,
  };
};
