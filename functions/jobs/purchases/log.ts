// The log of purchases in order of time: the parts of each day are read side by side and merged, so that memory stays flat.
import type { ClientId, Millis } from '../job.ts';
import type { Ports } from '../ports.ts';
import { mergedRanges } from '../rows/merged-ranges.ts';
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
    for await (const places of mergedRanges(parts))
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
