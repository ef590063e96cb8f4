// Bodies that cost their sender nothing and the reader much: read cheaply, or refused before anybody's signature is checked.
import fc from 'fast-check';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { fieldsOfQuery } from '../../functions/doors/sailthru/query.ts';
import { type House, openHouse } from '../helpers/house.ts';
import { postJob, signedFlat } from './calls.ts';

let house: House;
beforeAll(async () => {
  house = await openHouse();
});
afterAll(() => house.close());

const post = async (body: string): Promise<{ status: number; text: string }> => {
  const headers = { 'content-type': 'application/x-www-form-urlencoded' };
  const response = await house.app.request('/job?format=json', { method: 'POST', body, headers });
  return { status: response.status, text: await response.text() };
};
const refused = { status: 413, text: '{"error":99,"errormsg":"Too many parameters"}' };

describe('a body of an unknown sender', () => {
  it('with millions of fields is refused', async () => {
    expect(await post('a=1&'.repeat(2_500_000))).toEqual(refused);
  });

  it.each(['[b]', '[]'])('with a million values nested in %s is refused', async (bracket) => {
    const fields = Array.from({ length: 11_000 }, (_, index) => `a${index}${bracket.repeat(98)}=1`);
    expect(await post(fields.join('&'))).toEqual(refused);
  });

  it('of nothing but separators has no fields', async () => {
    expect(await post('&'.repeat(1_000_000))).toMatchObject({ status: 400 });
  });
});

describe('a call', () => {
  it('may have 50,000 addresses, each a field in brackets', async () => {
    const addresses = Array.from({ length: 50_000 }, (_, index) => [`emails[${index}]`, `u${index}@example.com`]);
    const { status, body } = await postJob(
      house.app,
      signedFlat({ job: 'import', list: 'Main', ...Object.fromEntries(addresses) }),
    );
    expect([status, body.status]).toEqual([200, 'pending']);
  });
});

describe('percent escapes', () => {
  const byte = fc.record({ code: fc.integer({ min: 0, max: 255 }), style: fc.constantFrom('upper', 'lower', 'plain') });

  it('bring any bytes, in either letter case', () => {
    fc.assert(
      fc.property(fc.array(byte, { maxLength: 60 }), (bytes) => {
        const escaped = bytes.map(({ code, style }) => {
          const character = String.fromCharCode(code);
          if (style === 'plain' && !/[%+&=]/.test(character)) return character;
          const hex = code.toString(16).padStart(2, '0');
          return `%${style === 'upper' ? hex.toUpperCase() : hex}`;
        });
        const text = String.fromCharCode(...bytes.map(({ code }) => code));
        expect(fieldsOfQuery(`x${escaped.join('')}=${escaped.join('')}`)).toEqual([[`x${text}`, text]]);
      }),
    );
  });

  it.each([
    ['%', '%'],
    ['%4', '%4'],
    ['%zz', '%zz'],
    ['%4g', '%4g'],
    ['%g4', '%g4'],
    ['%%41', '%A'],
    ['a+b%2Bc', 'a b+c'],
    ['%e9+%C3%a9', '\xe9 \xc3\xa9'],
  ])('in %s read as %j', (written, text) => {
    expect(fieldsOfQuery(`v=${written}`)).toEqual([['v', text]]);
  });
});
