// Ties the arrays together: by the index, or in order where a client could leave no gaps.
import type { Definition } from './definition.ts';
import type { Entries } from './entries.ts';
import type { AttributeName } from './query.ts';

/** A criterion and its place in the arrays. */
export interface Row {
  index: number;
  name: string;
  definition: Definition;
}

export type Columns = Record<AttributeName, Entries>;

type Uses = (row: Row, columns: Columns) => boolean;

const uses =
  (name: AttributeName): Uses =>
  ({ definition }) =>
    definition.needs.includes(name) || definition.takes.includes(name);
const needs =
  (name: AttributeName): Uses =>
  ({ definition }) =>
    definition.needs.includes(name);
/** Compares with something, for which nothing stands in the other of the two arrays that may hold it. */
const lacks =
  (other: 'value' | 'threshold'): Uses =>
  ({ index, definition }, columns) =>
    definition.bound(columns.timerange.get(index)) && !columns[other].has(index);

/** What may be out of place, and who uses it. First those who have no choice: who else looks for one depends on the other. */
const steps: readonly (readonly [AttributeName, ...Uses[]])[] = [
  ['timerange', uses('timerange')],
  ['engagement', uses('engagement')],
  ['geo_frequency', uses('geo_frequency')],
  ['value', needs('value')],
  ['threshold', needs('threshold')],
  ['threshold', needs('threshold'), lacks('value')],
  ['value', needs('value'), lacks('threshold')],
];

/**
 * The Java client appends to each array on its own, so that the third criterion's level may stand at index 0. The index
 * counts first. Where it finds nothing for a criterion, and the array has no gaps and just as many entries as there are
 * criteria that use it, they belong to these in order.
 */
export const align = (rows: readonly Row[], sent: Columns): Columns => {
  const columns = { ...sent };
  for (const [name, ...some] of steps) {
    const users = rows.filter((row) => some.some((use) => use(row, columns)));
    columns[name] = paired(columns[name], users);
  }
  return columns;
};

const paired = (entries: Entries, users: readonly Row[]): Entries => {
  if (users.every(({ index }) => entries.has(index))) return entries;
  const values = [...entries.values()];
  if (values.length !== users.length || !values.every((_, index) => entries.has(index))) return entries;
  return new Map(values.map((value, at) => [users[at]?.index ?? at, value]));
};
