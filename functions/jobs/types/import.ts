// import: adds people to a list, with variables when the input is a CSV. Opt-outs are never touched.
import { z } from 'zod';
import { normaliseAddress } from '../../files/address.ts';
import type { Header, InputRow } from '../../files/rows.ts';
import { defineJobType, type JobContext } from '../define.ts';
import { Refusal, Reject } from '../errors.ts';
import { newId } from '../job.ts';
import { offsetOf, readDate } from '../local-time.ts';
import { haveMoved } from '../people/aliases.ts';
import { type ListId, type ProfilePatch, sidOf } from '../profile.ts';
import { flag, listName } from '../requests/params.ts';
import { applyPatches, lookAtPatches, type PatchEntry } from '../rows/apply-patches.ts';

const params = z.object({ list: listName, signup_dates: flag.optional() });
type Params = z.infer<typeof params>;

/** What every chunk needs to know: the list's id, and which column means what. */
interface Prepared {
  list: ListId;
  email: number;
  /** Index and name of each column that becomes a variable. */
  vars: [index: number, name: string][];
  source?: number;
  signup?: number;
  /** Addresses of this client were changed. */
  moved: boolean;
}

/** A profile of this many characters would not fit where profiles are kept (400 KB on DynamoDB). */
const maxCharacters = 100_000;

/** Columns of a mended rejected file that speak of the row, not of the person. */
const notes = new Set(['_line', '_reason']);

const columnsOf = ({ signup_dates }: Params, header: Header): Omit<Prepared, 'list' | 'moved'> => {
  const { email } = header;
  const index = (name: string): number => header.names.findIndex((column, at) => at !== email && column === name);
  const [source, signup] = [index('source'), signup_dates ? index('signup_date') : -1];
  const vars = [...header.names.entries()].filter(
    ([at, name]) => name !== '' && at !== email && at !== source && at !== signup && !notes.has(name),
  );
  return { email, vars, ...(source >= 0 && { source }), ...(signup >= 0 && { signup }) };
};

/** Without a prototype when a column is called __proto__; else a plain object, which is several times faster. */
const newVars = (columns: Prepared['vars']): Record<string, unknown> =>
  columns.some(([, name]) => name === '__proto__') ? (Object.create(null) as Record<string, unknown>) : {};

/** The variables of a row, empty cells left out; undefined when there are too many characters for one profile. */
const varsOf = ({ vars: columns }: Prepared, cells: readonly string[]): Record<string, unknown> | undefined => {
  const vars = newVars(columns);
  let characters = 0;
  for (const [index, name] of columns) {
    const cell = cells[index];
    if (!cell) continue;
    vars[name] = cell;
    characters += name.length + cell.length;
  }
  return characters > maxCharacters ? undefined : vars;
};

const parse = (context: JobContext<Params, Prepared>, { cells }: InputRow): PatchEntry | { reject: string } => {
  const { client, job, prepared } = context;
  const address = normaliseAddress(cells[prepared.email] ?? '');
  if ('reason' in address) return { reject: address.reason };
  const vars = varsOf(prepared, cells);
  if (!vars) return { reject: 'the row has more than 100,000 characters of variables' };
  const patch: ProfilePatch = { vars, lists: { [prepared.list]: job.startedAt ?? job.createdAt } };
  const source = prepared.source === undefined ? '' : cells[prepared.source];
  if (source) patch.more = { source };
  const signup = prepared.signup === undefined ? '' : cells[prepared.signup]?.trim();
  if (signup) {
    const signupAt = readDate(signup, offsetOf(client.settings.timeZone));
    if (signupAt === undefined) return { reject: 'signup_date is not a date' };
    patch.signupAt = signupAt;
  }
  return { key: sidOf(client.id, address.address), email: address.address, patch };
};

export const importList = defineJobType<Params, Prepared, PatchEntry>({
  name: 'import',
  params,
  async admit({ list }, client, { lists }) {
    if ((await lists.find(client, list))?.details.query)
      throw new Refusal('invalid_list_name', `Invalid list name: ${list} (a smart list has whoever matches its query)`);
  },
  title: ({ list }) => `List Import: ${list}`,
  echo: ({ list }) => ({ list }),
  needs: ['profiles:read', 'profiles:write', 'lists:read', 'lists:write', 'aliases:read', 'aliases:write'],
  hurt: 'People whose import does not end: their lists miss new members and changed variables.',
  work: {
    kind: 'rows',
    sources: ['file', 'emails'],
    noSource: 'One of the following parameters is required: emails, url, or file',
    check({ signup_dates }, header) {
      if (signup_dates && header.present && !header.names.includes('signup_date'))
        throw new Reject('signup_dates needs a column signup_date');
      return [];
    },
    async prepare({ ports, client, job, params }, header) {
      const now = job.startedAt ?? job.createdAt;
      // A plan makes no list: an id that nothing has yet stands for one that is missing.
      const list = job.mode === 'plan' ? await ports.lists.find(client.id, params.list) : undefined;
      const id =
        job.mode === 'plan' ? (list?.id ?? newId(now)) : (await ports.lists.ensure(client.id, params.list, now)).id;
      return { list: id, moved: await haveMoved(ports, client.id), ...columnsOf(params, header) };
    },
    parse,
    merge: (earlier, later) => ({
      ...later,
      patch: {
        ...earlier.patch,
        ...later.patch,
        ...((earlier.patch.vars || later.patch.vars) && {
          vars: Object.assign(Object.create(null), earlier.patch.vars, later.patch.vars),
        }),
      },
    }),
    apply: (context, entries) => applyPatches(context, entries, context.prepared),
    look: (context, entries) => lookAtPatches(context, entries, context.prepared),
    async finish({ ports, client, job, params, prepared }) {
      const { created = 0, updated = 0, unchanged = 0 } = job.counts;
      const before = (await ports.lists.find(client.id, params.list))?.sizeHint ?? 0;
      // People who were created came to the list; of the others nobody knows who was there before.
      const size = Math.max(before + created, created + updated + unchanged);
      const news = { vars: prepared.vars.map(([, name]) => name), size };
      await ports.lists.learn(client.id, params.list, news);
      return undefined;
    },
  },
});
