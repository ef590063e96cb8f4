// snapshot: what the people of a query are like, in numbers.
import { z } from 'zod';
import { defineJobType, type JobContext, type JobResult, type Slice, type SliceResult } from '../define.ts';
import { offsetOf } from '../local-time.ts';
import { checkLists, matching, querySlices } from '../query/matching.ts';
import { parseQuery } from '../query/parse-query.ts';
import type { Query } from '../query/query.ts';
import { queryAnswer } from '../query/query-answer.ts';
import { queryParam } from '../query/query-param.ts';
import { Aggregate } from '../snapshots/aggregate.ts';
import { countsOf, dayOf, listMeant, saveListDay, wholeBase } from '../snapshots/list-days.ts';
import { countPerson, snapshotOf, type View } from '../snapshots/people.ts';

const params = z.object({ query: queryParam.optional() });
type Params = z.infer<typeof params>;
type Context = JobContext<Params, null>;

/** No query: everyone. */
const queryOf = ({ query }: Params): Query => query ?? parseQuery({});

const viewOf = ({ client, job }: Context): View => ({
  now: job.startedAt ?? job.createdAt,
  offset: offsetOf(client.settings.timeZone),
});

async function* write(context: Context, slice: Slice): AsyncGenerator<string, SliceResult> {
  const all = new Aggregate();
  const view = viewOf(context);
  for await (const profiles of matching(context, queryOf(context.params), slice))
    for (const profile of profiles) countPerson(all, profile, view);
  yield all.toText();
  return { rows: all.number('email_count'), marks: [] };
}

const finish = async (context: Context, texts: AsyncIterable<string>): Promise<JobResult> => {
  const all = new Aggregate();
  for await (const text of texts) all.take(text);
  await keepDay(context, all);
  return { snapshot: snapshotOf(all) };
};

/** A snapshot of a whole list is what `GET /stats` tells of it for that day. */
const keepDay = async (context: Context, all: Aggregate): Promise<void> => {
  const { ports, client, params } = context;
  const name = listMeant(queryOf(params));
  if (name === undefined) return;
  const list = name === wholeBase ? wholeBase : (await ports.lists.find(client.id, name))?.id;
  if (list === undefined) return;
  const { now, offset } = viewOf(context);
  await saveListDay(ports, client.id, list, { day: dayOf(now, offset), countedAt: now, counts: countsOf(all) });
};

export const snapshot = defineJobType<Params, null, never>({
  name: 'snapshot',
  // The PHP client misspells it to this day.
  aliases: ['snaphot'],
  params,
  async admit(given, client, ports) {
    await checkLists(queryOf(given), client, ports);
  },
  title: () => 'Snapshot',
  echo: (given) => ({ query: queryAnswer(queryOf(given)) }),
  needs: ['profiles:read', 'lists:read', 'recipients:write'],
  hurt: 'People who wait for the numbers of their audience: they do not come.',
  work: {
    kind: 'slices',
    async prepare(context) {
      return { prepared: null, slices: await querySlices(context, queryOf(context.params)) };
    },
    write,
    finish,
  },
});
