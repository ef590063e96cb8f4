// The log of purchases in order of time: the parts of each day are read side by side and merged, so that memory stays flat.
import type { ClientId, Millis } from '../job.ts';
import type { Ports, StoredRecord } from '../ports.ts';
import { dayPart, dayShards, idAt, type Purchase, placeOf, purchaseOf, recordKeyOf } from './purchase.ts';

const dayLength = 24 * 3600_000;
/** Purchases that are read at once. */
const readAtOnce = 1000;

/** The client's purchases made in [start, end), in order of time, in batches. */
export async function* purchasesBetween(
  { records }: Pick<Ports, 'records'>,
  client: ClientId,
  start: Millis,
  end: Millis,
): AsyncGenerator<Purchase[]> {
  const bounds = { from: new Date(start).toISOString(), to: new Date(end).toISOString() };
  for (let at = Math.floor(start / dayLength) * dayLength; at < end; at += dayLength) {
    const day = new Date(at).toISOString().slice(0, 10);
    const parts = Array.from({ length: dayShards }, (_, shard) =>
      records.range(client, 'purchases', dayPart(day, shard), bounds),
    );
    for await (const places of merged(parts))
      for (let from = 0; from < places.length; from += readAtOnce)
        yield await purchasesAt(records, client, places.slice(from, from + readAtOnce));
  }
}

/** What lies at these places now: an index may lead to what was moved or never came. */
const purchasesAt = async (records: Ports['records'], client: ClientId, places: string[]): Promise<Purchase[]> => {
  const keys = places.map((place) => recordKeyOf(idAt(place)));
  const found = new Map<string, Purchase>();
  for (const { value } of await records.read(client, 'purchases', keys)) {
    const purchase = purchaseOf(value);
    if (!purchase.incomplete) found.set(placeOf(purchase.time, purchase.id), purchase);
  }
  return places.flatMap((place) => found.get(place) ?? []);
};

/** The sort keys of several ranges as one range. Holds a page of each. */
async function* merged(ranges: readonly AsyncIterable<StoredRecord[]>[]): AsyncGenerator<string[]> {
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
