// blast_snapshot: what the people who got a campaign are like, and what they did with it, in numbers.
import { z } from 'zod';
import { defineJobType, type JobContext, type JobResult, type Slice, type SliceResult } from '../define.ts';
import { offsetOf } from '../local-time.ts';
import { checkLists } from '../query/matching.ts';
import { queryAnswer } from '../query/query-answer.ts';
import { queryParam } from '../query/query-param.ts';
import { audience, audienceSlices } from '../recipients/audience.ts';
import { blastParam, knownBlast } from '../recipients/blast-param.ts';
import { Aggregate } from '../snapshots/aggregate.ts';
import { activityOf, countReceived } from '../snapshots/campaign.ts';
import { countPerson, snapshotOf } from '../snapshots/people.ts';

const params = z.object({ blast_id: blastParam, query: queryParam.optional() });
type Params = z.infer<typeof params>;
type Context = JobContext<Params, null>;

async function* write(context: Context, slice: Slice): AsyncGenerator<string, SliceResult> {
  const { client, job, params } = context;
  const view = { now: job.startedAt ?? job.createdAt, offset: offsetOf(client.settings.timeZone) };
  const all = new Aggregate();
  for await (const reached of audience(context, { blast: params.blast_id, query: params.query }, slice))
    for (const { profile, happenings } of reached) {
      countPerson(all, profile, view);
      countReceived(all, happenings, profile, view);
    }
  yield all.toText();
  return { rows: all.number('email_count'), marks: [] };
}

const finish = async (_context: Context, texts: AsyncIterable<string>): Promise<JobResult> => {
  const all = new Aggregate();
  for await (const text of texts) all.take(text);
  return { stats: { ...snapshotOf(all), ...activityOf(all) } };
};

export const blastSnapshot = defineJobType<Params, null, never>({
  name: 'blast_snapshot',
  params,
  async admit({ blast_id, query }, client, ports) {
    await knownBlast(ports, client, blast_id);
    if (query) await checkLists(query, client, ports);
  },
  title: ({ blast_id }) => `Blast Snapshot: ${blast_id}`,
  echo: ({ blast_id, query }) => ({ blast_id, ...(query && { query: queryAnswer(query) }) }),
  needs: ['profiles:read', 'lists:read', 'blasts:read', 'recipients:read'],
  hurt: 'People who wait for the numbers of a campaign: they do not come.',
  work: {
    kind: 'slices',
    async prepare(context) {
      return { prepared: null, slices: await audienceSlices(context, context.params.blast_id) };
    },
    write,
    finish,
  },
});
