// Record boundaries: exact under any cuts, linear in time, flat in memory.
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import type { Format } from '../../functions/files/rows.ts';
import { brokenBecause, maxRecordBytes, RecordScanner } from '../../functions/files/scan.ts';
import { anyCuts, bytesOf, scan, scanPlainly } from './files-helpers.ts';

const csv: Format = { delimiter: ',', eol: 'lf' };
const hostile = fc.string({ unit: fc.constantFrom('"', '"', ',', '\n', '\n', '\r', 'a', ';'), maxLength: 120 });
const formats = fc.constantFrom<Format>(csv, { delimiter: ';', eol: 'lf' }, { delimiter: ',', eol: 'cr' });

const find = async (text: string, sizes?: readonly number[]) =>
  (await scan(bytesOf(text), csv, sizes)).map(({ line, shown, broken }) => [line, shown, broken]);

describe('the record scanner', () => {
  test('finds the same records however the stream is cut, those that the grammar tells', async () => {
    await fc.assert(
      fc.asyncProperty(hostile, formats, anyCuts, fc.integer({ min: 1, max: 60 }), async (text, format, sizes, max) => {
        const found = await scan(bytesOf(text), format, sizes, max);
        expect(found).toEqual(await scan(bytesOf(text), format, [1_000_000], max));
        expect(found.map(({ broken: _, ...record }) => record)).toEqual(scanPlainly(text, format, max));
      }),
      { numRuns: 1500 },
    );
  });

  test('leaves no byte out but those of empty lines', async () => {
    await fc.assert(
      fc.asyncProperty(hostile, formats, anyCuts, async (text, format, sizes) => {
        let at = 0;
        for (const { offset, nextOffset } of await scan(bytesOf(text), format, sizes)) {
          expect(text.slice(at, offset)).toMatch(/^[\r\n]*$/);
          expect(nextOffset).toBeGreaterThan(offset);
          at = nextOffset;
        }
        expect(text.slice(at)).toMatch(/^[\r\n]*$/);
      }),
    );
  });

  test('takes LF, CRLF and a mix of both for line ends, and counts the lines of empty ones', async () => {
    expect(await find('\na,b\r\n\r\n\nc\nd\r')).toEqual([
      [2, 'a,b', undefined],
      [5, 'c', undefined],
      [6, 'd', undefined],
    ]);
  });

  test('lets a quoted cell hold delimiters, line ends and doubled quotes', async () => {
    expect(await find('"a,""\r\n\n"\r\nb,"c"')).toEqual([
      [1, '"a,""\r\n\n"', undefined],
      [4, 'b,"c"', undefined],
    ]);
  });

  test.each([
    ['text after a closing quote', 'a,"b"c,d', brokenBecause.afterQuote],
    ['text after a closing quote with line ends inside', '"b\n"c', brokenBecause.unclosed],
    ['a CR after a closing quote that is no line end', '"b"\rc', brokenBecause.afterQuote],
    ['a quote inside a bare cell', 'a,b"c",d', brokenBecause.inCell],
    ['a quote that is never closed', 'a,"b', brokenBecause.unclosed],
  ])('%s costs that line only', async (_, broken, reason) => {
    const first = broken.split('\n')[0];
    for (const size of [1, 3, 1000]) {
      const found = await find(`x,y\n${broken}\nnext,row\n`, [size]);
      expect(found[0]).toEqual([1, 'x,y', undefined]);
      expect(found[1]).toEqual([2, first, reason]);
      expect(found.at(-1)).toEqual([broken.includes('\n') ? 4 : 3, 'next,row', undefined]);
    }
  });

  test('takes a record of 1 MiB, and breaks one of a byte more', async () => {
    for (const filling of ['a'.repeat(maxRecordBytes), `"${'\n'.repeat(maxRecordBytes - 2)}"`]) {
      expect((await scan(bytesOf(`${filling}\nb`), csv)).map(({ broken }) => broken)).toEqual([undefined, undefined]);
    }
    const [long, next] = await scan(bytesOf(`${'a'.repeat(maxRecordBytes + 1)}\nb`), csv);
    expect(long).toMatchObject({ broken: brokenBecause.tooLong, line: 1, shown: 'a'.repeat(40_000) });
    expect(next).toMatchObject({ broken: undefined, line: 2, shown: 'b', offset: maxRecordBytes + 2 });
  });

  test('goes on at the line after the start of a quote that stays open for 1 MiB', async () => {
    const lines = 'plain line\n'.repeat(120_000);
    const found = await scan(bytesOf(`"open\n${lines}`), csv, [10_000]);
    expect(found.length).toBe(120_001);
    expect(found[0]).toMatchObject({ shown: '"open', broken: brokenBecause.unclosed });
    expect(found.slice(1).every(({ broken }) => broken === undefined)).toBe(true);
    expect(found.at(-1)).toMatchObject({ line: 120_001, shown: 'plain line' });
  });

  test('holds no more than a few MiB of a line of 256 MiB, bare or quoted', () => {
    for (const first of ['a', '"', 'a"']) {
      const scanner = new RecordScanner(csv, 1);
      const block = Buffer.alloc(65_536, 'a');
      scanner.push(bytesOf(first));
      for (let pushed = 0; pushed < 256 * 1024 ** 2; pushed += block.length) {
        expect(scanner.read()).toBe(false);
        scanner.push(block);
        if (scanner.buffer.length > 4 * 1024 ** 2) throw new Error('the scanner keeps what it should pass over');
      }
      scanner.push(bytesOf('\nb\n'));
      expect(scanner.read()).toBe(true);
      expect(scanner.broken).toBeDefined();
      expect(scanner.bytes().length).toBe(40_000);
      expect(scanner.read()).toBe(true);
      expect(scanner.bytes().toString()).toBe('b');
    }
  });

  test.each([
    ['quotes opened on every line', '"a\n'],
    ['quotes opened and broken on every line', '"a"b\n'],
    ['lines with one quote among lines with two', `"\n${',"",\n'.repeat(300)}`],
    ['open quotes before text without any', `"\n${'a\n'.repeat(700_000)}`],
    ['nothing but quotes', '"'],
    ['nothing but line ends', '\n'],
    ['nothing but CR', '\r'],
  ])('needs linear time for %s, even in small blocks', async (_, pattern) => {
    const bytes = bytesOf(pattern.repeat(Math.ceil((4 * 1024 ** 2) / pattern.length)));
    const blocks = async (size: number) => {
      const scanner = new RecordScanner(csv, 1);
      for (let at = 0; at < bytes.length; at += size) {
        scanner.push(bytes.subarray(at, at + size));
        while (scanner.read());
      }
      scanner.finish();
      while (scanner.read());
      return scanner.nextLine;
    };
    // Quadratic time would be 16 TB of reading here: far beyond the test's time limit.
    expect(await blocks(7)).toBe(await blocks(100_000));
  });
});
