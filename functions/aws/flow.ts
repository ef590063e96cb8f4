// Many requests at once, but not too many; answers in order; waiting between tries.
import { setTimeout as wait } from 'node:timers/promises';

export { inFlight } from '../jobs/in-flight.ts';

/** The answers in the order of the items, up to `width` of them asked for ahead of the reader. */
export async function* inOrder<T, R>(
  items: AsyncIterable<T> | Iterable<T>,
  width: number,
  work: (item: T) => Promise<R>,
): AsyncGenerator<R> {
  let waiting: Promise<R>[] = [];
  for await (const item of items) {
    const answer = work(item);
    // A failure shows when its turn comes; one behind a reader that stopped early is nobody's business.
    answer.catch(() => undefined);
    waiting.push(answer);
    if (waiting.length < width) continue;
    const [first, ...others] = waiting as [Promise<R>, ...Promise<R>[]];
    waiting = others;
    yield await first;
  }
  for (const answer of waiting) yield await answer;
}

/** Groups of `size`, the last one smaller. */
export const chunked = <T>(items: readonly T[], size: number): T[][] =>
  Array.from({ length: Math.ceil(items.length / size) }, (_, i) => items.slice(i * size, (i + 1) * size));

/** Waits before try number `attempt` (from 1): twice as long each time, at most 5 s, half of it by chance. */
export const backoff = (attempt: number): Promise<void> => {
  const full = Math.min(5_000, 50 * 2 ** (attempt - 1));
  return wait(full / 2 + Math.random() * (full / 2));
};
