// list_erase: ends up to 1,000 lists, each by one write however many members it has. Profiles stay.
import { z } from 'zod';
import { defineJobType, type Entry, type Forecast, type JobContext } from '../define.ts';
import { Refusal } from '../errors.ts';
import { eraseLists, lookAtLists, namesErased } from '../lists/erase.ts';

const maxLists = 1000;

const notAnArray = (): Refusal => new Refusal('invalid_lists', 'The lists parameter must be passed as an array');

/** The names as they were sent; an array of PHP with gaps in its keys comes as an object. Throws Refusal. */
const namesOf = (lists: unknown): string[] => {
  const names = typeof lists === 'object' && lists !== null ? Object.values(lists) : undefined;
  if (!names || (!Array.isArray(lists) && !Object.keys(lists as object).every((key) => /^\d+$/.test(key))))
    throw notAnArray();
  if (!names.every((name) => typeof name === 'string' || typeof name === 'number')) throw notAnArray();
  if (names.length > maxLists)
    throw new Refusal('invalid_lists', 'Request exceeds limit of 1,000 lists. No lists deleted');
  return names.map(String);
};

/** Only how many: the names are the job's rows. */
const params = z.object({
  lists: z
    .unknown()
    .optional()
    .transform((lists, context) => {
      try {
        return namesOf(lists).length;
      } catch (error) {
        const { message, reason } = error as Refusal;
        context.addIssue({ code: 'custom', message, params: { reason } });
        return z.NEVER;
      }
    }),
});
type Params = z.infer<typeof params>;
type Context = JobContext<Params, null>;

interface ListEntry extends Entry {
  name: string;
}

/** A row is a name as JSON, so that any character may be in it. */
const parse = (_context: Context, { cells }: { cells: readonly string[] }): ListEntry | { reject: string } => {
  const line = cells[0] ?? '';
  try {
    const name: unknown = JSON.parse(line);
    if (typeof name === 'string') return { key: line, name };
  } catch {
    // Said below.
  }
  return { reject: 'it is not a list name' };
};

export const listErase = defineJobType<Params, null, ListEntry>({
  name: 'list_erase',
  params,
  title: ({ lists }) => `Bulk List Erase: ${lists} requested`,
  echo: () => ({}),
  needs: ['lists:read', 'lists:erase', 'blasts:read', 'aliases:read', 'aliases:write'],
  hurt: 'People who erase lists: the lists stay.',
  work: {
    kind: 'rows',
    sources: ['params'],
    noSource: 'The lists parameter must be passed as an array',
    given: (raw) => namesOf(raw.lists).map((name) => JSON.stringify(name)),
    keyOf: (line) => line,
    prepare: async () => null,
    parse,
    merge: (_earlier, later) => later,
    apply: (context, entries) =>
      eraseLists(
        context,
        entries.map(({ name }) => name),
      ),
    async look(context, entries): Promise<Forecast[]> {
      return lookAtLists(
        context,
        entries.map(({ name }) => name),
      );
    },
    async finish(context) {
      return { remove_count: context.job.counts.updated ?? 0, ...(await namesErased(context)) };
    },
  },
});
