// Signatures as the public clients make them, over values as they are on the wire.
import { createHash } from 'node:crypto';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { sign, verify } from '../../functions/doors/sailthru/signature.ts';

const key = 'a1b2c3d4e5f60718293a4b5c6d7e8f90';
const secret = '0f1e2d3c4b5a69788796a5b4c3d2e1f0';

/** UTF-8 bytes, one character each: what a correct client puts on the wire. */
const wire = (text: string) => Buffer.from(text).toString('latin1');

const vectors: [name: string, values: string[], sig: string][] = [
  ['json mode', ['json', '{"job":"export_list_data","list":"Main"}'], '1150576920d1ddfc25704cb0ea70dec1'],
  ['flat mode', ['json', 'export_list_data', 'Main', '1', '1'], 'b1df87cfa3605d3fe5c70940668d4836'],
  [
    'JSON beyond ASCII',
    ['json', '{"job":"import","list":"Überblick","emails":"zoë@example.com"}'],
    '2c67b7f8c107577be74b79c14881afb4',
  ],
  ['the empty array of PHP', ['json', '[]'], '99bcf218c6083adb283461329d060df6'],
  ['the None of Python', ['json', 'null'], 'b9c03c93909f49d80fe6a57591046f90'],
  ['no payload', ['json'], '4d280da4fd7357c288d372420647f85d'],
  ['multipart without its file part', ['json', '{"job":"import","list":"Main"}'], '7ceaef50e2ea66fd74513577574610e4'],
];

describe('sig', () => {
  it.each(vectors)('is the known one for %s', (_, values, sig) => {
    expect(sign(secret, [key, ...values])).toBe(sig);
    expect(verify(secret, [key, ...values].map(wire), sig)).toBe('utf8');
  });

  it('is the one of the Perl client for nested and zero values', () => {
    const values = ['abcdef1234567890abcdef1234567890', 'xml', 'test@example.com', 'TestValue', '0'];
    expect(sign('00001111222233334444555566667777', values)).toBe('b0c1ba5e661d155a940da08ed240cfb9');
  });

  it('does not depend on the order of the values', () => {
    fc.assert(
      fc.property(fc.array(fc.string({ unit: 'grapheme' }), { maxLength: 8 }), (values) => {
        expect(sign(secret, [...values].reverse())).toBe(sign(secret, values));
      }),
    );
  });

  it('verifies whatever was signed as UTF-8, and nothing else', () => {
    fc.assert(
      fc.property(
        fc.array(fc.string({ unit: 'grapheme' }), { maxLength: 6 }),
        fc.string({ minLength: 1 }),
        (values, more) => {
          const sig = sign(secret, values);
          expect(verify(secret, values.map(wire), sig)).toBe('utf8');
          expect(verify(secret, [...values.map(wire), wire(more)], sig)).toBeUndefined();
        },
      ),
    );
  });

  it('is accepted in upper case', () => {
    expect(verify(secret, [key, 'json'], '4D280DA4FD7357C288D372420647F85D')).toBe('utf8');
  });

  it('is accepted when the client sorts by UTF-16 units', () => {
    const values = ['\u{1f600} grin', '\uff21 wide'];
    const sig = createHash('md5')
      .update(secret + [...values].sort().join(''))
      .digest('hex');
    expect(sig).not.toBe(sign(secret, values));
    expect(verify(secret, values.map(wire), sig)).toBe('utf8');
  });

  it('says Latin-1 when the bytes on the wire are Latin-1 and the signed ones are UTF-8', () => {
    const values = [key, 'json', '{"job":"import","list":"Überblick","emails":"zoë@example.com"}'];
    expect(verify(secret, values, '2c67b7f8c107577be74b79c14881afb4')).toBe('latin1');
  });

  it.each([
    ['a wrong secret', '1150576920d1ddfc25704cb0ea70dec2'],
    ['nothing', ''],
    ['another length', '1150576920d1ddfc25704cb0ea70dec'],
    ['no hex', 'zz50576920d1ddfc25704cb0ea70dec1'],
  ])('is refused: %s', (_, sig) => {
    expect(verify(secret, [key, 'json', '{"job":"export_list_data","list":"Main"}'], sig)).toBeUndefined();
  });
});
