// update: changes many people at once: variables, lists, what they want, keys; those of a file, of a URL, of a query, or named one by one.
import { z } from 'zod';
import type { InputRow } from '../../files/rows.ts';
import { findBlast, scheduleBlast } from '../campaigns/blasts.ts';
import { unknownBlast } from '../campaigns/save-blast.ts';
import { type Applied, defineJobType, type Forecast, type JobContext } from '../define.ts';
import { Refusal } from '../errors.ts';
import type { Millis } from '../job.ts';
import { isObject } from '../json-line.ts';
import { offsetOf } from '../local-time.ts';
import { haveMoved } from '../people/aliases.ts';
import { findNamedLists, type KnownLists, smartList } from '../people/find-lists.ts';
import { joinUpdates, type PersonUpdate, readPersonUpdate } from '../people/person-update.ts';
import { mergeEntries, type UpdateEntry, updateEntry, withLists } from '../people/update-entry.ts';
import { keyOfUpdateLine, readUpdateLine } from '../people/update-lines.ts';
import type { Client } from '../ports.ts';
import type { ListId } from '../profile.ts';
import { checkLists, matching, querySlices } from '../query/matching.ts';
import { queryParam } from '../query/query-param.ts';
import { applyPatches, lookAtPatches, type PatchEntry } from '../rows/apply-patches.ts';

/** What cannot be said of many people at once. */
const refusalOf = (update: PersonUpdate | { reject: string }): string | undefined => {
  if ('reject' in update) return update.reject;
  if (update.keys) return 'keys belong to one person: they can stand in a line only';
  return takesBack(update) ? takenBack : undefined;
};

const takenBack = 'a job takes no opt-out of a template back';
const takesBack = ({ templates = {} }: PersonUpdate): boolean => Object.values(templates).includes(false);

const updateParam = z.unknown().transform((raw, context): Record<string, unknown> => {
  const update = isObject(raw) ? raw : {};
  const reason = isObject(raw)
    ? refusalOf(readPersonUpdate(update, { offset: () => 0, now: 0 }))
    : 'it must be an object';
  if (reason === undefined) return update;
  context.addIssue({ code: 'custom', message: `Invalid update: ${reason}`, params: { reason: 'invalid_parameter' } });
  return z.NEVER;
});

/** A campaign's number; forms send it as text. */
const blastId = z
  .union([z.number(), z.string().regex(/^\s*\d{1,15}\s*$/)])
  .transform(Number)
  .pipe(z.int().min(0));

const params = z.object({
  update: updateParam.optional(),
  query: queryParam.optional(),
  schedule_blast: blastId.optional(),
});
type Params = z.infer<typeof params>;

interface Prepared {
  /** What is to change about everyone; their lists are in `lists`. */
  update: PersonUpdate;
  /** Ids of the lists that everyone joins or leaves. */
  lists: Record<string, ListId>;
  /** Addresses of this client were changed. */
  moved: boolean;
}
type Context = JobContext<Params, Prepared>;

const beginOf = ({ job }: Pick<Context, 'job'>): Millis => job.startedAt ?? job.createdAt;
const clockOf = (client: Client, now: Millis) => ({ offset: offsetOf(client.settings.timeZone), now });

const parse = (context: Context, { cells: [line = ''], line: number }: InputRow): UpdateEntry | { reject: string } => {
  const { client, job, prepared } = context;
  const read = readUpdateLine(line);
  if ('reject' in read) return read;
  const own = read.members ? readPersonUpdate(read.members, clockOf(client, beginOf(context))) : {};
  if ('reject' in own) return own;
  if (takesBack(own)) return { reject: takenBack };
  const update = read.members ? joinUpdates(prepared.update, own) : prepared.update;
  // The lines of a selection are ours: they say nothing about where a wish comes from.
  return updateEntry(client.id, read, update, job.source?.kind === 'selection' ? undefined : number);
};

/** Lists that lines of a job named, by what the job prepared: a worker meets the same plan again and again. */
const knownLists = new WeakMap<object, KnownLists>();

const resolve = async (
  context: Context,
  entries: readonly UpdateEntry[],
  write: boolean,
): Promise<(PatchEntry | undefined)[]> => {
  const { prepared } = context;
  const known: KnownLists = knownLists.get(prepared) ?? new Map(Object.entries(prepared.lists));
  if (write) knownLists.set(prepared, known);
  const now = beginOf(context);
  const named = entries.flatMap(({ lists }) => (lists ? Object.entries(lists) : []));
  const smart = await findNamedLists(context, named, known, { write, now });
  return entries.map((entry) => {
    const joinsSmart = smart.size > 0 && Object.keys(entry.lists ?? {}).some((name) => smart.has(name));
    return joinsSmart ? undefined : withLists(entry, (name) => known.get(name), now);
  });
};

/** Does the entries that have no smart list; the others are `refused`. */
const withResolved = async <T>(
  entries: readonly (PatchEntry | undefined)[],
  work: (chosen: PatchEntry[]) => Promise<T[]>,
  refused: T,
): Promise<T[]> => {
  const results = (await work(entries.filter((entry) => entry !== undefined))).values();
  return entries.map((entry) => (entry ? (results.next().value as T) : refused));
};

export const update = defineJobType<Params, Prepared, UpdateEntry>({
  name: 'update',
  params,
  async admit({ update: raw = {}, query, schedule_blast: blast }, client, ports) {
    if (query) await checkLists(query, client, ports);
    if (blast !== undefined && !(await findBlast(ports, client, blast))) throw unknownBlast(blast);
    for (const name of isObject(raw.lists) ? Object.keys(raw.lists) : [])
      if ((await ports.lists.find(client, name))?.details.query)
        throw new Refusal('invalid_parameter', `Invalid update: ${smartList}`);
  },
  title: () => 'Bulk Update',
  // An empty one is shown as PHP shows it: so it was captured.
  echo: ({ update: raw = {} }) => ({ update: Object.keys(raw).length > 0 ? raw : [] }),
  needs: [
    'profiles:read',
    'profiles:write',
    'lists:read',
    'lists:write',
    'aliases:read',
    'aliases:write',
    // Of two people who turn out to be one.
    'purchases:read',
    'purchases:write',
    'recipients:read',
    'recipients:write',
    'blasts:read',
    'blasts:write',
  ],
  hurt: 'People whose update does not end: variables, lists and opt-outs stay as they were.',
  work: {
    kind: 'rows',
    sources: ['file', 'emails', 'selection'],
    noSource: 'One of the following parameters is required: emails, url, file, or query',
    keyOf: keyOfUpdateLine,
    objects: true,
    select: {
      selects: ({ query }) => query !== undefined,
      slices: (context) => querySlices(context, queryOf(context.params)),
      async *lines(context, slice) {
        for await (const people of matching(context, queryOf(context.params), slice))
          yield people.map(({ sid }) => sid);
      },
    },
    async prepare({ ports, client, job, params: { update: raw = {} } }) {
      const now = beginOf({ job });
      const read = readPersonUpdate(raw, clockOf(client, now));
      if ('reject' in read) throw new Error('an update that was accepted cannot be read');
      const known: KnownLists = new Map();
      const lists = Object.entries(read.lists ?? {});
      await findNamedLists({ ports, client }, lists, known, { write: job.mode !== 'plan', now });
      const found = [...known].filter((entry): entry is [string, ListId] => entry[1] !== undefined);
      return { update: read, lists: Object.fromEntries(found), moved: await haveMoved(ports, client.id) };
    },
    parse,
    merge: mergeEntries,
    async apply(context, entries) {
      const resolved = await resolve(context, entries, context.job.mode !== 'plan');
      return withResolved<Applied>(resolved, (chosen) => applyPatches(context, chosen, context.prepared), {
        reject: smartList,
      });
    },
    async look(context, entries) {
      const resolved = await resolve(context, entries, false);
      return withResolved<Forecast>(resolved, (chosen) => lookAtPatches(context, chosen, context.prepared), {
        outcome: 'rejected',
        reason: smartList,
      });
    },
    async finish({ ports, client, job, params: { schedule_blast: blast }, prepared: { update: given } }) {
      const { created = 0, updated = 0, unchanged = 0 } = job.counts;
      const vars = Object.entries(given.vars ?? {}).flatMap(([name, value]) => (value === null ? [] : [name]));
      for (const [name, joins] of Object.entries(given.lists ?? {}))
        if (joins) await ports.lists.learn(client.id, name, { vars, size: created + updated + unchanged });
      if (blast === undefined) return undefined;
      // Twice does no harm: the earlier moment stays.
      const became = await scheduleBlast(ports, client.id, blast, ports.clock.now());
      return { schedule_blast: blast, blast: blastWords[became] };
    },
  },
});

/** What became of the campaign, for the person who reads the job. */
const blastWords: Record<Awaited<ReturnType<typeof scheduleBlast>>, string> = {
  scheduled: 'scheduled',
  unknown: 'the campaign is gone',
  unready: 'the campaign has no list yet, or cannot be scheduled',
  out: 'the campaign was sent already',
};

const queryOf = ({ query }: Params) => {
  if (!query) throw new Error('a selection without a query');
  return query;
};
