// Finds which of millions of 64-bit hashes come more than once, in about 8 bytes each.

/** Hashes per block of memory. */
const blockSize = 1024;
const buckets = 256;

interface Bucket {
  full: Uint32Array<ArrayBuffer>[];
  open: Uint32Array<ArrayBuffer>;
  used: number;
}

/**
 * Collect with `add`, then `settle` once, then ask `has`. Hashes are kept in 256 buckets by their first byte; settling sorts
 * one bucket at a time and keeps of it only what comes more than once. Unlike a hash table this never copies what it has
 * in order to grow, and `add` writes to memory in order.
 */
export class Repeats {
  readonly #buckets: (Bucket | undefined)[] = new Array(buckets).fill(undefined);
  #table = new Uint32Array(2);
  /** How many of the hashes added come more than once, every coming counted. Known after `settle`. */
  rows = 0;

  /** `low` is not 0. */
  add(high: number, low: number): void {
    let bucket = this.#buckets[high >>> 24];
    if (bucket === undefined) {
      bucket = { full: [], open: new Uint32Array(blockSize * 2), used: 0 };
      this.#buckets[high >>> 24] = bucket;
    } else if (bucket.used === blockSize * 2) {
      bucket.full.push(bucket.open);
      bucket.open = new Uint32Array(blockSize * 2);
      bucket.used = 0;
    }
    bucket.open[bucket.used++] = low;
    bucket.open[bucket.used++] = high;
  }

  settle(): void {
    const found: Uint32Array[] = [];
    let scratch = new BigUint64Array(0);
    for (const [index, bucket] of this.#buckets.entries()) {
      if (!bucket) continue;
      const size = bucket.full.length * blockSize + bucket.used / 2;
      if (size > scratch.length) scratch = new BigUint64Array(Math.ceil(size * 1.25));
      found.push(this.#repeatsOf(bucket, scratch.subarray(0, size)));
      this.#buckets[index] = undefined;
    }
    this.#index(found);
  }

  has(high: number, low: number): boolean {
    const table = this.#table;
    const mask = table.length - 2;
    for (let at = (high * 2) & mask; table[at] !== 0; at = (at + 2) & mask)
      if (table[at] === low && table[at + 1] === high) return true;
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

  /** Open addressing, at most half full. */
  #index(found: readonly Uint32Array[]): void {
    const size = found.reduce((sum, pairs) => sum + pairs.length / 2, 0);
    const table = new Uint32Array(2 ** Math.ceil(Math.log2(size + 1) + 1) * 2);
    const mask = table.length - 2;
    for (const pairs of found) {
      for (let from = 0; from < pairs.length; from += 2) {
        const high = pairs[from + 1] ?? 0;
        let at = (high * 2) & mask;
        while (table[at] !== 0) at = (at + 2) & mask;
        table[at] = pairs[from] ?? 0;
        table[at + 1] = high;
      }
    }
    this.#table = table;
  }
}
