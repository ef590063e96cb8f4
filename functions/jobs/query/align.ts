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

/** In this order: whether a threshold or a value is looked for depends on what stands before it. */
const fillable = ['timerange', 'engagement', 'geo_frequency', 'threshold', 'value'] as const;

/**
 * The Java client appends to each array on its own, so that the third criterion's level may stand at index 0. The index
 * counts first. Where it finds nothing for a criterion, and the array has no gaps and just as many entries as there are
 * criteria that use it, they belong to these in order.
 */
export const align = (rows: readonly Row[], sent: Columns): Columns => {
  const columns = { ...sent };
  for (const name of fillable)
    columns[name] = paired(
      columns[name],
      rows.filter((row) => uses(row, name, columns)),
    );
  return columns;
};

const uses = ({ index, definition }: Row, name: AttributeName, columns: Columns): boolean => {
  const bound = definition.bound(columns.timerange.get(index));
  if (name === 'threshold' && bound) return !columns.value.has(index);
  if (name === 'value' && bound) return !columns.threshold.has(index);
  // What is only compared in some ranges is not looked for in the others.
  if (name === 'value') return definition.needs.includes(name);
  return definition.needs.includes(name) || definition.takes.includes(name);
};

const paired = (entries: Entries, users: readonly Row[]): Entries => {
  if (users.every(({ index }) => entries.has(index))) return entries;
  const values = [...entries.values()];
  if (values.length !== users.length || !values.every((_, index) => entries.has(index))) return entries;
  return new Map(values.map((value, at) => [users[at]?.index ?? at, value]));
};
