// Records with indexes beside them. An index may lead to nothing, but must never miss anything: it is written before the record,
// and what has become of no use is removed after it, unless someone has written it again meanwhile.
import type { ClientId } from '../job.ts';
import type { RecordKey, Records, RecordTable, RecordWrite } from '../ports.ts';

/** A write on condition of the version that was read. */
export interface IndexedWrite extends RecordWrite {
  was: number;
  /** The index records that are to lead to it; those that several records may want tell in `to` the sort key that they lead to. */
  indexes: readonly IndexRecord[];
  /** The ones that led to it when it was read. */
  before: readonly RecordKey[];
}
export interface IndexRecord extends RecordKey {
  to?: string;
}

const textOf = ({ part, sort }: RecordKey): string => `${part} ${sort}`;

/** Writes records with their indexes. The sort keys of the records whose version was no longer the one that was read. */
export const writeIndexed = async (
  records: Records,
  client: ClientId,
  table: RecordTable,
  writes: readonly IndexedWrite[],
): Promise<Set<string>> => {
  if (writes.length === 0) return new Set();
  const wanted = new Map(writes.flatMap(({ indexes }) => indexes.map((index) => [textOf(index), index])));
  // As they are before the record changes: who needs one again afterwards writes it anew.
  const owners = new Map(
    writes.flatMap(({ sort, before }) =>
      before.filter((key) => !wanted.has(textOf(key))).map((key) => [textOf(key), { key, sort }]),
    ),
  );
  const keys = [...owners.values()].map(({ key }) => key);
  const useless = keys.length === 0 ? [] : await records.read(client, table, keys, { fresh: true });

  const indexes = [...wanted.values()].map(({ part, sort, to }) => ({
    part,
    sort,
    value: to === undefined ? {} : { to },
  }));
  if (indexes.length > 0) await records.write(client, table, indexes);
  const mains = writes.map(({ indexes: _, before: __, ...write }) => write);
  const conflicts = new Set((await records.write(client, table, mains)).map(({ sort }) => sort));

  const removals = useless.flatMap((index) => {
    const owner = owners.get(textOf(index))?.sort ?? '';
    const isOwn = index.value.to === undefined || index.value.to === owner;
    return isOwn && !conflicts.has(owner) ? [{ part: index.part, sort: index.sort, was: index.version }] : [];
  });
  if (removals.length > 0) await records.write(client, table, removals);
  return conflicts;
};
