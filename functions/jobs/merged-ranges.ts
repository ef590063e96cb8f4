// Several ranges of records as one: what is spread over parts comes back in its order, and memory stays flat.
import type { StoredRecord } from './ports.ts';

/** The sort keys of several ranges as one range. Holds a page of each. */
export async function* mergedSorts(ranges: readonly AsyncIterable<StoredRecord[]>[]): AsyncGenerator<string[]> {
  const readers = ranges.map((range) => ({ pages: range[Symbol.asyncIterator](), page: [] as string[] }));
  let open = readers;
  for (;;) {
    await Promise.all(
      open.map(async (reader) => {
        if (reader.page.length > 0) return;
        const next = await reader.pages.next();
        if (!next.done) reader.page = next.value.map(({ sort }) => sort);
      }),
    );
    open = open.filter(({ page }) => page.length > 0);
    // Up to here nothing more can come from behind any page.
    const [bound] = open.map(({ page }) => page.at(-1) as string).sort();
    if (bound === undefined) return;
    const places: string[] = [];
    for (const reader of open) {
      const count = countUpTo(reader.page, bound);
      places.push(...reader.page.slice(0, count));
      reader.page = reader.page.slice(count);
    }
    yield places.sort();
  }
}

/** How many of the sorted texts are at most `bound`. */
const countUpTo = (texts: readonly string[], bound: string): number => {
  let [low, high] = [0, texts.length];
  while (low < high) {
    const middle = (low + high) >> 1;
    if ((texts[middle] as string) <= bound) low = middle + 1;
    else high = middle;
  }
  return low;
};
