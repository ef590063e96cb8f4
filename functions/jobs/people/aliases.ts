// The index from other keys, and from addresses that came later, to people. It may say too much: the profile decides.
import { hash } from 'node:crypto';
import type { ClientId, Millis } from '../job.ts';
import type { Ports, RecordKey, StoredRecord } from '../ports.ts';
import type { Sid } from '../profile.ts';
import { type PersonKey, textOfKey } from './person-key.ts';

const table = 'aliases';

/** Where a key leads. */
export interface Alias {
  sid: Sid;
  /** When it was written. */
  at: Millis;
  version: number;
}

const only = '-';
/** Hashed, since a key is personal and of any length: nothing readable is left behind when a person is forgotten. */
const recordKey = (key: PersonKey): RecordKey => ({
  part: hash('sha256', textOfKey(key), 'hex').slice(0, 40),
  sort: only,
});
const marker: RecordKey = { part: 'moved', sort: only };

/** Where the keys lead, from a consistent read, by `textOfKey`. */
export const readAliases = async (
  { records }: Pick<Ports, 'records'>,
  client: ClientId,
  keys: readonly PersonKey[],
): Promise<Map<string, Alias>> => {
  const texts = new Map(keys.map((key) => [recordKey(key).part, textOfKey(key)]));
  const wanted = [...texts.keys()].map((part) => ({ part, sort: only }));
  const found = wanted.length === 0 ? [] : await records.read(client, table, wanted, { fresh: true });
  return new Map(found.map((record) => [texts.get(record.part) ?? '', aliasOf(record)]));
};

const aliasOf = ({ value, version }: StoredRecord): Alias => ({
  sid: String(value.sid),
  at: Number(value.at),
  version,
});

/** What a key is to lead to, as long as it leads where it was seen to lead: to nobody, or as an alias said. */
export interface AliasWrite {
  key: PersonKey;
  /** Undefined: to nobody. */
  to: Sid | undefined;
  seen: Alias | undefined;
}

/** Those that were not written, since somebody else wrote the key meanwhile. No key may come twice. */
export const writeAliases = async (
  { records, clock }: Pick<Ports, 'records' | 'clock'>,
  client: ClientId,
  writes: readonly AliasWrite[],
): Promise<AliasWrite[]> => {
  if (writes.length === 0) return [];
  const at = clock.now();
  const byPart = new Map(writes.map((write) => [recordKey(write.key).part, write]));
  const conflicts = await records.write(
    client,
    table,
    [...byPart].map(([part, { to, seen }]) => ({
      part,
      sort: only,
      was: seen?.version ?? 0,
      ...(to !== undefined && { value: { sid: to, at } }),
    })),
  );
  return conflicts.flatMap(({ part }) => byPart.get(part) ?? []);
};

/** Whether an address was ever changed: for clients that never did no job looks for such addresses. */
export const haveMoved = async ({ records }: Pick<Ports, 'records'>, client: ClientId): Promise<boolean> =>
  (await records.read(client, table, [marker], { fresh: true })).length > 0;

/** To be written before the first address changes. */
export const noteMove = async ({ records }: Pick<Ports, 'records'>, client: ClientId): Promise<void> => {
  await records.write(client, table, [{ ...marker, value: {} }]);
};
