// What a worker makes of rows that are not as they should be.
import { describe, expect, test } from 'vitest';
import { readRows } from '../../functions/files/read-rows.ts';
import type { InputRow } from '../../functions/files/rows.ts';
import { bytesOf, collect, cut, run } from './files-helpers.ts';

const header = 'email,a,b\n';
const read = async (text: string | Uint8Array, sizes?: number[]): Promise<InputRow[]> =>
  (await run(Buffer.concat([bytesOf(header), bytesOf(text)]), {}, sizes)).rows;

describe('a row', () => {
  test('with fewer cells than the header has empty ones for the rest', async () => {
    expect((await read('x\n,y\n"z"')).map(({ cells }) => cells)).toEqual([
      ['x', '', ''],
      ['', 'y', ''],
      ['z', '', ''],
    ]);
  });

  test('with more cells is fine when they are all empty, rejected otherwise', async () => {
    expect(await read('x,y,z,,"",\nx,y,z,,w\n')).toEqual([
      { line: 2, cells: ['x', 'y', 'z'] },
      { line: 3, cells: [], broken: 'the row has more cells than the header', raw: 'x,y,z,,w' },
    ]);
  });

  test('that begins with # is a row like any other, and formulas stay as they are', async () => {
    expect((await read("#x,=1+1,'@y\n")).map(({ cells }) => cells)).toEqual([['#x', '=1+1', "'@y"]]);
  });

  test('keeps the white space of its cells', async () => {
    expect((await read(' x ,\ty," z "\n'))[0]?.cells).toEqual([' x ', '\ty', ' z ']);
  });

  test('with invalid UTF-8 or NUL is rejected, its neighbours are not, wherever blocks are cut', async () => {
    const far = 'é,ü,😀\n'.repeat(20_000);
    const bytes = Buffer.concat([
      bytesOf(far),
      bytesOf('bad,'),
      Buffer.from([0xc3, 0x28]),
      bytesOf('\nnul,\0,\n'),
      Buffer.from([0xed, 0xa0, 0x80]),
      bytesOf('\nlast,é,'),
    ]);
    for (const size of [1, 7, 65_536, 10_000_000]) {
      const rows = await read(bytes, [size]);
      expect(rows).toHaveLength(20_004);
      expect(rows.slice(0, 20_000).every(({ cells }) => cells.join() === 'é,ü,😀')).toBe(true);
      expect(rows.slice(20_000)).toEqual([
        { line: 20_002, cells: [], broken: 'the row is not valid UTF-8 text', raw: 'bad,\ufffd(' },
        { line: 20_003, cells: [], broken: 'the row holds a NUL character', raw: 'nul,\ufffd,' },
        { line: 20_004, cells: [], broken: 'the row is not valid UTF-8 text', raw: '\ufffd\ufffd\ufffd' },
        { line: 20_005, cells: ['last', 'é', ''] },
      ]);
    }
  });

  test('that is broken shows its text, at most 10,000 characters of it', async () => {
    const long = `x"${'😀'.repeat(600_000)}`;
    for (const size of [1000, 10_000_000]) {
      const [row, next] = await read(`${long}\r\nnext,,\n`, [size]);
      expect(row).toMatchObject({ line: 2, cells: [], broken: 'a quote inside a cell that is not quoted' });
      expect(row?.raw).toBe(long.slice(0, 10_000));
      expect(next).toEqual({ line: 3, cells: ['next', '', ''] });
    }
  });

  test('over 1 MiB is rejected, and reading goes on at the next line', async () => {
    const rows = await read(`a,b,c\nx,${'y'.repeat(3_000_000)}\nd,e,f\n`);
    expect(rows.map(({ line, cells, broken }) => [line, cells.join(), broken])).toEqual([
      [2, 'a,b,c', undefined],
      [3, '', 'the record is longer than 1 MiB'],
      [4, 'd,e,f', undefined],
    ]);
  });

  test('ends with CR alone when the first 64 KiB hold no LF', async () => {
    const { rows, plan } = await run('email,a\rx,1\r\ry,"2\r3"\r');
    expect(plan.format.eol).toBe('cr');
    expect(rows).toEqual([
      { line: 2, cells: ['x', '1'] },
      { line: 4, cells: ['y', '2\r3'] },
    ]);
  });

  test('may be named like what objects inherit', async () => {
    const { rows } = await run('email,__proto__,constructor\nx,y,z\n');
    expect(rows[0]?.cells).toEqual(['x', 'y', 'z']);
  });
});

describe('rows', () => {
  test('come in arrays of about a thousand, from any stream, none for none', async () => {
    const format = { delimiter: ',', eol: 'lf' } as const;
    const batches = await collect(
      readRows(cut(bytesOf('x\n'.repeat(2500))), format, { names: ['email'] }, { line: 8 }),
    );
    expect(batches.map((rows) => rows.length)).toEqual([1000, 1000, 500]);
    expect(batches.at(-1)?.at(-1)).toEqual({ line: 2507, cells: ['x'] });
    expect(await collect(readRows([], format, { names: ['email'] }, { line: 1 }))).toEqual([]);
  });

  test('that are marked are left out, broken ones count', async () => {
    const format = { delimiter: ',', eol: 'lf' } as const;
    const skip = Buffer.from([0b101, 0b1]).toString('base64');
    const text = 'a\nb\n\n"c\nd\ne\nf\ng\nh\ni\nj\n';
    const rows = await collect(readRows([bytesOf(text)], format, { names: ['email'] }, { line: 1, skip }));
    expect(rows.flat().map(({ line, raw, cells }) => [line, raw ?? cells[0]])).toEqual([
      [2, 'b'],
      [5, 'd'],
      [6, 'e'],
      [7, 'f'],
      [8, 'g'],
      [9, 'h'],
      [11, 'j'],
    ]);
  });
});
