// The arrays of a query as clients really send them: lists, PHP arrays with gaps, single values.
import { invalidQuery, type Scalar } from './query.ts';

/** What stands at which index; what was not given is not there. In the order of the indices. */
export type Entries = ReadonlyMap<number, Scalar>;

/** `""` and `null` hold a place and say nothing. */
export const isGiven = (value: unknown): boolean => value !== undefined && value !== null && value !== '';

/** An array, an object with numeric keys, or one value alone. Throws Refusal when it is something else. */
export const entriesOf = (name: string, value: unknown): Entries => {
  const entries: [number, Scalar][] = [];
  for (const [index, item] of itemsOf(name, value)) if (isGiven(item)) entries.push([index, scalarOf(name, item)]);
  return new Map(entries.toSorted(([a], [b]) => a - b));
};

const itemsOf = (name: string, value: unknown): Iterable<[number, unknown]> => {
  if (Array.isArray(value)) return value.entries();
  if (typeof value !== 'object' || value === null) return [[0, value]];
  return Object.entries(value).map(([key, item]): [number, unknown] => {
    if (!/^(?:0|[1-9]\d{0,8})$/.test(key)) throw invalidQuery(`${name} must be an array`);
    return [Number(key), item];
  });
};

export const scalarOf = (name: string, value: unknown): Scalar => {
  if (typeof value === 'boolean' || (typeof value === 'string' && value.isWellFormed())) return value;
  // Adding 0 makes -0 a 0, which JSON cannot tell apart.
  if (typeof value === 'number' && Number.isFinite(value)) return value + 0;
  throw invalidQuery(`${name} must hold texts, numbers, true or false`);
};
