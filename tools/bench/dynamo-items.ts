// DynamoDB's items: how values lie on the wire, how large they are, what reading and writing them costs.

/** A value in DynamoDB's JSON: an object with one key, the type. */
export interface Value {
  S?: string;
  N?: string;
  B?: string;
  BOOL?: boolean;
  NULL?: boolean;
  M?: Item;
  L?: Value[];
  SS?: string[];
  NS?: string[];
  BS?: string[];
}
export type Item = { [name: string]: Value };

const bytes = (text: string): number => Buffer.byteLength(text);
const base64Bytes = (text: string): number => Buffer.byteLength(text, 'base64');
/** About: one byte for two significant digits, and one. */
const numberBytes = (digits: string): number => Math.ceil(digits.replace(/^-?0*\.?0*|\.|[eE].*$/g, '').length / 2) + 1;
const sum = <T>(parts: readonly T[], size: (part: T) => number): number =>
  parts.reduce((total, part) => total + size(part), 0);

const valueSize = (value: Value): number => {
  if (value.S !== undefined) return bytes(value.S);
  if (value.N !== undefined) return numberBytes(value.N);
  if (value.B !== undefined) return base64Bytes(value.B);
  if (value.M !== undefined) return 3 + itemSize(value.M) + Object.keys(value.M).length;
  if (value.L !== undefined) return 3 + sum(value.L, (part) => 1 + valueSize(part));
  if (value.SS !== undefined) return sum(value.SS, bytes);
  if (value.NS !== undefined) return sum(value.NS, numberBytes);
  if (value.BS !== undefined) return sum(value.BS, base64Bytes);
  return 1;
};

/** Bytes that count for the price and for the limit of 400 KB: names and values. */
export const itemSize = (item: Item): number => {
  let size = 0;
  for (const name in item) size += bytes(name) + valueSize(item[name] ?? {});
  return size;
};

/** Units for reading so many bytes: half a unit for each 4 KB, a whole one when consistent; a missing item costs as a small one. */
export const readUnits = (size: number, consistent: boolean): number =>
  Math.max(1, Math.ceil(size / 4096)) * (consistent ? 1 : 0.5);

/** Units for a write: one for each KB of the larger of the items before and after. A refused write costs the same. */
export const writeUnits = (before: Item | undefined, after: Item | undefined): number =>
  Math.max(1, Math.ceil(Math.max(before ? itemSize(before) : 0, after ? itemSize(after) : 0) / 1024));
