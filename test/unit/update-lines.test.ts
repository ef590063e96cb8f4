// Lines of updates: the key by which rows are told to belong together is that of whoever the line turns out to be about.
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { oneObjectPerLine } from '../../functions/files/json-objects.ts';
import { textOfKey } from '../../functions/jobs/people/person-key.ts';
import { keyOfUpdateLine, readUpdateLine } from '../../functions/jobs/people/update-lines.ts';

const address = fc.constantFrom(
  'ada@example.com',
  ' ADA@Example.com',
  'zoë@exämple.org',
  'nobody',
  '',
  'a@b',
  'x"@example.com',
);
const value = fc.oneof(address, fc.string(), fc.jsonValue());
const object = fc.oneof(
  fc.record({ email: address, vars: fc.jsonValue() }),
  fc.record({ vars: fc.record({ email: value, id: value }), email: address }),
  fc.record({
    id: fc.oneof(value, fc.constant('0123456789abcdef01234567')),
    key: fc.constantFrom('email', 'sid', 'extid', 'x', null),
  }),
  fc.record({ id: value, email: address }),
  fc.dictionary(fc.constantFrom('email', 'id', 'key', 'vars', 'keys'), value),
);
const spaced = fc
  .tuple(object, fc.constantFrom(0, 1))
  .map(([each, space]) => JSON.stringify(each, null, space).replaceAll('\n', ' '));
const line = fc.oneof(
  spaced,
  address,
  fc.string().map((text) => text.replaceAll('\n', '')),
  fc.constant('0123456789ABCDEF01234567'),
);

describe('the key of a line', () => {
  it('is that of the person whom the line names, however it was found', () => {
    fc.assert(
      fc.property(line, (text) => {
        const read = readUpdateLine(text);
        if ('reject' in read) return;
        expect(keyOfUpdateLine(text)).toBe(textOfKey(read.who));
      }),
      { numRuns: 2000 },
    );
  });

  it('is the same for one person in every spelling', () => {
    const spellings = [
      'ada@example.com',
      ' ADA@EXAMPLE.COM ',
      '{"email":"ada@example.com"}',
      '{ "vars": {"email":"x@example.com"}, "email" : "Ada@example.com" }',
      '{"id":"ada@example.com"}',
      '{"id":"ada@example.com","key":"email","email":"other@example.com"}',
      '{"email":"\\u0061da@example.com"}',
    ];
    expect(new Set(spellings.map(keyOfUpdateLine))).toEqual(new Set(['email=ada@example.com']));
  });
});

describe('several objects on a line', () => {
  const rewritten = async (text: string, cuts: readonly number[]): Promise<string> => {
    const bytes = Buffer.from(text);
    const places = [0, ...cuts.map((cut) => cut % (bytes.length + 1)).sort((a, b) => a - b), bytes.length];
    async function* blocks() {
      for (let at = 1; at < places.length; at++) yield bytes.subarray(places[at - 1], places[at]);
    }
    const out: Uint8Array[] = [];
    for await (const block of oneObjectPerLine(blocks())) out.push(block);
    return Buffer.concat(out).toString();
  };
  const cuts = fc.array(fc.nat(500), { maxLength: 5 });

  it('get a line each, wherever blocks end and whatever their texts hold', async () => {
    const braces = fc.dictionary(fc.string(), fc.oneof(fc.string(), fc.constantFrom('} {', '"} {"', '\\"} {', '}\t{')));
    const objects = fc.array(
      braces.map((each) => JSON.stringify(each)),
      { minLength: 1, maxLength: 5 },
    );
    await fc.assert(
      fc.asyncProperty(objects, fc.constantFrom(' ', '  ', '\t', ' \r '), cuts, async (list, space, at) => {
        expect(await rewritten(`${list.join(space)}\n`, at)).toBe(`${list.join('\n')}\n`);
      }),
    );
  });

  it('leave everything else as it is', async () => {
    const texts = fc.array(
      line.filter((text) => !/\}\s+\{/.test(text)),
      { maxLength: 5 },
    );
    await fc.assert(
      fc.asyncProperty(texts, cuts, async (list, at) => {
        // Blanks at the end of a line mean nothing, and a run of them may become one.
        const trimmed = list.map((text) => text.trimEnd());
        expect(await rewritten(trimmed.join('\n'), at)).toBe(Buffer.from(trimmed.join('\n')).toString());
      }),
    );
  });
});
