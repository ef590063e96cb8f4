// What is written: exports byte for byte as their readers expect, rejected rows so that they can come back.
import { parse } from 'csv-parse/sync';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { csvLine, guardFormula, rejectedHeader, rejectedLine } from '../../functions/files/csv-out.ts';
import { readNumbered, writeNumbered } from '../../functions/files/numbered.ts';
import { anyCuts, collect, cut, run } from './files-helpers.ts';

describe('an export line', () => {
  test.each([
    [['Profile Id', 'Email Hash', 'Domain'], '"Profile Id","Email Hash",Domain\n'],
    [['', 'a', ''], ',a,\n'],
    [['a,b', 'a"b', 'a\\b', 'a\tb', 'a b'], '"a,b","a""b","a\\b","a\tb","a b"\n'],
    [['a\r\nb\nc\rd'], '"a b c d"\n'],
    [['2024/06/03 09:15:02', 'x;y', "o'neil"], '"2024/06/03 09:15:02",x;y,o\'neil\n'],
    [['a\\"b'], '"a\\""b"\n'],
  ])('%j is %j', (cells, line) => {
    expect(csvLine(cells)).toBe(line);
  });

  test('is one line, and holds its cells but for line breaks', () => {
    fc.assert(
      fc.property(
        fc.array(fc.string({ unit: fc.constantFrom('a', '"', ',', '\n', '\r', ' ', '\\', 'é') }), { minLength: 1 }),
        (cells) => {
          const line = csvLine(cells);
          expect(line.indexOf('\n')).toBe(line.length - 1);
          const read = parse(line, { skip_empty_lines: false })[0] ?? [''];
          expect(read).toEqual(cells.map((cell) => cell.replace(/\r\n|\r|\n/g, ' ')));
        },
      ),
    );
  });

  test('cells that a spreadsheet would run are neutralised on demand', () => {
    expect(['=1+1', '+1', '-1', '@x', '\tx', '\rx', 'a=1', '', ' =1'].map(guardFormula)).toEqual([
      "'=1+1",
      "'+1",
      "'-1",
      "'@x",
      "'\tx",
      "'\rx",
      'a=1',
      '',
      ' =1',
    ]);
  });
});

describe('the list of rejected rows', () => {
  test('can be imported again: header and cells are as they were', async () => {
    const names = ['email', 'a note', 'x'];
    await fc.assert(
      fc.asyncProperty(
        fc.array(
          fc.array(fc.string({ unit: fc.constantFrom('a', '"', ',', '\n', '\r', ' ', 'é', ';') }), {
            minLength: 3,
            maxLength: 3,
          }),
        ),
        async (table) => {
          const lines = table.map((cells, index) => rejectedLine(cells, 3, index + 2, 'bad, "quoted" reason'));
          const { plan, rows } = await run(rejectedHeader(names) + lines.join(''));
          expect(plan.header.names).toEqual([...names, '_line', '_reason']);
          expect(rows.map(({ cells }) => cells)).toEqual(
            table.map((cells, index) => [...cells, String(index + 2), 'bad, "quoted" reason']),
          );
        },
      ),
    );
  });

  test('of a list of rejected rows can be imported in its turn', async () => {
    const first = rejectedHeader(['email', '_line', '_reason']) + rejectedLine(['x', '7', 'no @'], 3, 2, 'no @');
    const { plan, rows } = await run(first);
    expect(plan.header.names).toEqual(['email', '', '', '_line', '_reason']);
    expect(rows[0]?.cells).toEqual(['x', '7', 'no @', '2', 'no @']);
  });

  test('has the raw text of a broken row in its first column', () => {
    expect(rejectedLine(['a"b,c'], 3, 9, 'broken')).toBe('"a""b,c",,,9,broken\n');
  });
});

describe('numbered records', () => {
  test('keep any bytes and their line numbers, however they are cut', async () => {
    const record = fc.record({
      line: fc.integer({ min: 1, max: 2 ** 32 - 1 }),
      record: fc.uint8Array({ maxLength: 50 }),
    });
    await fc.assert(
      fc.asyncProperty(fc.array(record), anyCuts, async (records, sizes) => {
        const bytes = Buffer.concat(records.map(({ line, record }) => writeNumbered(line, record)));
        const read = await collect(readNumbered(cut(bytes, sizes)));
        expect(read.map(({ line, record }) => ({ line, record: [...record] }))).toEqual(
          records.map(({ line, record }) => ({ line, record: [...record] })),
        );
      }),
    );
  });

  test('that end in the middle of one are an error, not a shorter list', async () => {
    const bytes = writeNumbered(1, Buffer.from('abc'));
    for (const end of [1, 8, 10]) await expect(collect(readNumbered([bytes.subarray(0, end)]))).rejects.toThrow();
  });
});
