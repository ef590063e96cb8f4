// What the tests of functions/files share: streams cut anywhere, a plain reading of the grammar, whole runs of plan and rows.
import fc from 'fast-check';
import { type NumberedRecord, writeNumbered } from '../../functions/files/numbered.ts';
import { type PlanOptions, planRows, type RowPlan } from '../../functions/files/plan-rows.ts';
import { readNumberedRows, readRows } from '../../functions/files/read-rows.ts';
import type { Format, InputRow } from '../../functions/files/rows.ts';
import { RecordScanner } from '../../functions/files/scan.ts';

export const bytesOf = (text: string | Uint8Array): Buffer =>
  typeof text === 'string' ? Buffer.from(text) : Buffer.from(text);

/** Cuts bytes into blocks whose sizes repeat `sizes`. */
export async function* cut(bytes: Uint8Array, sizes: readonly number[] = [65_536]): AsyncGenerator<Uint8Array> {
  for (let at = 0, index = 0; at < bytes.length; index++) {
    const size = sizes[index % sizes.length] ?? 1;
    yield Buffer.from(bytes.subarray(at, at + size));
    at += size;
  }
}

export const anyCuts = fc.array(fc.integer({ min: 1, max: 40 }), { minLength: 1, maxLength: 5 });

export const collect = async <T>(items: AsyncIterable<T>): Promise<T[]> => {
  const all: T[] = [];
  for await (const item of items) all.push(item);
  return all;
};

export const collectBytes = async (blocks: AsyncIterable<Uint8Array>): Promise<Buffer> =>
  Buffer.concat(await collect(blocks));

export interface Run {
  plan: RowPlan;
  /** Rows of each range, then those set apart, by partition. */
  ranges: InputRow[][];
  partitions: Map<number, InputRow[]>;
  apart: (NumberedRecord & { partition: number })[];
  /** All rows in file order. */
  rows: InputRow[];
}

/** Plans a text and reads all its rows as workers do. */
export const run = async (
  text: string | Uint8Array,
  options: Partial<PlanOptions> = {},
  sizes?: readonly number[],
): Promise<Run> => {
  const bytes = bytesOf(text);
  const apart: Run['apart'] = [];
  const plan = await planRows(() => cut(bytes, sizes), {
    ...options,
    async onDuplicate(partition, line, record) {
      await Promise.resolve();
      apart.push({ partition, line, record: Buffer.from(record) });
    },
  });
  const ranges: InputRow[][] = [];
  for (const range of plan.ranges) {
    const part = cut(bytes.subarray(range.start, range.end), sizes);
    ranges.push((await collect(readRows(part, plan.format, plan.header, range))).flat());
  }
  const partitions = new Map<number, InputRow[]>();
  for (const partition of new Set(apart.map((item) => item.partition))) {
    const mine = apart.filter((item) => item.partition === partition);
    const stored = Buffer.concat(mine.map(({ line, record }) => writeNumbered(line, record)));
    const read = readNumberedRows(cut(stored, sizes), plan.format, plan.header);
    partitions.set(partition, (await collect(read)).flat());
  }
  const rows = [...ranges.flat(), ...[...partitions.values()].flat()].toSorted((a, b) => a.line - b.line);
  return { plan, ranges, partitions, apart, rows };
};

export interface Scanned {
  line: number;
  offset: number;
  nextOffset: number;
  broken: string | undefined;
  shown: string;
}

/** The records that the scanner finds. */
export const scan = async (
  bytes: Uint8Array,
  format: Format,
  sizes?: readonly number[],
  maxBytes?: number,
): Promise<Scanned[]> => {
  const scanner = new RecordScanner(format, 1, 0, maxBytes);
  const found: Scanned[] = [];
  const drain = () => {
    while (scanner.read()) {
      const { line, offset, nextOffset, broken } = scanner;
      found.push({ line, offset, nextOffset, broken, shown: scanner.bytes().toString('latin1') });
    }
  };
  for await (const block of cut(bytes, sizes)) {
    scanner.push(block);
    drain();
  }
  scanner.finish();
  drain();
  return found;
};

/** The grammar once more, written for reading and not for speed, over ASCII text. */
export const scanPlainly = (text: string, format: Format, maxBytes: number): Omit<Scanned, 'broken'>[] => {
  const eol = format.eol === 'cr' ? '\r' : '\n';
  const found: ReturnType<typeof scanPlainly> = [];
  let line = 1;
  for (let at = 0; at < text.length; ) {
    const whole = wholeRecord(text, at, format.delimiter, eol);
    const firstEol = text.indexOf(eol, at);
    const brokenEnd = firstEol < 0 ? text.length : firstEol;
    const end = whole === undefined || whole - at > maxBytes ? brokenEnd : whole;
    const content = text.slice(at, end);
    const shown = eol === '\n' ? content.replace(/\r$/, '') : content;
    const next = Math.min(text.length, end + 1);
    if (shown !== '') found.push({ line, offset: at, nextOffset: next, shown });
    line += text.slice(at, next).split(eol).length - 1;
    at = next;
  }
  return found;
};

/** Where a well-formed record ends. */
const wholeRecord = (text: string, from: number, delimiter: string, eol: string): number | undefined => {
  const inPattern = (character: string) => `\\u${character.charCodeAt(0).toString(16).padStart(4, '0')}`;
  const [d, e] = [inPattern(delimiter), inPattern(eol)];
  const tail = eol === '\n' ? '\\r?' : '';
  const cell = new RegExp(
    `(?:"(?:[^"]|"")*"(?=${d}|${tail}(?:${e}|$(?![^])))|(?!")[^"${d}${e}]*(?=[${d}${e}]|$(?![^])))`,
    'y',
  );
  for (let at = from; ; ) {
    cell.lastIndex = at;
    const match = cell.exec(text);
    if (!match) return undefined;
    at += match[0].length;
    if (text[at] === delimiter) at++;
    else return eol === '\n' && text[at] === '\r' ? at + 1 : at;
  }
};
