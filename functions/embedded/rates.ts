// Calls counted in the memory of the one process that answers requests.
import type { Rates } from '../jobs/ports.ts';

/** Seconds for which a window is kept after its end: clocks of callers may differ a little, nothing older is asked for. */
const keptSeconds = 5;

interface Window {
  end: number;
  counts: Map<string, number>;
}

export const embeddedRates = (): Rates => {
  const windows = new Map<string, Window>();
  const nameOf = (second: number, seconds: number) => `${second - (second % seconds)} ${seconds}`;
  const open = (second: number, seconds: number): Window => {
    const name = nameOf(second, seconds);
    const known = windows.get(name);
    if (known) return known;
    for (const [old, { end }] of windows) if (end + keptSeconds < second) windows.delete(old);
    const made = { end: second - (second % seconds) + seconds, counts: new Map<string, number>() };
    windows.set(name, made);
    return made;
  };
  return {
    async hit(bucket, second, seconds = 1) {
      const { counts } = open(second, seconds);
      const calls = (counts.get(bucket) ?? 0) + 1;
      counts.set(bucket, calls);
      return calls;
    },
    async seen(bucket, second, seconds = 1) {
      return windows.get(nameOf(second, seconds))?.counts.get(bucket) ?? 0;
    },
  };
};
