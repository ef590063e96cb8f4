// What the beginning of a file says: delimiter, names, whether there is a header at all.
import { describe, expect, test } from 'vitest';
import { readBeginning } from '../../functions/files/header.ts';
import { Reject } from '../../functions/jobs/errors.ts';
import { bytesOf, run } from './files-helpers.ts';

const read = (text: string | Uint8Array, options = {}) => readBeginning(bytesOf(text), true, options);

describe('the header', () => {
  test.each([
    ['email,a;b|c', ','],
    ['email;a,b;c', ';'],
    ['a\temail\tb', '\t'],
    ['a|email|b', '|'],
    ['email', ','],
    ['"a;b;c;d",email', ','],
    ['email;"first, middle, last"', ';'],
    ['email;first, middle, last', ';'],
    ['ada@example.com;1,2,3', ';'],
    ['"a\n,b";"Email"', ';'],
  ])('%j tells the delimiter %j', (text, delimiter) => {
    expect(read(`${text}\n`)?.format.delimiter).toBe(delimiter);
  });

  test('is read with the delimiter that was given', () => {
    expect(read('email,x;y\n', { delimiter: ',' })?.header.names).toEqual(['email', 'x;y']);
    expect(() => read('email,x;y\n', { delimiter: ';' })).toThrow(/no column "email"/);
  });

  test('has trimmed names, and email in any case and any column', () => {
    expect(read('\ufeff\r\n First Name ,E-Mail,  eMail \r\nrow')).toEqual({
      format: { delimiter: ',', eol: 'lf' },
      header: { names: ['First Name', 'E-Mail', 'eMail'], email: 2, present: true },
      dataStart: bytesOf('\ufeff\r\n First Name ,E-Mail,  eMail \r\n').length,
      line: 3,
      warnings: [],
    });
  });

  test('may hold line ends in quotes, and lines are counted on', async () => {
    const { plan, rows } = await run('email,"a\nb"\nx@y.org,1\n');
    expect(plan.header.names).toEqual(['email', 'a\nb']);
    expect(rows).toEqual([{ line: 3, cells: ['x@y.org', '1'] }]);
  });

  test('lets __proto__ and constructor be ordinary names', () => {
    const names = ['email', '__proto__', 'constructor', 'toString', '_line', '_reason', '#x'];
    expect(read(names.join(','))?.header.names).toEqual(names);
  });

  test('ignores columns without a name, with a warning', () => {
    expect(read('email,,a, \n')).toMatchObject({
      header: { names: ['email', '', 'a', ''] },
      warnings: ['Columns 2, 4 have no name and are ignored'],
    });
  });

  test.each([
    ['the same name twice', 'email,a,b,a', /column "a" comes twice/],
    ['email twice in whatever case', 'email,EMAIL', /"EMAIL" comes twice/],
    ['a name over 32 characters', `email,${'é'.repeat(33)}`, new RegExp(`"${'é'.repeat(33)}" is longer than 32`)],
    ['over 1,000 columns', `email${',x'.repeat(1000)}`, /more than 1000 columns/],
    ['no column email', 'name,mail', /no column "email"/],
    ['broken quoting', 'email,"a"b', /text after a closing quote/],
    ['bytes that are no UTF-8', Buffer.concat([bytesOf('email,'), Buffer.from([0xff])]), /not valid UTF-8/],
  ])('refuses %s', (_, text, message) => {
    expect(() => read(text)).toThrow(Reject);
    expect(() => read(text)).toThrow(message);
  });

  test('takes a name of 32 characters and 1,000 columns', () => {
    const names = ['email', '😀'.repeat(32), ...Array.from({ length: 998 }, (_, n) => `c${n}`)];
    expect(read(names.join(';'))?.header.names).toEqual(names);
  });

  test('tells nothing of a first line that may be data', () => {
    expect(() => read('Ada,ada@example.com\n')).toThrow(/^[^@]*$/);
  });

  test('over 1 MiB is refused without reading on', async () => {
    let taken = 0;
    async function* endless() {
      for (;;) {
        taken += 65_536;
        yield Buffer.alloc(65_536, 'a');
      }
    }
    const { planRows } = await import('../../functions/files/plan-rows.ts');
    await expect(planRows(endless, { onDuplicate() {} })).rejects.toThrow(/longer than 1 MiB/);
    expect(taken).toBeLessThan(4 * 1024 ** 2);
  });
});

describe('a file without a header', () => {
  test('begins with an address: the first column is the address, others are ignored with a warning', async () => {
    const { plan, rows } = await run(' Ada@Example.com ,Ada\nbob@example.com,Bob\n');
    expect(plan).toMatchObject({ header: { names: ['email', ''], email: 0, present: false }, dataStart: 0, rows: 2 });
    expect(plan.warnings).toHaveLength(1);
    expect(rows.map(({ line, cells }) => [line, cells[0]])).toEqual([
      [1, ' Ada@Example.com '],
      [2, 'bob@example.com'],
    ]);
  });

  test('has no warning when there is one column', async () => {
    expect((await run('ada@example.com\nbob@example.com')).plan.warnings).toEqual([]);
  });

  test('is what a list of addresses always is', async () => {
    const { plan, rows } = await run('email\nno address\nada@example.com', { headerless: true });
    expect(plan).toMatchObject({ header: { names: ['email'], email: 0, present: false }, rows: 3, warnings: [] });
    expect(rows.map(({ cells }) => cells[0])).toEqual(['email', 'no address', 'ada@example.com']);
  });

  test.each([
    ['an empty file', ''],
    ['only a byte order mark', '\ufeff'],
    ['only empty lines', '\n\r\n\n'],
    ['a header only', 'email,name\n'],
    ['a header without a line end', 'email,name'],
    ['a header and empty lines', 'email,name\r\n\r\n\n'],
  ])('%s has no rows and no ranges', async (_, text) => {
    expect((await run(text)).plan).toMatchObject({ rows: 0, ranges: [] });
  });
});
