// Text in other characters and with other quotes comes out as the scanner reads it, however it is cut.
import fc from 'fast-check';
import { expect, it } from 'vitest';
import { readRows } from '../../functions/files/read-rows.ts';
import { enclosedAnew, utf8FromLatin1 } from '../../functions/files/rewrite.ts';

async function* cut(bytes: Buffer, sizes: readonly number[]): AsyncGenerator<Uint8Array> {
  let at = 0;
  for (const size of sizes) {
    if (at < bytes.length) yield bytes.subarray(at, at + size);
    at += size;
  }
  if (at < bytes.length) yield bytes.subarray(at);
}
const whole = async (parts: AsyncIterable<Uint8Array>): Promise<Buffer> => {
  const all: Uint8Array[] = [];
  for await (const part of parts) all.push(Buffer.from(part));
  return Buffer.concat(all);
};
const rowsOf = async (bytes: Buffer, delimiter: ',' | ';', width: number) => {
  const names = Array.from({ length: width }, () => '');
  const rows = [];
  for await (const part of readRows([bytes], { delimiter, eol: 'lf' }, { names }, { line: 1 })) rows.push(...part);
  return rows;
};
const sizes = fc.array(fc.integer({ min: 1, max: 9 }), { maxLength: 40 });

it('any table in single quotes', async () => {
  const character = fc.constantFrom('a', 'é', '"', "'", ',', ';', '\n', '\r\n', ' ');
  const cell = fc.tuple(
    fc.array(character, { maxLength: 6 }).map((all) => all.join('')),
    fc.boolean(),
  );
  const table = fc.array(fc.array(cell, { minLength: 3, maxLength: 3 }), { minLength: 1, maxLength: 6 });
  await fc.assert(
    fc.asyncProperty(table, sizes, fc.constantFrom(',' as const, ';' as const), async (cells, cuts, delimiter) => {
      // A first cell keeps a row from being an empty line.
      const rows = cells.map((row) => [['x', false] as const, ...row]);
      const written = rows.map((row) =>
        row
          .map(([text, enclose]) => (enclose || /[,;'\n\r]/.test(text) ? `'${text.replaceAll("'", "''")}'` : text))
          .join(delimiter),
      );
      const bytes = Buffer.from(`${written.join('\n')}\n`);
      const read = await rowsOf(await whole(enclosedAnew(cut(bytes, cuts), delimiter)), delimiter, 4);
      expect(read.map(({ cells: found }) => found)).toEqual(rows.map((row) => row.map(([text]) => text)));
    }),
  );
});

it('text behind a closing quote breaks its own row', async () => {
  const bytes = Buffer.from("a,'b'c\nd,'e'\n");
  const read = await rowsOf(await whole(enclosedAnew(cut(bytes, [3, 3]), ',')), ',', 2);
  expect(read.map(({ broken, cells }) => broken ?? cells)).toEqual(['text after a closing quote', ['d', 'e']]);
});

it('any text in ISO 8859-1', async () => {
  await fc.assert(
    fc.asyncProperty(fc.uint8Array({ maxLength: 50 }), sizes, async (bytes, cuts) => {
      const text = (await whole(utf8FromLatin1(cut(Buffer.from(bytes), cuts)))).toString();
      expect(Buffer.from(text, 'latin1')).toEqual(Buffer.from(bytes));
    }),
  );
});
