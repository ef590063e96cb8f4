// blast_save_list: the people who got a campaign, or those of them whom a query means, become members of a list.
import { z } from 'zod';
import type { InputRow } from '../../files/rows.ts';
import { type Applied, defineJobType, type Entry, type Forecast, type JobContext, type Slice } from '../define.ts';
import { Refusal } from '../errors.ts';
import { appliedRows, newId } from '../job.ts';
import type { ListId, Profile } from '../profile.ts';
import { checkLists } from '../query/matching.ts';
import { queryParam } from '../query/query-param.ts';
import { audience, audienceSlices } from '../recipients/audience.ts';
import { blastParam, knownBlast } from '../recipients/blast-param.ts';
import { listName } from '../requests/params.ts';
import { applyPatches, lookAtPatches, type PatchEntry } from '../rows/apply-patches.ts';

const params = z.object({ blast_id: blastParam, list: listName, query: queryParam.optional() });
type Params = z.infer<typeof params>;
type Context = JobContext<Params, ListId>;

const gone = 'the profile has been removed meanwhile';

async function* lines(context: Omit<Context, 'prepared'>, slice: Slice): AsyncGenerator<string[]> {
  const { blast_id: blast, query } = context.params;
  for await (const reached of audience(context, { blast, query }, slice))
    yield reached.map(({ profile }) => profile.sid);
}

const parse = (_context: Context, { cells }: InputRow): Entry => ({ key: cells[0] ?? '' });

/** Those who are still there, as patches, each with its place among the entries. */
const patchesOf = async (
  { ports, client, job, prepared }: Context,
  entries: readonly Entry[],
): Promise<{ places: number[]; patches: PatchEntry[] }> => {
  const sids = entries.map(({ key }) => key);
  const profiles = await ports.profiles.read(client.id, sids, { fresh: true });
  const found = new Map<string, Profile>(profiles.map((profile) => [profile.sid, profile]));
  const places = [...entries.keys()].filter((place) => found.has(sids[place] ?? ''));
  const patch = { lists: { [prepared]: job.startedAt ?? job.createdAt } };
  const patches = places.map((place): PatchEntry => {
    const key = sids[place] ?? '';
    return { key, email: found.get(key)?.email ?? '', patch };
  });
  return { places, patches };
};

const apply = async (context: Context, entries: readonly Entry[]): Promise<Applied[]> => {
  const { places, patches } = await patchesOf(context, entries);
  const became: Applied[] = entries.map(() => ({ reject: gone }));
  for (const [index, applied] of (await applyPatches(context, patches)).entries()) became[places[index] ?? 0] = applied;
  return became;
};

const look = async (context: Context, entries: readonly Entry[]): Promise<Forecast[]> => {
  const { places, patches } = await patchesOf(context, entries);
  const forecasts = entries.map((): Forecast => ({ outcome: 'rejected', reason: gone }));
  for (const [index, one] of (await lookAtPatches(context, patches)).entries()) forecasts[places[index] ?? 0] = one;
  return forecasts;
};

export const blastSaveList = defineJobType<Params, ListId, Entry>({
  name: 'blast_save_list',
  params,
  async admit({ blast_id, list, query }, client, ports) {
    await knownBlast(ports, client, blast_id);
    if ((await ports.lists.find(client, list))?.details.query)
      throw new Refusal('invalid_list_name', `Invalid list name: ${list} is a smart list, nobody joins it`);
    if (query) await checkLists(query, client, ports);
  },
  title: ({ list }) => `Blast Save List: ${list}`,
  echo: ({ blast_id, list }) => ({ blast_id, list }),
  needs: ['profiles:read', 'profiles:write', 'lists:read', 'lists:write', 'blasts:read', 'recipients:read'],
  hurt: 'People who make a list of those who got a campaign: the list misses members.',
  work: {
    kind: 'rows',
    sources: ['selection'],
    noSource: 'Missing required parameter: blast_id',
    select: {
      selects: () => true,
      slices: (context) => audienceSlices(context, context.params.blast_id),
      lines,
    },
    keyOf: (line) => line,
    async prepare({ ports, client, job, params: { list } }) {
      const now = job.startedAt ?? job.createdAt;
      // A plan makes no list: an id that nothing has yet stands for one that is missing.
      if (job.mode === 'plan') return (await ports.lists.find(client.id, list))?.id ?? newId(now);
      return (await ports.lists.ensure(client.id, list, now)).id;
    },
    parse,
    merge: (_earlier, later) => later,
    apply,
    look,
    async finish({ ports, client, job, params: { list } }) {
      const count = appliedRows(job.counts);
      const { sizeHint = 0 } = (await ports.lists.find(client.id, list)) ?? {};
      await ports.lists.learn(client.id, list, { size: Math.max(sizeHint, count) });
      return { count };
    },
  },
});
