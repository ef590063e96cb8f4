// The numbers by which the engine cuts and paces work.

/** The engine's numbers: the same everywhere but in tests, which make small jobs large. */
export interface Tuning {
  /** Where a chunk ends: rows or bytes, whichever comes first. */
  chunkRows: number;
  chunkBytes: number;
  /** Jobs of fewer rows are planned and run in one invocation. */
  inlineRows: number;
  /** At most so many chunks of a job are outstanding, so that other clients' jobs never wait behind a large one. */
  window: number;
  /** Milliseconds between two looks of a worker at its job. */
  lookEvery: number;
  /** GB of memory that a function is paid for; 0 on one machine. */
  memoryGb: number;
}

export const defaultTuning: Tuning = {
  chunkRows: 10_000,
  chunkBytes: 2 * 1024 ** 2,
  inlineRows: 20_000,
  window: 8,
  lookEvery: 100,
  memoryGb: 0,
};
