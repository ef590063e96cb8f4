// Counts campaigns anew, out of the people who got them, once a job has brought events of theirs.
import { saveStats } from '../campaigns/blasts.ts';
import type { JobContext } from '../define.ts';
import type { ClientId, Millis } from '../job.ts';
import { offsetOf } from '../local-time.ts';
import type { Ports } from '../ports.ts';
import { shardCount } from '../profile.ts';
import { Aggregate } from '../snapshots/aggregate.ts';
import { countReceived, partsOf, totalsOf } from '../snapshots/campaign.ts';
import { audience } from './audience.ts';
import { blastAt, table, touchedKey, touchedPart } from './recipient.ts';

/** Campaigns of one page of what is still to be counted. */
const atOnce = 100;

/**
 * Counts the campaigns that the job has touched, one after the other; what was counted is taken off the list, so that a run
 * after a crash goes on where the last one stopped.
 */
export const recountTouched = async (context: JobContext<unknown, unknown>): Promise<void> => {
  const { ports, client, job } = context;
  for (;;) {
    const blasts: number[] = [];
    const options = { limit: atOnce, fresh: true };
    for await (const page of ports.records.range(client.id, table, touchedPart(job.id), options))
      for (const { sort } of page) blasts.push(blastAt(sort));
    if (blasts.length === 0) return;
    for (const blast of blasts) {
      await recount(context, blast);
      await ports.records.write(client.id, table, [touchedKey(job.id, blast)]);
    }
  }
};

const recount = async (context: JobContext<unknown, unknown>, blast: number): Promise<void> => {
  const { ports, client } = context;
  const now = ports.clock.now();
  const view = { now, offset: offsetOf(client.settings.timeZone) };
  const all = new Aggregate();
  for await (const reached of audience(context, { blast }, { from: 0, to: shardCount }))
    for (const { profile, happenings } of reached) countReceived(all, happenings, profile, view);
  const value = { countedAt: now, parts: partsOf(all) };
  await ports.records.write(client.id, table, [{ ...statsKey(blast), value }]);
  await saveStats(ports, client.id, blast, totalsOf(all));
};

const statsKey = (blast: number) => ({ part: 'stats', sort: String(blast) });

/** What was counted of a campaign besides its totals. */
export interface BlastParts {
  countedAt: Millis;
  parts: Record<string, Record<string, unknown>>;
}

/** As last counted; undefined when it never was. */
export const readParts = async (
  { records }: Pick<Ports, 'records'>,
  client: ClientId,
  blast: number,
): Promise<BlastParts | undefined> => {
  const [found] = await records.read(client, table, [statsKey(blast)]);
  return found?.value as BlastParts | undefined;
};
