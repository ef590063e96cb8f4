// Calls per second, counted in the memory of the one process that answers requests.
import type { Rates } from '../jobs/ports.ts';

/** Seconds that are kept: clocks of callers may differ a little, nothing older is asked for. */
const keptSeconds = 5;

export const embeddedRates = (): Rates => {
  const seconds = new Map<number, Map<string, number>>();
  return {
    async hit(bucket, second) {
      let counts = seconds.get(second);
      if (!counts) {
        counts = new Map();
        seconds.set(second, counts);
        for (const old of seconds.keys()) if (seconds.size > keptSeconds && old !== second) seconds.delete(old);
      }
      const calls = (counts.get(bucket) ?? 0) + 1;
      counts.set(bucket, calls);
      return calls;
    },
  };
};
