// What the console makes of a file's beginning, beside what the import itself makes of it.
import { text } from 'node:stream/consumers';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { readHead, UnreadableFile } from '../../console/src/lib/file-head.ts';
import { type Column, columnsOf, mapped, mappingProblem } from '../../console/src/lib/mapping.ts';
import { readBeginning } from '../../functions/files/header.ts';
import { readRows } from '../../functions/files/read-rows.ts';

const delimiter = fc.constantFrom(',', ';', '\t', '|');
const eol = fc.constantFrom('\n', '\r\n', '\r');
const cell = fc.string({ unit: fc.constantFrom('a', 'é', '"', ',', ';', '\n', ' ', 'Z', '😀'), maxLength: 6 });
const quoted = (value: string): string => `"${value.replaceAll('"', '""')}"`;
const words = fc.uniqueArray(fc.stringMatching(/^[a-zé]{1,6}$/), { minLength: 1, maxLength: 5 });
const reserved = ['email', 'source', 'signup_date'];

/** The engine's reading of a file: its beginning, and its rows' cells. */
const engineReads = async (blob: Blob) => {
  const bytes = Buffer.from(await blob.arrayBuffer());
  const beginning = readBeginning(bytes, true);
  if (!beginning) throw new Error('no beginning');
  const { format, header, dataStart, line } = beginning;
  const rows: (readonly string[])[] = [];
  for await (const part of readRows([bytes.subarray(dataStart)], format, header, { line }))
    for (const row of part) rows.push(row.cells);
  return { ...beginning, rows };
};

describe('the beginning of a file', () => {
  it('has the columns, the delimiter and the end of the header that the import finds', async () => {
    const files = fc.record({
      delimiter,
      eol,
      mark: fc.boolean(),
      names: words.filter((names) => !names.some((name) => reserved.includes(name))),
      rows: fc.array(fc.array(cell, { minLength: 1, maxLength: 5 }), { maxLength: 4 }),
      quotes: fc.boolean(),
    });
    await fc.assert(
      fc.asyncProperty(files, async ({ delimiter, eol, mark, names, rows, quotes }) => {
        const header = ['email', ...names].map((name) => (quotes ? quoted(name) : name)).join(delimiter);
        const lines = rows.map((cells) => cells.map(quoted).join(delimiter));
        // The line end that the import looks for must not stand in the cells alone.
        fc.pre(eol !== '\r' || !lines.some((line) => line.includes('\n')));
        const blob = new Blob([`${mark ? '\ufeff' : ''}${[header, ...lines].join(eol)}${eol}`]);
        const [head, engine] = [await readHead(blob), await engineReads(blob)];
        expect(head.format.delimiter).toBe(engine.format.delimiter);
        expect(head.names).toEqual(engine.header.names);
        expect(head.dataStart).toBe(engine.dataStart);
      }),
    );
  });

  it('written anew gives the import the chosen columns and the very same rows', async () => {
    const files = fc.record({
      delimiter,
      eol,
      hasHeader: fc.boolean(),
      rows: fc.array(fc.tuple(cell, cell), { minLength: 1, maxLength: 4 }),
      name: fc
        .stringMatching(/^[a-zé ]{1,10}$/)
        .filter((name) => name.trim() !== '' && !reserved.includes(name.trim())),
    });
    await fc.assert(
      fc.asyncProperty(files, async ({ delimiter, eol, hasHeader, rows, name }) => {
        const people = rows.map(([a, b], at) => [`p${at}@example.com`, a, b]);
        const lines = people.map((cells) => cells.map(quoted).join(delimiter));
        // The line end that the import looks for must not stand in the cells alone.
        fc.pre(eol !== '\r' || !lines.some((line) => line.includes('\n')));
        const text = [...(hasHeader ? [['who', 'one', 'two'].join(delimiter)] : []), ...lines, ''].join(eol);
        const blob = new Blob([text]);
        const head = await readHead(blob);
        expect(head.hasHeader).toBe(hasHeader);
        const columns: Column[] = [
          { use: 'email', name: '' },
          { use: 'ignore', name: 'one' },
          { use: 'variable', name },
        ];
        expect(mappingProblem(columns)).toBeUndefined();
        const engine = await engineReads(mapped(blob, head, columns));
        expect(engine.header).toEqual({ names: ['email', '', name.trim()], email: 0, present: true });
        expect(engine.rows).toEqual(people);
      }),
    );
  });

  it.each([
    ['that is empty', '', /empty/],
    ['that is an archive', 'PK\u0003\u0004', /zip/],
    ['that is a PDF', '%PDF-1.7', /PDF/],
    ['that is no text', 'a\0b', /not a text file/],
    ['whose first line never ends', `"${'x'.repeat(300_000)}`, /never ends/],
  ])('%s is refused with what to do', async (_, content, words) => {
    await expect(readHead(new Blob([content]))).rejects.toThrow(UnreadableFile);
    await expect(readHead(new Blob([content]))).rejects.toThrow(words);
  });

  it('in UTF-16 is shown, and its file goes up as it is', async () => {
    const blob = new Blob([Buffer.from('\ufeffemail\tcity\nada@example.com\tÅlesund\n', 'utf16le')]);
    const head = await readHead(blob);
    expect([head.words, head.names, head.rows]).toEqual([
      'CSV, tab, UTF-16',
      ['email', 'city'],
      [['ada@example.com', 'Ålesund']],
    ]);
    expect(
      mapped(blob, head, [
        { use: 'email', name: '' },
        { use: 'ignore', name: '' },
      ]),
    ).toBe(blob);
  });
});

describe('a mapping', () => {
  it('that changes nothing leaves the file alone', async () => {
    const blob = new Blob(['Email,city,source,_line\nada@example.com,Oslo,shop,2\n']);
    const head = await readHead(blob);
    expect(columnsOf(head).map(({ use }) => use)).toEqual(['email', 'variable', 'source', 'ignore']);
    const file = mapped(blob, head, columnsOf(head).slice(0, 3));
    expect(file).toBe(blob);
  });

  it('finds the address in a column that is called nearly so', async () => {
    const head = await readHead(new Blob(['Name,E-Mail\nAda,ada@example.com\n']));
    expect(columnsOf(head).map(({ use }) => use)).toEqual(['variable', 'email']);
  });

  it('copies no data: the new file is a line and the rest of the old one', async () => {
    const blob = new Blob(['mail\n', 'x'.repeat(1_000_000)]);
    const arrayBuffer = () => Promise.reject(new Error('read'));
    Object.assign(blob, { arrayBuffer, stream: arrayBuffer, text: arrayBuffer });
    const head = { ...(await readHead(new Blob(['mail\nx\n']))) };
    const file = mapped(blob, head, [{ use: 'email', name: '' }]);
    expect(file.size).toBe('email\n'.length + 1_000_000);
    expect((await text(file.slice(0, 8).stream())).slice(0, 8)).toBe('email\nxx');
  });

  const variable = (name: string): Column => ({ use: 'variable', name });
  const email: Column = { use: 'email', name: '' };
  it.each([
    [[variable('a')], /Choose the column/],
    [[email, email], /Only one/],
    [[email, variable(' ')], /Give every variable a name/],
    [[email, variable('x'.repeat(33))], /longer than 32/],
    [[email, variable('Source')], /cannot be a variable/],
    [[email, variable('a;b')], /separates/],
    [[email, variable('a'), variable('a')], /Two columns/],
    [
      [email, { use: 'source', name: '' } as const, { use: 'source', name: '' } as const],
      /Only one column can be the source/,
    ],
  ])('%j is refused with what to do', (columns, words) => {
    expect(mappingProblem(columns)).toMatch(words);
  });
});
