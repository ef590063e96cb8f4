// What is scheduled, in order of time: the parts of the client's index are read side by side.
import type { ClientId } from '../job.ts';
import type { Ports } from '../ports.ts';
import { mergedRanges } from '../rows/merged-ranges.ts';
import { type Send, sendKey } from './send.ts';
import { readIndexSort, scheduledPart, scheduledShards } from './send-index.ts';

/** The client's sends that are scheduled now, in order of time, in batches. */
export async function* scheduledSends({ records }: Pick<Ports, 'records'>, client: ClientId): AsyncGenerator<Send[]> {
  const parts = Array.from({ length: scheduledShards }, (_, shard) =>
    records.range(client, 'sends', scheduledPart(shard)),
  );
  for await (const sorts of mergedRanges(parts))
    for (let from = 0; from < sorts.length; from += records.batch) {
      const ids = sorts.slice(from, from + records.batch).map((sort) => readIndexSort(sort).id);
      const found = await records.read(client, 'sends', ids.map(sendKey));
      const sends = new Map(found.map(({ sort, value }) => [sort, value as Send]));
      // The index may say too much.
      yield ids.flatMap((id) => sends.get(id) ?? []).filter(({ state }) => state === 'scheduled');
    }
}
