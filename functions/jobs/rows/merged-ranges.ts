// Several ranges of records read side by side, as one range in order: what was spread over partitions comes together again.
import type { StoredRecord } from '../ports.ts';

/** The sort keys of the ranges, which are all ascending or all descending, in that order, in batches. Holds a page of each. */
export async function* mergedRanges(
  ranges: readonly AsyncIterable<StoredRecord[]>[],
  { descending = false } = {},
): AsyncGenerator<string[]> {
  const comesFirst = descending
    ? (one: string, other: string) => one > other
    : (one: string, other: string) => one < other;
  const order = (one: string, other: string): number => (comesFirst(one, other) ? -1 : 1);
  let open = ranges.map((range) => ({ pages: range[Symbol.asyncIterator](), page: [] as string[] }));
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
    const [bound] = open.map(({ page }) => page.at(-1) as string).sort(order);
    if (bound === undefined) return;
    const keys: string[] = [];
    for (const reader of open) {
      const behind = reader.page.findIndex((key) => comesFirst(bound, key));
      const count = behind < 0 ? reader.page.length : behind;
      keys.push(...reader.page.slice(0, count));
      reader.page = reader.page.slice(count);
    }
    yield keys.sort(order);
  }
}
