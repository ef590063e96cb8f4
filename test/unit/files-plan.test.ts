// Planning and reading together: every row exactly once, the same rows that another parser finds, duplicates set apart whole.
import { parse } from 'csv-parse/sync';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { normaliseAddress } from '../../functions/files/address.ts';
import { planRows, type RowPlan } from '../../functions/files/plan-rows.ts';
import { anyCuts, bytesOf, cut, type Run, run } from './files-helpers.ts';

const piece = fc.constantFrom('a', 'é', '😀', ',', '"', '\n', '\r\n', '\r', ' ', ';', '=', '例', "'");
const cell = fc.string({ unit: piece, maxLength: 6 });
const address = fc.constantFrom(
  'ada@example.com',
  'ADA@Example.com ',
  ' ada@example.com',
  'bob@example.com',
  'eve@bücher.example',
  'eve@xn--bcher-kva.example',
  'EVE@BÜCHER.example',
  'zoë@example.com',
  'Zoë@example.com\u00a0',
  'no address',
  '',
  'kim@example.com',
  'lee@example.com',
  'a@b@example.com',
  'ann@example.com',
  '"ann"@example.com',
  'ann @example.com',
);
const row = fc.record({
  cells: fc.tuple(cell, address, cell),
  quoteAll: fc.boolean(),
  end: fc.constantFrom('\n', '\r\n', '\n\n', '\n\r\n\r\n'),
});
const limits = fc.record({ chunkRows: fc.integer({ min: 1, max: 5 }), chunkBytes: fc.integer({ min: 1, max: 200 }) });
type Row = { cells: string[]; quoteAll: boolean; end: string };
const write = ({ cells, quoteAll, end }: Row): string =>
  cells.map((text) => (quoteAll || /[",\r\n]/.test(text) ? `"${text.replaceAll('"', '""')}"` : text)).join(',') + end;

/** The text of rows under a header, and the line on which each starts. */
const writeAll = (rows: readonly Row[]): { text: string; lines: number[] } => {
  let text = '\ufeffa,Email,c\r\n';
  const lines = rows.map((item) => {
    const line = text.split('\n').length;
    text += write(item);
    return line;
  });
  return { text, lines };
};

/** Ranges lie side by side from the header to the end of the file, and hold as many rows as they say. */
const expectWhole = ({ plan, ranges, apart, rows }: Run, size: number): void => {
  let at = plan.dataStart;
  for (const [index, range] of plan.ranges.entries()) {
    expect(range.start).toBe(at);
    expect(range.end).toBeGreaterThan(at);
    const skipped = [...Buffer.from(range.skip ?? '', 'base64')].reduce((sum, byte) => sum + bitCount(byte), 0);
    expect(ranges[index]).toHaveLength(range.rows - skipped);
    at = range.end;
  }
  if (plan.rows > 0) expect(at).toBe(size);
  expect(plan.ranges.reduce((sum, range) => sum + range.rows, 0)).toBe(plan.rows);
  expect(rows).toHaveLength(plan.rows);
  expect(new Set(rows.map(({ line }) => line)).size).toBe(plan.rows);
  expect(apart).toHaveLength(plan.duplicates?.rows ?? 0);
};

const bitCount = (byte: number): number => byte.toString(2).replaceAll('0', '').length;

/** Lines of rows whose address comes more than once, by address. */
const groups = (rows: readonly Row[], lines: readonly number[]): Map<string, number[]> => {
  const found = new Map<string, number[]>();
  for (const [index, { cells }] of rows.entries()) {
    const normal = normaliseAddress(cells[1] ?? '');
    if ('address' in normal) found.set(normal.address, [...(found.get(normal.address) ?? []), lines[index] ?? 0]);
  }
  return new Map([...found].filter(([, all]) => all.length > 1));
};

describe('any table written as CSV', () => {
  test('is read as another parser reads it, whatever the cuts and the ranges', async () => {
    await fc.assert(
      fc.asyncProperty(fc.array(row, { maxLength: 25 }), limits, anyCuts, async (table, options, sizes) => {
        const { text, lines } = writeAll(table);
        const result = await run(text, options, sizes);
        expectWhole(result, bytesOf(text).length);
        const [, ...oracle] = parse(text, { bom: true, record_delimiter: ['\r\n', '\n'], skip_empty_lines: true });
        expect(result.rows.map(({ cells }) => cells)).toEqual(oracle);
        expect(result.rows).toEqual(table.map(({ cells }, index) => ({ line: lines[index], cells })));
        for (const range of result.plan.ranges) {
          expect(range.rows).toBeLessThanOrEqual(options.chunkRows);
          if (range.rows > 1) expect(range.end - range.start).toBeLessThanOrEqual(options.chunkBytes + 10);
        }
      }),
      { numRuns: 300 },
    );
  });

  test('has all rows of people who come more than once set apart, whole people together, in file order, and no others', async () => {
    await fc.assert(
      fc.asyncProperty(fc.array(row, { maxLength: 25 }), limits, anyCuts, async (table, options, sizes) => {
        const { text, lines } = writeAll(table);
        const result = await run(text, options, sizes);
        const expected = groups(table, lines);
        expect(result.apart.map(({ line }) => line)).toEqual([...expected.values()].flat().toSorted((a, b) => a - b));
      }),
      { numRuns: 300 },
    );
  });

  test('loses no row when hashes collide: strangers are set apart too, people stay whole', async () => {
    await fc.assert(
      fc.asyncProperty(
        fc.array(row, { maxLength: 25 }),
        limits,
        fc.integer({ min: 1, max: 3 }),
        async (table, options, hashBits) => {
          const { text, lines } = writeAll(table);
          const result = await run(text, { ...options, hashBits });
          expectWhole(result, bytesOf(text).length);
          expect(result.rows.map(({ cells }) => cells)).toEqual(table.map(({ cells }) => cells));
          for (const mine of groups(table, lines).values()) {
            const partitions = result.apart.filter(({ line }) => mine.includes(line)).map(({ partition }) => partition);
            expect(partitions).toHaveLength(mine.length);
            expect(new Set(partitions).size).toBe(1);
          }
        },
      ),
    );
  });

  test('pays for a broken line with that line only', async () => {
    const broken = fc.constantFrom(
      'x"y,ada@example.com,',
      '"a"b,c',
      ',,,"',
      'a,b,c,d',
      'a\0,b,c',
      '"',
      'bob@example.com,"',
    );
    const quiet = fc.tuple(
      fc.string({ unit: fc.constantFrom('a', 'é', ' '), maxLength: 5 }),
      address,
      fc.constant('z'),
    );
    const item = fc.oneof(
      {
        weight: 3,
        arbitrary: quiet.map((cells) => ({ cells: cells.map((text) => text.replaceAll('"', '')), raw: undefined })),
      },
      { weight: 1, arbitrary: broken.map((raw) => ({ cells: [], raw })) },
    );
    await fc.assert(
      fc.asyncProperty(fc.array(item, { maxLength: 25 }), limits, anyCuts, async (items, options, sizes) => {
        // Two lines that each open a quote would make one good record between them: there is at most one such line.
        let opened = false;
        const kept = items.filter(({ raw }) => {
          if (raw === undefined || !raw.endsWith('"')) return true;
          const first = !opened;
          opened = true;
          return first;
        });
        const others = kept.filter(
          ({ raw }) => !(opened && raw !== undefined && !raw.endsWith('"') && raw.includes('"')),
        );
        const text = `a,email,c\n${others.map(({ cells, raw }) => `${raw ?? cells.join(',')}\n`).join('')}`;
        const result = await run(text, options, sizes);
        expectWhole(result, bytesOf(text).length);
        expect(result.rows.map(({ line, cells, raw }) => ({ line, cells, raw }))).toEqual(
          others.map(({ cells, raw }, index) => ({ line: index + 2, cells, raw: raw?.replace('\0', '\ufffd') })),
        );
      }),
      { numRuns: 300 },
    );
  });

  test('has every byte of any hostile text in exactly one range', async () => {
    const hostile = fc.string({
      unit: fc.constantFrom('"', ',', '\n', '\r', 'ada@example.com', 'é', '\0'),
      maxLength: 80,
    });
    await fc.assert(
      fc.asyncProperty(hostile, limits, anyCuts, async (text, options, sizes) => {
        const whole = `email,b\n${text}`;
        const once = await run(whole, {});
        const result = await run(whole, options, sizes);
        expectWhole(result, bytesOf(whole).length);
        expect(result.rows).toEqual(once.rows);
      }),
      { numRuns: 500 },
    );
  });
});

describe('planning', () => {
  const plan = (text: string, options = {}): Promise<RowPlan> =>
    planRows(() => cut(bytesOf(text)), { onDuplicate() {}, ...options });

  test('ends a range after 10,000 rows', async () => {
    const { ranges } = await plan(`email\n${'x\n'.repeat(25_000)}`);
    expect(ranges).toEqual([
      { start: 6, end: 20_006, line: 2, rows: 10_000 },
      { start: 20_006, end: 40_006, line: 10_002, rows: 10_000 },
      { start: 40_006, end: 50_006, line: 20_002, rows: 5000 },
    ]);
  });

  test('ends a range before 2 MiB, and gives a longer record one of its own', async () => {
    const long = `${'x'.repeat(900_000)}\n`;
    const { ranges, rows } = await plan(`email\n${long.repeat(3)}${'x'.repeat(5_000_000)}\n${long}\n\n`);
    expect(ranges.map(({ rows }) => rows)).toEqual([2, 1, 1, 1]);
    expect(rows).toBe(5);
    expect(ranges.at(-1)?.end).toBe(6 + 4 * 900_001 + 5_000_001 + 2);
  });

  test('refuses more rows than are allowed', async () => {
    await expect(plan('email\na\nb\nc\n', { maxRows: 2 })).rejects.toThrow('more than 2 rows');
    await expect(plan('email\na\nb\n', { maxRows: 2 })).resolves.toMatchObject({ rows: 2 });
  });

  test('spreads duplicates over a partition for every 10,000 rows, at most 1,000', async () => {
    const rows = Array.from({ length: 30_000 }, (_, index) => `user${index % 15_000}@example.com\n`);
    const seen = new Map<string, number>();
    const used = new Set<number>();
    const { duplicates } = await plan(`email\n${rows.join('')}`, {
      onDuplicate(partition: number, _line: number, record: Uint8Array) {
        const key = record.toString();
        expect(seen.get(key) ?? partition).toBe(partition);
        seen.set(key, partition);
        used.add(partition);
      },
    });
    expect(duplicates).toEqual({ rows: 30_000, partitions: 3 });
    expect([...used].toSorted()).toEqual([0, 1, 2]);
  });

  test('reads the file once when nobody comes twice, and twice when somebody does', async () => {
    for (const [text, times] of [
      ['email\na@x.org\nb@x.org\n', 1],
      ['email\na@x.org\nA@x.org\n', 2],
    ] as const) {
      let reads = 0;
      await planRows(
        () => {
          reads++;
          return cut(bytesOf(text));
        },
        { onDuplicate() {} },
      );
      expect(reads).toBe(times);
    }
  });

  test('does not set apart rows without an address', async () => {
    expect((await plan('email,a\n,1\n,2\nx,3\nx,4\n')).duplicates).toBeUndefined();
  });

  test('keeps the order of callbacks: each is waited for', async () => {
    const order: number[] = [];
    await plan('a@x.org\nb@x.org\na@x.org\nb@x.org\n', {
      async onDuplicate(_partition: number, line: number) {
        order.push(line);
        await new Promise((resolve) => setImmediate(resolve));
        order.push(line);
      },
    });
    expect(order).toEqual([1, 1, 2, 2, 3, 3, 4, 4]);
  });

  test('fails when the file is another one the second time', async () => {
    const texts = ['a@x.org\na@x.org\n', 'a@x.org\n'];
    await expect(planRows(() => cut(bytesOf(texts.shift() ?? '')), { onDuplicate() {} })).rejects.toThrow(/shrank/);
  });

  test('holds about 8 bytes a row for the search of duplicates, and gives them back at its end', async () => {
    async function* many() {
      for (let block = 0; block < 500; block++)
        yield bytesOf(Array.from({ length: 2000 }, (_, n) => `user${block * 2000 + n}@example.com\n`).join(''));
    }
    // `arrayBuffers` are the blocks of input, which live until they are collected; what is not among them is the search.
    const held = (): number => {
      const { external, arrayBuffers } = process.memoryUsage();
      return (external - arrayBuffers) / 1024 ** 2;
    };
    const before = held();
    let most = 0;
    async function* watched() {
      for await (const block of many()) {
        most = Math.max(most, held());
        yield block;
      }
    }
    const { rows, duplicates } = await planRows(watched, { onDuplicate() {} });
    expect([rows, duplicates]).toEqual([1_000_000, undefined]);
    expect(most - before).toBeGreaterThan(7);
    expect(most - before).toBeLessThan(16);
    expect(held() - before).toBeLessThan(1);
  });
});
