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
 * Collect with `add`, then `settle` once, then ask `has`. Hashes are kept in 256 buckets by their first byte; settling sorts
 * one bucket at a time and keeps of it only what comes more than once. Unlike a hash table this never copies what it has
 * in order to grow, and `add` writes to memory in order.
 */
export class Repeats {
  readonly #blocks = new Blocks();
  readonly #buckets: (Bucket | undefined)[] = new Array(buckets).fill(undefined);
  /** Of each bucket the pairs (low, high) that come more than once, in order. */
  #found: Uint32Array[] = [];
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
    // The lower half first: as little-endian machines keep 64 bits, and sort them.
    bucket.open[bucket.used++] = low;
    bucket.open[bucket.used++] = high;
  }

  settle(): void {
    let scratch = new BigUint64Array(0);
    for (const [index, bucket] of this.#buckets.entries()) {
      if (!bucket) continue;
      const size = bucket.full.length * blockSize + bucket.used / 2;
      if (size > scratch.length) scratch = new BigUint64Array(Math.ceil(size * 1.25));
      this.#found[index] = this.#repeatsOf(bucket, scratch.subarray(0, size));
      this.#buckets[index] = undefined;
    }
    this.#blocks.free();
  }

  has(high: number, low: number): boolean {
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

  /** The pairs (low, high) that come more than once in a bucket, each once. */
  #repeatsOf({ full, open, used }: Bucket, sorted: BigUint64Array<ArrayBuffer>): Uint32Array {
    const words = new Uint32Array(sorted.buffer, 0, sorted.length * 2);
    for (const [index, block] of full.entries()) words.set(block, index * blockSize * 2);
    words.set(open.subarray(0, used), full.length * blockSize * 2);
    sorted.sort();
    let kept = 0;
    let run = 1;
    for (let at = 2; at <= words.length; at += 2) {
      if (at < words.length && words[at] === words[at - 2] && words[at + 1] === words[at - 1]) {
        run++;
        continue;
      }
      if (run > 1) {
        // What was read is overwritten: runs are at least two long, so this stays behind.
        words[kept] = words[at - 2] ?? 0;
        words[kept + 1] = words[at - 1] ?? 0;
        kept += 2;
        this.rows += run;
      }
      run = 1;
    }
    return words.slice(0, kept);
  }
}
