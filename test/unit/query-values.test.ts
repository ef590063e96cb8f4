// How the text of a value falls into alternatives, and which type each has.
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { alternativesOf } from '../../functions/jobs/query/values.ts';

const valuesOf = (text: string) => alternativesOf(text).map(({ value }) => value);

describe('a value', () => {
  it.each([
    ['5', [5]],
    ['-2.50', [-2.5]],
    ['5.0', [5]],
    ['05', ['05']],
    ['1e3', ['1e3']],
    ['12345678901234567890', ['12345678901234567890']],
    ['true|False', [true, 'False']],
    ['"true"', ['true']],
    ['""', ['']],
    [' a | b ', ['a', 'b']],
    ['|a||', ['a']],
    ['"a|b" | c', ['a|b', 'c']],
    ['"say "hi""', ['say "hi"']],
    ['"open|b', ['"open', 'b']],
    ['5" nails', ['5" nails']],
  ])('%j is read', (text, expected) => {
    expect(valuesOf(text)).toEqual(expected);
  });

  it('in quotes keeps any text as it is', () => {
    const texts = fc.array(fc.string().filter((text) => !text.includes('"')));
    fc.assert(
      fc.property(texts, (all) => {
        expect(valuesOf(all.map((text) => `"${text}"`).join('|'))).toEqual(all);
      }),
    );
  });

  it('without quotes falls apart at every bar', () => {
    fc.assert(
      fc.property(
        fc.string().filter((text) => !text.includes('"')),
        (text) => {
          const parts = text.split('|').map((part) => part.trim());
          expect(alternativesOf(text).map((alternative) => alternative.text)).toEqual(
            parts.filter((part) => part !== ''),
          );
        },
      ),
    );
  });
});
