// Read, decide, write on condition: how a record that several callers may change at once is changed.
import { RetryLater } from '../errors.ts';
import type { ClientId } from '../job.ts';
import type { Ports, RecordKey, RecordTable } from '../ports.ts';

export interface Place extends RecordKey {
  table: RecordTable;
}

type Value = Record<string, unknown>;

const rounds = 12;

/**
 * Writes what `decide` makes of the record that is there (undefined: none), and returns it. `decide` is asked again when
 * someone else was faster, so it must not hold on to what it read before; it may return the very value it got, when nothing
 * is to be changed, or undefined, when nothing is to be there.
 */
export const changeRecord = async <T extends Value, R extends T | undefined>(
  { records }: Pick<Ports, 'records'>,
  client: ClientId,
  { table, part, sort }: Place,
  decide: (before: T | undefined) => R | Promise<R>,
): Promise<R> => {
  for (let round = 0; round < rounds; round++) {
    const [found] = await records.read(client, table, [{ part, sort }], { fresh: true });
    const before = found?.value as T | undefined;
    const after = await decide(before);
    if (after === before) return after;
    const write = { part, sort, was: found?.version ?? 0, ...(after !== undefined && { value: after }) };
    if ((await records.write(client, table, [write])).length === 0) return after;
  }
  throw new RetryLater(1, 'a record kept changing');
};

/** All values of a part, in order. May be a moment old unless they are to be `fresh`. */
export const allOf = async <T extends Value>(
  { records }: Pick<Ports, 'records'>,
  client: ClientId,
  table: RecordTable,
  part: string,
  options: { fresh?: boolean } = {},
): Promise<T[]> => {
  const values: T[] = [];
  for await (const page of records.range(client, table, part, options))
    for (const { value } of page) values.push(value as T);
  return values;
};
