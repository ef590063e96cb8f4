// JSON made into lines: whatever surrounds the objects, and wherever blocks are cut.
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { jsonLines } from '../../functions/files/json-lines.ts';
import { Reject } from '../../functions/jobs/errors.ts';

async function* cut(bytes: Buffer, size: number): AsyncGenerator<Uint8Array> {
  for (let at = 0; at < bytes.length; at += size) yield bytes.subarray(at, at + size);
}

const linesOf = async (text: string | Buffer, size = 7, wrappers = ['record_list']): Promise<string[]> => {
  const out: Uint8Array[] = [];
  for await (const block of jsonLines(cut(Buffer.from(text), size), wrappers)) out.push(block);
  return Buffer.concat(out).toString().split('\n').slice(0, -1);
};

const rows = [{ a: '}{][,"\\' }, {}, { b: { c: [1, { d: null }] }, ü: '🚚' }];
const objects = fc.array(fc.dictionary(fc.string(), fc.jsonValue()), { maxLength: 8 });

describe('objects', () => {
  it('are found in an array, under a name, one after another and in lines, in any cuts', async () => {
    await fc.assert(
      fc.asyncProperty(objects, fc.integer({ min: 1, max: 64 }), fc.boolean(), async (values, size, pretty) => {
        const text = (value: unknown) => (pretty ? JSON.stringify(value, null, 2) : JSON.stringify(value));
        const forms = [
          text(values),
          `\ufeff ${text(values)}\r\n`,
          `{ "record_list" :\n${text(values)}, "name": "x" }`,
          values.map(text).join(' '),
          values.map((value) => `${JSON.stringify(value)}\n`).join(''),
        ];
        for (const form of forms)
          expect((await linesOf(form, size)).map((line) => JSON.parse(line))).toEqual(
            JSON.parse(JSON.stringify(values)),
          );
      }),
      { numRuns: 200 },
    );
  });

  it('each become one line without a line break', async () => {
    expect(await linesOf('[{"a":\n1},\r\n{"b":\t2}]')).toEqual(['{"a": 1}', '{"b":\t2}']);
    expect((await linesOf(JSON.stringify(rows, null, 1))).map((line) => JSON.parse(line))).toEqual(rows);
  });

  it('under a name that nobody asked for are one object', async () => {
    expect(await linesOf('{"other":[{"a":1}]}')).toEqual(['{"other":[{"a":1}]}']);
  });
});

describe('an input', () => {
  it('without anything in it has no lines', async () => {
    for (const text of ['', ' \n', '\ufeff', '[]', '{"record_list":[]}']) expect(await linesOf(text)).toEqual([]);
  });

  it.each([
    'email\nada@example.com\n',
    '[1,2]',
    '"text"',
    '[{"a":1}',
    '{"a":1',
    '{"a":"x',
    '[{"a":1}] x',
    '[{"a":1}][{"b":2}]',
    '[[{"a":1}]]',
    'PK\u0003\u0004',
    '{"record_list":[{"a":1}',
  ])('%j is refused', async (text) => {
    await expect(linesOf(text)).rejects.toThrow(Reject);
  });

  it('with an object of more than 1 MiB is refused, and is not kept until its end', async () => {
    let read = 0;
    async function* endless(): AsyncGenerator<Uint8Array> {
      yield Buffer.from('[{"a":"');
      for (; ; read++) yield Buffer.alloc(64 * 1024, 'x');
    }
    const lines = jsonLines(endless());
    await expect(lines.next()).rejects.toThrow('longer than 1 MiB');
    expect(read).toBeLessThan(20);
  });
});
