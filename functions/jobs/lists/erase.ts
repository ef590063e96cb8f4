// How lists are erased so that doing it again changes nothing: what the job means to erase is written down first, by the list's id.
import { createHash } from 'node:crypto';
import { blastsInUse } from '../campaigns/blasts.ts';
import type { Applied, Forecast, JobContext } from '../define.ts';
import type { Job, Millis } from '../job.ts';
import type { List, Ports, RecordKey } from '../ports.ts';
import type { ListId } from '../profile.ts';

type Context = Pick<JobContext<unknown, unknown>, 'ports' | 'client' | 'job'>;

/** How long it is remembered which lists a job erased: longer than the job can run. */
const rememberFor: Millis = 14 * 24 * 3600_000;
/** Characters of names in an answer. What does not fit is in the job's own input. */
const maxCharacters = 90_000;
const lookups = 16;

const unknownList = 'no list has this name';

interface Standing {
  name: string;
  /** The list of that name now. */
  list?: List | undefined;
  /** The id of the list that this job meant to erase. */
  meant?: ListId | undefined;
  inUse: boolean;
}

const keyOf = (job: Job, name: string): RecordKey => ({
  part: `erased#${job.id}`,
  sort: createHash('sha256').update(name).digest('hex').slice(0, 32),
});

const standingsOf = async (context: Context, names: readonly string[]): Promise<Standing[]> => {
  const { ports, client, job } = context;
  const inUse = await blastsInUse(ports, client.id);
  const keys = names.map((name) => keyOf(job, name));
  const records = await ports.records.read(client.id, 'aliases', keys, { fresh: true });
  const meant = new Map(records.map(({ sort, value }) => [sort, String(value.list)]));
  const lists = await findAll(ports, client.id, names);
  return names.map((name, index) => ({
    name,
    list: lists[index],
    meant: meant.get(keys[index]?.sort ?? ''),
    inUse: inUse.has(name),
  }));
};

const findAll = async (ports: Ports, client: string, names: readonly string[]): Promise<(List | undefined)[]> => {
  const found: (List | undefined)[] = [];
  for (let at = 0; at < names.length; at += lookups)
    found.push(...(await Promise.all(names.slice(at, at + lookups).map((name) => ports.lists.find(client, name)))));
  return found;
};

/** A list that was erased may have been made anew meanwhile: that one is another list. */
const isErased = ({ list, meant }: Standing): boolean => meant !== undefined && list?.id !== meant;

const judge = (standing: Standing): { outcome: 'updated' | 'skipped' | 'rejected'; toErase?: List } => {
  if (isErased(standing)) return { outcome: 'updated' };
  if (!standing.list) return { outcome: 'rejected' };
  if (standing.inUse) return { outcome: 'skipped' };
  return { outcome: 'updated', toErase: standing.list };
};

/** Erases the lists of these names: `updated` for one that was, `skipped` for one that a campaign needs. */
export const eraseLists = async (context: Context, names: readonly string[]): Promise<Applied[]> => {
  const { ports, client, job } = context;
  const verdicts = (await standingsOf(context, names)).map(judge);
  const lists = verdicts.flatMap(({ toErase }) => (toErase ? [toErase] : []));
  const expiresAt = ports.clock.now() + rememberFor;
  await ports.records.write(
    client.id,
    'aliases',
    lists.map(({ name, id }) => ({ ...keyOf(job, name), value: { list: id }, expiresAt })),
  );
  await ports.lists.erase(client.id, lists);
  return verdicts.map(({ outcome }) => (outcome === 'rejected' ? { reject: unknownList } : outcome));
};

/** What `eraseLists` has done, or would do. */
export const lookAtLists = async (context: Context, names: readonly string[]): Promise<Forecast[]> =>
  (await standingsOf(context, names)).map((standing) => {
    const { outcome, toErase } = judge(standing);
    if (outcome === 'rejected') return { outcome, reason: unknownList };
    if (!toErase) return { outcome };
    const change = { email: standing.name, before: { list: standing.name }, after: { list: null }, writeUnits: 2 };
    return { outcome, change };
  });

/** The names by what became of them, in the order of the request. `cut` when not all fit into an answer. */
export const namesErased = async (
  context: Context,
): Promise<{ deleted: string[]; in_use: string[]; not_found: string[]; cut?: true }> => {
  const found = { deleted: [] as string[], in_use: [] as string[], not_found: [] as string[] };
  let characters = 0;
  for (const standing of await standingsOf(context, await namesOfJob(context))) {
    characters += JSON.stringify(standing.name).length + 1;
    if (characters > maxCharacters) return { ...found, cut: true };
    // Not judged anew: the campaign that kept a list may have ended since.
    found[isErased(standing) ? 'deleted' : standing.list ? 'in_use' : 'not_found'].push(standing.name);
  }
  return found;
};

const namesOfJob = async ({ ports, job: { source } }: Context): Promise<string[]> => {
  if (!source || !('key' in source)) return [];
  const blocks: Uint8Array[] = [];
  for await (const block of ports.files.get(source.key)) blocks.push(block);
  const lines = Buffer.concat(blocks).toString('utf8').split('\n');
  return [...new Set(lines.filter((line) => line !== ''))].map((line) => JSON.parse(line) as string);
};
