// How work over the user base is cut: into slices of neighbouring shards.
import type { Slice } from './define.ts';
import { shardCount } from './profile.ts';

/** `count` slices of the base, a power of two. */
const slicesOf = (count: number): Slice[] => {
  const width = shardCount / count;
  return Array.from({ length: count }, (_, index) => ({ from: index * width, to: (index + 1) * width }));
};

/** A few people in one slice, which runs at once; others in slices of 50,000 to 100,000. */
export const slicesFor = (people: number): Slice[] => {
  let count = people < 20_000 ? 1 : 2;
  while (count < 64 && people / count > 100_000) count *= 2;
  return slicesOf(count);
};

/** The whole base, of which nobody knows how large it is. */
export const slicesOfAll = (): Slice[] => slicesOf(16);
