// Finds content: by URL, by SKU, or the last that was published.
import type { Client, Ports } from '../ports.ts';
import { mergedRanges } from '../rows/merged-ranges.ts';
import {
  type Content,
  contentIdOf,
  contentOf,
  idAt,
  isDeleted,
  monthPart,
  monthShards,
  monthsPart,
  placeOf,
  skuKey,
} from './content.ts';
import { readContents } from './save.ts';

type Library = { ports: Pick<Ports, 'records'>; client: Client };

const table = 'content';
/** Content that is read at once. */
const readAtOnce = 100;
/** Characters of a listing: an answer through AWS Lambda has 6 MB. */
const maxListing = 4_000_000;

export const findByUrl = async (library: Library, url: string): Promise<Content | undefined> =>
  (await contentsOf(library, [contentIdOf(library.client.id, url)]))[0];

export const findBySku = async (library: Library, sku: string): Promise<Content | undefined> => {
  const { ports, client } = library;
  const [index] = await ports.records.read(client.id, table, [skuKey(client.id, sku)], { fresh: true });
  const found = index && (await contentsOf(library, [String(index.value.to)]))[0];
  return found?.sku === sku ? found : undefined;
};

/** The content of these ids, in their order. */
const contentsOf = async (library: Library, ids: readonly string[]): Promise<Content[]> => {
  const records = await readContents(library, ids, true);
  return ids.flatMap((id) => {
    const record = records.get(id);
    const content = record && contentOf(record.value);
    return content && !isDeleted(content) ? [content] : [];
  });
};

/** The `count` that were published last, the latest first; fewer when together they are too large for an answer. */
export const lastPublished = async (library: Library, count: number): Promise<Content[]> => {
  const listed: Content[] = [];
  let characters = 0;
  for await (const places of placesDescending(library)) {
    const known = new Set(places);
    const contents = await contentsOf(library, places.map(idAt));
    for (const content of contents) {
      // The index may lead to what has another date by now.
      if (!known.has(placeOf(content).sort)) continue;
      characters += JSON.stringify(content).length;
      if (listed.length === count || characters > maxListing) return listed;
      listed.push(content);
    }
    if (listed.length === count) return listed;
  }
  return listed;
};

/** Sort keys of the index by date, from the last one on, month by month. Costs what is read of it. */
async function* placesDescending({ ports, client }: Library): AsyncGenerator<string[]> {
  const down = { descending: true };
  for await (const months of ports.records.range(client.id, table, monthsPart, down))
    for (const { sort: month } of months) {
      const parts = Array.from({ length: monthShards }, (_, shard) =>
        ports.records.range(client.id, table, monthPart(month, shard), down),
      );
      for await (const places of mergedRanges(parts, down))
        for (let from = 0; from < places.length; from += readAtOnce) yield places.slice(from, from + readAtOnce);
    }
}
