// export_list_data: the members of a list as a CSV, byte for byte as clients of the Sailthru API know it.
import { z } from 'zod';
import { csvLine, guardFormula } from '../../files/csv-out.ts';
import { defineJobType, type JobContext, type Slice, type SliceResult } from '../define.ts';
import { Refusal } from '../errors.ts';
import {
  type ExportView,
  extidColumn,
  extraColumns,
  type HashAlgorithm,
  idColumns,
  standardColumns,
} from '../exports/export-columns.ts';
import { lineWriter } from '../exports/export-line.ts';
import type { ClientId } from '../job.ts';
import { offsetOf, slashTimes } from '../local-time.ts';
import type { List, Lists } from '../ports.ts';
import type { ListId, Profile } from '../profile.ts';
import { matching, querySlices } from '../query/matching.ts';
import { parseQuery } from '../query/parse-query.ts';
import type { Query } from '../query/query.ts';
import { text } from '../requests/params.ts';
import { slicesFor } from '../slices.ts';

const selected = (value: unknown): boolean => ![0, '0', false, 'false', '', null, undefined].includes(value as never);

// Not z.record: it drops a key called __proto__, and a selection of unknown names is not a selection of nothing.
const names = z.custom<Record<string, unknown>>(
  (value) => typeof value === 'object' && value !== null && !Array.isArray(value),
);

/** An object of names to 1, or its JSON text; `[]` is an empty one. */
const fieldsObject = z.union([names, z.array(z.never()), z.string()]).transform((value, context) => {
  if (typeof value !== 'string') return value;
  try {
    return names.parse(JSON.parse(value));
  } catch {
    context.addIssue({ code: 'custom', message: 'Invalid fields' });
    return z.NEVER;
  }
});

const params = z.object({
  list: text,
  hash_algo: z.enum(['md5', 'sha256']).default('md5'),
  fields: fieldsObject.optional(),
});
type Params = z.infer<typeof params>;

interface Prepared {
  list: ListId;
  /** Of a smart list: who is in it. */
  query?: Query;
  algorithm: HashAlgorithm;
  /** Names of the standard columns that are shown, in their order. */
  columns: string[];
  /** Names of the variables that are shown, in their order. */
  vars: string[];
  /** True when `vars` is to be exactly what the members have, so that slices look and `settle` judges. */
  allVars: boolean;
  /** True when the client wants to see the key `extid`. */
  extid: boolean;
}

/** By name, else by id. */
const findList = async (lists: Lists, client: ClientId, name: string): Promise<List | undefined> => {
  const found = await lists.find(client, name);
  if (found || !/^[0-9a-f]{24}$/.test(name)) return found;
  return (await lists.all(client)).find((list) => list.id === name);
};

/** The columns that `fields` asks for; none named means all, and all variables. */
const selection = (fields: Params['fields']): Pick<Prepared, 'columns' | 'vars' | 'allVars'> => {
  const names = Object.keys(fields ?? {});
  if (!fields || Array.isArray(fields) || names.length === 0)
    return { columns: standardColumns.map(({ field }) => field), vars: [], allVars: true };
  const columns = [...standardColumns, ...extraColumns].map(({ field }) => field);
  const { vars } = fields;
  const byName = typeof vars === 'object' && vars !== null && !Array.isArray(vars);
  return {
    columns: columns.filter((field) => Object.hasOwn(fields, field) && selected(fields[field])),
    vars: byName ? Object.entries(vars).flatMap(([name, value]) => (selected(value) ? [name] : [])) : [],
    allVars: !byName && selected(vars),
  };
};

const columnsShown = ({ columns, extid }: Prepared) => [
  ...idColumns,
  ...(extid ? [extidColumn] : []),
  ...[...standardColumns, ...extraColumns].filter(({ field }) => columns.includes(field)),
];

const header = ({ client, prepared }: JobContext<Params, Prepared>): string => {
  const vars = client.settings.guardFormulas ? prepared.vars.map(guardFormula) : prepared.vars;
  return csvLine([...columnsShown(prepared).map((column) => column.header), ...vars]);
};

const peopleOf = (context: JobContext<Params, Prepared>, slice: Slice): AsyncIterable<Profile[]> => {
  const { ports, client, prepared } = context;
  return prepared.query
    ? matching(context, prepared.query, slice)
    : ports.profiles.members(client.id, prepared.list, slice.from, slice.to);
};

/** Text that is gathered before it goes on its way. */
const blockSize = 64 * 1024;

async function* write(context: JobContext<Params, Prepared>, slice: Slice): AsyncGenerator<string, SliceResult> {
  const { ports, client, prepared } = context;
  const listNames = new Map((await ports.lists.all(client.id)).map(({ id, name }) => [id, name]));
  const time = slashTimes(offsetOf(client.settings.timeZone));
  const view: ExportView = { ...prepared, listNames, time, now: context.job.startedAt ?? ports.clock.now() };
  const line = lineWriter(columnsShown(prepared), prepared.vars, view, client.settings.guardFormulas);
  const seen = new Set<string>();
  let rows = 0;
  let block = '';
  for await (const members of peopleOf(context, slice)) {
    rows += members.length;
    for (const profile of members) {
      block += line(profile);
      if (prepared.allVars) for (const name in profile.vars) seen.add(name);
      if (block.length < blockSize) continue;
      yield block;
      block = '';
    }
  }
  if (block !== '') yield block;
  return { rows, marks: [...seen] };
}

export const exportListData = defineJobType<Params, Prepared, never>({
  name: 'export_list_data',
  params,
  async admit({ list }, client, { lists }) {
    if (!(await findList(lists, client, list))) throw new Refusal('list_not_found', 'List not found');
  },
  title: ({ list }) => `Export All List Data: ${list}`,
  echo: ({ list }) => ({ list }),
  needs: ['profiles:read', 'lists:read', 'lists:write', 'exports:write'],
  hurt: 'People who wait for the export of a list: the file and its link do not come.',
  work: {
    kind: 'slices',
    file: {
      contentType: 'text/csv; charset=utf-8',
      name: ({ params: { list } }) =>
        `${list
          .toLowerCase()
          .replaceAll(' ', '_')
          .replace(/[^a-z0-9._-]+/g, '_')}.csv`,
      header,
    },
    async prepare({ ports, client, job, params }) {
      const { extidLookup: extid } = client.settings;
      const list = await findList(ports.lists, client.id, params.list);
      const query = list?.details.query && parseQuery(list.details.query);
      // The list was there when the job was accepted and has been erased since: nobody is in it.
      const chosen = {
        ...selection(params.fields),
        list: list?.id ?? '',
        algorithm: params.hash_algo,
        extid,
        ...(query && { query }),
      };
      const prepared = chosen.allVars ? { ...chosen, vars: (list?.vars ?? []).toSorted() } : chosen;
      const slices = query ? await querySlices({ ports, client, job }, query) : slicesFor(list?.sizeHint ?? 0);
      return { prepared, slices };
    },
    write,
    settle(prepared, marks) {
      if (!prepared.allVars) return undefined;
      const right =
        marks.length === prepared.vars.length && marks.every((name, index) => name === prepared.vars[index]);
      return right ? undefined : { ...prepared, vars: [...marks] };
    },
    async finish({ ports, client, params, prepared, job }) {
      const size = job.counts.exported ?? 0;
      await ports.lists.learn(
        client.id,
        params.list,
        prepared.allVars ? { size, vars: prepared.vars, exact: true } : { size },
      );
      return undefined;
    },
  },
});
