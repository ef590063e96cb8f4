// The set of accounted chunks as a bitmap: 4,000 chunks in 500 bytes.

/** Bit i of byte i >> 3 is chunk i. */
export const packDone = (done: readonly number[]): Uint8Array => {
  const bits = new Uint8Array(done.length === 0 ? 0 : (Math.max(...done) >> 3) + 1);
  for (const chunk of done) bits[chunk >> 3] = (bits[chunk >> 3] ?? 0) | (1 << (chunk & 7));
  return bits;
};

/** The chunk numbers in ascending order. */
export const unpackDone = (bits: Uint8Array): number[] => {
  const done: number[] = [];
  for (const [i, byte] of bits.entries())
    for (let bit = 0; bit < 8; bit++) if ((byte >> bit) & 1) done.push(i * 8 + bit);
  return done;
};
