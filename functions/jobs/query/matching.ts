// The people whom a query means, streamed slice by slice: out of one list where the query names one, else out of the whole base.
import type { JobContext, Slice } from '../define.ts';
import { offsetOf } from '../local-time.ts';
import type { List, Lists, Ports } from '../ports.ts';
import type { Profile } from '../profile.ts';
import { slicesFor, slicesOfAll } from '../slices.ts';
import { matcher } from './matcher.ts';
import { invalidQuery, type Query, type Test } from './query.ts';
import { findLists, resolveLists, sourceLists } from './source.ts';

type Context = Pick<JobContext<unknown, unknown>, 'ports' | 'client' | 'job'>;

const finder =
  (lists: Lists, client: string) =>
  async (name: string): Promise<List | undefined> => {
    const list = await lists.find(client, name);
    if (list?.details.query) throw invalidQuery(`${name} is a smart list: nobody joins it, use its query`);
    return list;
  };

/** Throws Refusal when the query names a list that is not there, or a smart list. */
export const checkLists = async (query: Query, client: string, { lists }: Pick<Ports, 'lists'>): Promise<void> => {
  await resolveLists(query, finder(lists, client));
};

/** The smallest list that holds everyone whom the query can mean. */
const narrowest = async ({ ports, client }: Context, query: Query): Promise<List | undefined> => {
  const source = sourceLists(query);
  if (!source || (source.mode === 'any' && source.lists.length > 1)) return undefined;
  const lists = await Promise.all(source.lists.map((name) => ports.lists.find(client.id, name)));
  return lists.filter((list) => list !== undefined).sort((a, b) => a.sizeHint - b.sizeHint)[0];
};

/** How to cut the work of going through them. */
export const querySlices = async (context: Context, query: Query): Promise<Slice[]> => {
  const list = await narrowest(context, query);
  if (list) return slicesFor(list.sizeHint);
  return slicesOfAll();
};

/** Whom the query of a job means. Relative times count from the job's beginning, the same for all slices. */
export const testOf = async ({ ports, client, job }: Context, query: Query): Promise<Test> => {
  const lists = await findLists(query, (name) => ports.lists.find(client.id, name));
  const now = job.startedAt ?? job.createdAt;
  return matcher(query, { now, offset: offsetOf(client.settings.timeZone), lists });
};

/** Those of a slice, in order of sid, in batches. */
export async function* matching(context: Context, query: Query, { from, to }: Slice): AsyncGenerator<Profile[]> {
  const { ports, client } = context;
  const matches = await testOf(context, query);
  const list = await narrowest(context, query);
  const people = list ? ports.profiles.members(client.id, list.id, from, to) : ports.profiles.scan(client.id, from, to);
  for await (const profiles of people) {
    const found = profiles.filter(matches);
    if (found.length > 0) yield found;
  }
}
