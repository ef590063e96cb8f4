// Values that are longer than a record may be, such as the HTML of a campaign: cut into records of their own, under a new name each time.
import { randomBytes } from 'node:crypto';
import type { ClientId } from '../job.ts';
import type { Ports, RecordKey } from '../ports.ts';

/** Where a value lies. Whoever holds this in a record of its own sees the value whole, or as it was before. */
export type LongValue = { revision: string; pieces: number };

/** Of the value's JSON text; as JSON once more, where its quotes count double, a piece stays within a record. */
const pieceLength = 45_000;

const keysOf = (part: string, { revision, pieces }: LongValue): RecordKey[] =>
  Array.from({ length: pieces }, (_, index) => ({ part, sort: `${revision}#${String(index).padStart(3, '0')}` }));

/** Writes a value that nothing leads to yet. */
export const putLong = async (
  { records }: Pick<Ports, 'records'>,
  client: ClientId,
  part: string,
  value: unknown,
): Promise<LongValue> => {
  const text = JSON.stringify(value);
  const long = { revision: randomBytes(8).toString('hex'), pieces: Math.ceil(text.length / pieceLength) };
  const writes = keysOf(part, long).map((key, index) => ({
    ...key,
    value: { text: text.slice(index * pieceLength, (index + 1) * pieceLength) },
  }));
  await records.write(client, 'blasts', writes);
  return long;
};

/** The value, or undefined when it was removed meanwhile. */
export const readLong = async (
  { records }: Pick<Ports, 'records'>,
  client: ClientId,
  part: string,
  long: LongValue,
): Promise<unknown> => {
  const found = await records.read(client, 'blasts', keysOf(part, long), { fresh: true });
  if (found.length < long.pieces) return undefined;
  const texts = found.toSorted((one, other) => (one.sort < other.sort ? -1 : 1)).map(({ value }) => String(value.text));
  return JSON.parse(texts.join('')) as unknown;
};

/** Removes a value that nothing leads to any more. */
export const dropLong = async (
  { records }: Pick<Ports, 'records'>,
  client: ClientId,
  part: string,
  long: LongValue | undefined,
): Promise<void> => {
  if (long) await records.write(client, 'blasts', keysOf(part, long));
};
