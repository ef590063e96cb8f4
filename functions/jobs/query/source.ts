// The lists that a query names: those that restrict the base, and those that its criteria ask for.
import type { ListId } from '../profile.ts';
import { criteria } from './criteria.ts';
import { entriesOf, isGiven, scalarOf } from './entries.ts';
import { everyone, invalidQuery, type Query, type SourceLists } from './query.ts';
import { alternativesOf } from './values.ts';

const maxLists = 100;
const several = new Map<string, SourceLists['mode']>([
  ['.multiple', 'any'],
  ['.multiple-all', 'all'],
]);

/** Undefined when it is everyone. Throws Refusal when the two parameters do not fit together. */
export const readSource = (source: unknown, multiple: unknown): SourceLists | undefined => {
  const name = isGiven(source) ? String(scalarOf('source_list', source)) : '';
  const names = [...new Set([...entriesOf('multiple_source_list', multiple).values()].map(String))];
  const mode = several.get(name);
  if (mode === undefined) {
    if (names.length > 0) throw invalidQuery('multiple_source_list needs source_list .multiple or .multiple-all');
    return name === '' || name === everyone ? undefined : { lists: [name], mode: 'any' };
  }
  if (names.length === 0) throw invalidQuery(`source_list ${name} needs multiple_source_list`);
  const lists = names.filter((list) => list !== everyone);
  if (lists.length === 0 || (mode === 'any' && lists.length < names.length)) return undefined;
  return { lists, mode: lists.length === 1 ? 'any' : mode };
};

/** The lists whose members alone can match; undefined when the whole base must be looked through. */
export const sourceLists = ({ source }: Query): SourceLists | undefined => source;

/** Names of all lists that the query depends on, each once. */
export const listNamesOf = ({ source, criteria: asked }: Query): string[] => {
  const names = new Set(source?.lists);
  for (const { criterion, value } of asked)
    if (value !== undefined && criteria.get(criterion)?.lists)
      for (const { text } of alternativesOf(value)) if (text !== everyone) names.add(text);
  return [...names];
};

type FindList = (name: string) => Promise<{ id: ListId } | undefined>;

/** The ids of the query's lists by name, as `matcher` needs them; a list that is not there is left out, and nobody is in it. */
export const findLists = async (query: Query, find: FindList): Promise<Map<string, ListId>> => {
  const names = listNamesOf(query);
  if (names.length > maxLists) throw invalidQuery(`more than ${maxLists} lists`);
  const found = await Promise.all(names.map(async (name) => [name, (await find(name))?.id] as const));
  return new Map(found.filter((entry): entry is [string, ListId] => entry[1] !== undefined));
};

/** The same for a request: throws Refusal `Invalid query: unknown list <name>` for the first list that is not there. */
export const resolveLists = async (query: Query, find: FindList): Promise<Map<string, ListId>> => {
  const lists = await findLists(query, find);
  for (const name of listNamesOf(query)) if (!lists.has(name)) throw invalidQuery(`unknown list ${name}`);
  return lists;
};
