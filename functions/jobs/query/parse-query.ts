// Reads a query from what a client sent, and refuses what it cannot use: a restriction that is not understood must not widen an audience.
import { align, type Columns, type Row } from './align.ts';
import { attributeNames, setAttribute } from './attributes.ts';
import { criteria } from './criteria.ts';
import { type Entries, entriesOf, isGiven } from './entries.ts';
import {
  type AttributeName,
  type Attributes,
  type Criterion,
  invalidQuery,
  type Query,
  type QueryContext,
  type Scalar,
} from './query.ts';
import { readSource } from './source.ts';

const maxCriteria = 100;
/** Of the query's JSON: it is kept in the job's record. */
const maxCharacters = 50_000;

const known: ReadonlySet<string> = new Set([
  'source_list',
  'multiple_source_list',
  'query_mode',
  'criteria',
  ...attributeNames,
]);

/**
 * The query that a client means; `[]` and `{}` mean everyone. Reading the answer of `queryAnswer` gives the same query again.
 * Throws Refusal `invalid_parameter` with `Invalid query: <reason>`. Whether its lists exist is `resolveLists`' question.
 */
export const parseQuery = (raw: unknown): Query => {
  const given = readObject(raw);
  const rows = readRows(entriesOf('criteria', given.get('criteria')));
  const columns = readColumns(given);
  if (rows.length === 0 && attributeNames.some((name) => columns[name].size > 0))
    throw invalidQuery('criteria is missing');
  if (charactersOf(columns) > maxCharacters) throw tooLong();
  const aligned = align(rows, columns);
  const source = readSource(given.get('source_list'), given.get('multiple_source_list'));
  const query: Query = {
    ...(source && { source }),
    mode: readMode(given.get('query_mode')),
    criteria: rows.map((row) => readCriterion(row, aligned)),
  };
  if (JSON.stringify(query).length > maxCharacters) throw tooLong();
  return query;
};

const tooLong = () => invalidQuery(`more than ${maxCharacters} characters`);

/** Before anything is made of them: what is far too long is not to be worked on. */
const charactersOf = (columns: Columns): number => {
  let characters = 0;
  for (const name of attributeNames)
    for (const value of columns[name].values()) characters += typeof value === 'string' ? value.length : 0;
  return characters;
};

/** Its members by name, without those that say nothing. */
const readObject = (raw: unknown): ReadonlyMap<string, unknown> => {
  const value = typeof raw === 'string' ? parseJson(raw) : raw;
  const isEmptyList = Array.isArray(value) && value.length === 0;
  if (typeof value !== 'object' || value === null || (Array.isArray(value) && !isEmptyList))
    throw invalidQuery('it must be an object');
  const members = Object.entries(value).filter(([, member]) => isGiven(member));
  for (const [name] of members) if (!known.has(name)) throw invalidQuery(`unknown attribute ${name.slice(0, 100)}`);
  return new Map(members);
};

const parseJson = (text: string): unknown => {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
};

const readRows = (entries: Entries): Row[] => {
  if (entries.size > maxCriteria) throw invalidQuery(`more than ${maxCriteria} criteria`);
  return [...entries].map(([index, scalar]) => {
    const name = String(scalar);
    const definition = criteria.get(name);
    if (!definition) throw invalidQuery(`unknown criterion ${name.slice(0, 100)}`);
    return { index, name, definition };
  });
};

const readColumns = (given: ReadonlyMap<string, unknown>): Columns =>
  Object.fromEntries(attributeNames.map((name) => [name, entriesOf(name, given.get(name))])) as Columns;

const readMode = (raw: unknown = 'and'): Query['mode'] => {
  const mode = typeof raw === 'string' ? raw.trim().toLowerCase() : undefined;
  if (mode !== 'and' && mode !== 'or') throw invalidQuery('query_mode must be and or or');
  return mode;
};

const nowhen: QueryContext = { now: 0, offset: () => 0, lists: new Map() };

const readCriterion = ({ index, name, definition }: Row, columns: Columns): Criterion => {
  const criterion: Criterion = { criterion: name };
  const set = (attribute: AttributeName, raw: Scalar | undefined): void => {
    if (raw !== undefined) setAttribute(criterion, attribute, raw);
    else if (definition.needs.includes(attribute)) throw invalidQuery(`${name} needs ${attribute}`);
  };
  for (const attribute of [...definition.needs, ...definition.takes])
    if (attribute !== 'value' || definition.needs.includes(attribute)) set(attribute, columns[attribute].get(index));
  if (definition.bound(criterion.timerange)) {
    const bound = columns.value.get(index) ?? columns.threshold.get(index);
    if (bound === undefined) throw invalidQuery(`${name} needs value`);
    set('value', bound);
  }
  // What cannot be compiled is refused now rather than when the job runs.
  definition.compile(criterion as Criterion & Attributes, nowhen);
  return criterion;
};
