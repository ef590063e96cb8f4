// What a line of JSON is about is found without parsing it, and it is what parsing would find.
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { lineKey, readJsonLine } from '../../functions/jobs/json-line.ts';
import { extidOf } from '../../functions/jobs/purchases/read-purchase.ts';

const keyOf = lineKey('extid', extidOf);

const parsedKey = (line: string): string | undefined => {
  const parsed = readJsonLine(line);
  return 'object' in parsed ? extidOf(parsed.object) : undefined;
};

describe('the key of a line', () => {
  it.each([
    ['{"extid":"a"}', 'a'],
    ['{"purchase_keys" : { "extid" : " a " } }', 'a'],
    ['{"extid":101}', '101'],
    ['{"extid":1e2}', '100'],
    ['{"\\u0065xtid":"a"}', 'a'],
    ['{"extid":"\\u0061"}', 'a'],
    ['{"extid":"a\\"b"}', 'a"b'],
    ['{"vars":{"extid":"x"},"extid":"a"}', 'a'],
    ['{"extid":"x","extid":"a"}', 'a'],
    ['{"extid":"a","purchase_keys":{"extid":"b"}}', 'b'],
    ['{"extid":{"a":1}}', undefined],
    ['{"extid":""}', undefined],
    ['["extid"]', undefined],
    ['nobody', undefined],
  ])('of %s is %j', (line, key) => {
    expect(keyOf(line) || undefined).toBe(key);
  });

  it('is never another one than the one that parsing finds', () => {
    const name = fc.constantFrom('extid', 'purchase_keys', 'vars', 'a"extid"', 'ext\\u0069d');
    const value = fc.letrec((tie) => ({
      value: fc.oneof(
        { maxDepth: 3 },
        fc.string(),
        fc.integer(),
        fc.double(),
        fc.constantFrom('extid', '"extid":"a"', 'a\\'),
        fc.dictionary(name, tie('value'), { maxKeys: 3 }),
        fc.array(tie('value'), { maxLength: 3 }),
      ),
    })).value;
    fc.assert(
      fc.property(fc.dictionary(name, value, { maxKeys: 4 }), fc.nat(3), (object, indent) => {
        const line = JSON.stringify(object, null, indent).replaceAll('\n', ' ');
        const expected = parsedKey(line);
        // A line without a key is rejected, whatever it is set apart with.
        if (expected !== undefined) expect(keyOf(line)).toBe(expected);
      }),
      { numRuns: 2000 },
    );
  });

  it('rejects what is nested too deeply before it is parsed', () => {
    const deep = `{"a":${'['.repeat(200_000)}${']'.repeat(200_000)}}`;
    expect(readJsonLine(deep)).toEqual({ reject: 'the JSON is nested more than 100 levels deep' });
  });
});
