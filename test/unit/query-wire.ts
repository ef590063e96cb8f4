// The forms in which clients send one and the same query.
import type { Asked } from './query-naive.ts';

type Scalar = string | number | boolean;

/** One alternative as it is written: in quotes when it would be read as something else. */
const written = (value: Scalar): string =>
  typeof value === 'string' && (/^(-?\d+(\.\d+)?|true|false)$/.test(value) || value.includes('|'))
    ? `"${value}"`
    : String(value);

const valueCell = ({ any, range, criterion, number }: Asked): Scalar | undefined => {
  if (any) return any.length === 1 && typeof any[0] !== 'string' ? any[0] : any.map(written).join('|');
  if (criterion.startsWith('signup_')) return `-${(range?.days ?? 0) * 24} hours`;
  if (range?.timerange.endsWith('days')) return range.days;
  if (range?.timerange.endsWith('date')) return `-${range.days * 24} hours`;
  return criterion.startsWith('purchase_') && number !== undefined ? number : undefined;
};

/** What stands in each array for a criterion. */
const cells = (asked: Asked): Record<string, Scalar | undefined> => ({
  criteria: asked.criterion,
  field: asked.field,
  value: valueCell(asked),
  timerange: asked.criterion.startsWith('signup_') ? undefined : asked.range?.timerange,
  engagement: asked.engagement,
  threshold: asked.criterion === 'horizon_interest' ? asked.number : undefined,
  use_geo: asked.use_geo === undefined ? undefined : Number(asked.use_geo),
  geo_frequency: asked.geo_frequency,
  radius: asked.radius,
  compare: asked.compare,
  compare_value: asked.criterion === 'daily_open' ? asked.number : undefined,
});

const arrays = (
  asked: readonly Asked[],
  array: (column: (Scalar | undefined)[], name: string) => unknown,
): Record<string, unknown> => {
  const rows = asked.map(cells);
  const names = Object.keys(cells({ criterion: '' }));
  return Object.fromEntries(
    names.map((name) => [
      name,
      array(
        rows.map((row) => row[name]),
        name,
      ),
    ]),
  );
};

/** The same in other clothes; each must mean what the first one means. */
export const variants: Record<string, (asked: readonly Asked[]) => unknown> = {
  'full arrays': (asked) => arrays(asked, (column) => column.map((cell) => cell ?? '')),
  'nulls, and arrays that end early': (asked) =>
    arrays(asked, (column) =>
      column.slice(0, column.findLastIndex((cell) => cell !== undefined) + 1).map((cell) => cell ?? null),
    ),
  'objects without what is not given': (asked) =>
    arrays(asked, (column) =>
      Object.fromEntries(column.flatMap((cell, index) => (cell === undefined ? [] : [[index, cell]]))),
    ),
  'objects with gaps, in any order': (asked) =>
    arrays(asked, (column) => Object.fromEntries(column.map((cell, index) => [String(9000 - index * 7), cell ?? '']))),
  'texts of a form': (asked) =>
    arrays(asked, (column) => column.map((cell) => (cell === undefined ? '' : String(cell)))),
  'floats written as text': (asked) =>
    arrays(asked, (column, name) =>
      column.map((cell) => (typeof cell === 'number' && name !== 'value' ? cell.toFixed(1) : (cell ?? null))),
    ),
  'JSON in a text': (asked) => JSON.stringify(arrays(asked, (column) => column.map((cell) => cell ?? ''))),
};

/** Java's: no array has gaps, so that an entry's index need not be its criterion's. */
export const gapless = (asked: readonly Asked[]): unknown =>
  arrays(asked, (column) => column.filter((cell) => cell !== undefined));
