// What a sample's rows make of a list, worked out without the system: to be compared with what the system exports.
import { createHash, hash } from 'node:crypto';
import { Readable } from 'node:stream';
import { parse } from 'csv-parse';
import { normaliseAddress } from '../../functions/files/address.ts';

/** People found, and a digest of all of them with all their variables that does not depend on their order. */
export interface People {
  count: number;
  distinct: number;
  digest: string;
}

const options = { bom: true, relax_column_count: true, skip_empty_lines: false } as const;

const rowsOf = async function* (bytes: AsyncIterable<Uint8Array> | Iterable<Uint8Array>): AsyncGenerator<string[]> {
  for await (const row of Readable.from(bytes).pipe(parse(options))) yield row as string[];
};

/** An export shows a line break within a cell as a space. */
const inExport = (cell = ''): string => cell.replaceAll('\n', ' ');

const peopleOf = (lines: readonly string[]): People => {
  const sorted = lines.toSorted();
  const digest = createHash('sha256');
  for (const line of sorted) digest.update(`${line}\n`);
  const addresses = new Set(lines.map((line) => line.slice(0, 32)));
  return { count: lines.length, distinct: addresses.size, digest: digest.digest('hex').slice(0, 16) };
};

/** The people that an import of the file makes in an empty list: of several rows the last value that is not empty counts. */
export const peopleInFile = async (bytes: Iterable<Uint8Array>): Promise<People> => {
  const people = new Map<string, string[]>();
  let width = 0;
  for await (const [email = '', ...cells] of rowsOf(bytes)) {
    if (width === 0) {
      width = cells.length;
      continue;
    }
    const found = cells.length > width ? { reason: 'too many cells' } : normaliseAddress(email);
    if ('reason' in found) continue;
    const earlier = people.get(found.address) ?? [];
    people.set(
      found.address,
      Array.from({ length: width }, (_, index) => inExport(cells[index]) || (earlier[index] ?? '')),
    );
  }
  return peopleOf([...people].map(([address, cells]) => JSON.stringify([hash('md5', address), ...cells]).slice(2)));
};

/** The people in an export of the list with the variables `vars`, which it may show in another order. */
export const peopleInExport = async (bytes: AsyncIterable<Uint8Array>, vars: readonly string[]): Promise<People> => {
  const lines: string[] = [];
  let header: string[] | undefined;
  for await (const row of rowsOf(bytes)) {
    const names: string[] = header ?? row;
    if (header) lines.push(JSON.stringify([row[1], ...vars.map((name) => row[names.indexOf(name)])]).slice(2));
    header = names;
  }
  return peopleOf(lines);
};
