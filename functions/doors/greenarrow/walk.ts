// Jobs one after another, in the documented order, out of the index that every store has for it: nothing is counted or scanned.
import type { ClientId, Job } from '../../jobs/job.ts';
import type { Ports } from '../../jobs/ports.ts';
import { rankOf, rankPrefix } from '../../jobs/rank.ts';

/** Whose jobs they are, and the number under which they are shown. */
export interface Owner {
  id: ClientId;
  organization: number;
}

/** A place between two jobs: behind this rank of this client. */
export interface Place {
  client: ClientId;
  rank: string;
}

export interface Found extends Place {
  job: Job;
  organization: number;
}

export type Side = 'unfinished' | 'ended';

export interface Way {
  owners: readonly Owner[];
  sides: readonly Side[];
  /** How many jobs to read with the next reading. */
  size(): number;
  /** Where to begin; at the beginning when it is absent. */
  from?: Place | undefined;
  /** A rank before which no ended job is wanted. */
  endedFrom?: string | undefined;
  /** And the rank before which the last one is. */
  endedUntil?: string | undefined;
}

/** What one reading brought, and the place behind it. */
export interface Part {
  found: Found[];
  place: Place;
}

/**
 * Unfinished jobs first, then ended ones, organization after organization. The sides are read apart: a job that ends meanwhile
 * then does not carry the place over jobs that were not read yet.
 */
export async function* walk({ jobs }: Pick<Ports, 'jobs'>, way: Way): AsyncGenerator<Part> {
  const { owners, sides, from } = way;
  const first = from ? owners.findIndex(({ id }) => id >= from.client) : 0;
  if (first < 0) return;
  for (const { id, organization } of owners.slice(first)) {
    const start = from?.client === id ? from.rank : undefined;
    for (const side of sides) {
      if (side === 'unfinished' && start?.startsWith(rankPrefix.ended)) continue;
      let after = start?.startsWith(rankPrefix[side]) ? start : undefined;
      if (side === 'ended' && way.endedFrom !== undefined && (after ?? '') < way.endedFrom) after = way.endedFrom;
      const until = side === 'ended' && way.endedUntil !== undefined ? { before: way.endedUntil } : {};
      for (;;) {
        const size = way.size();
        const part = await jobs.list(id, { limit: size, only: side, ...(after !== undefined && { after }), ...until });
        let rank = after ?? rankPrefix[side];
        const found = part.map((job): Found => {
          const own = rankOf(job);
          if (own.startsWith(rankPrefix[side]) && own > rank) rank = own;
          return { job, organization, client: id, rank };
        });
        yield { found, place: { client: id, rank } };
        if (part.length < size || rank === after) break;
        after = rank;
      }
    }
  }
}
