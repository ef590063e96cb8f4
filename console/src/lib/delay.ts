// How long a page waits between two looks.

/** Milliseconds. */
export const shortest = 1000;
const longest = 15_000;

/** The wait before the next look. */
export const nextDelay = (before: number, moves: boolean): number =>
  moves ? shortest : Math.min(longest, before * 1.5);
