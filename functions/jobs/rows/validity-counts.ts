// What jobs over JSON lines tell of their lines, under the keys that their documents name.
import type { JobResult } from '../define.ts';
import { appliedRows, type Counts } from '../job.ts';

/** How many lines could not be used, and how many were. */
export const validityCounts = (counts: Counts): JobResult => ({
  invalid_count: counts.rejected ?? 0,
  successful_count: appliedRows(counts),
});
