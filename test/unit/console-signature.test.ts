// Promises of the console's signature: it is the one that shells and browsers make, and any change to the call spoils it.
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { type Signed, sign, verify } from '../../functions/doors/console/signature.ts';

const secret = '0f1e2d3c4b5a69788796a5b4c3d2e1f0';
const known: Signed = { method: 'POST', target: '/console/api/jobs', time: '1764270000', body: '{"type":"import"}' };

const call = fc.record({
  method: fc.constantFrom('GET', 'POST', 'DELETE'),
  target: fc.webPath().map((path) => `/console/api${path}`),
  time: fc.integer({ min: 0, max: 99_999_999_999 }).map(String),
  body: fc.string({ unit: 'binary' }),
});
const changes = {
  method: fc.constantFrom('GET', 'POST', 'DELETE', 'PUT', 'get'),
  target: fc.oneof(
    fc.webPath(),
    fc.webQueryParameters().map((query) => `/console/api/jobs?${query}`),
  ),
  time: fc.integer({ min: 0, max: 99_999_999_999 }).map(String),
  body: fc.string({ unit: 'binary' }),
};

describe('the signature', () => {
  it('is the one in the document, as openssl makes it', () => {
    expect(sign(secret, known)).toBe('d423641cff8b381aa76c11e87dfa224a3dfcd68d1935e0cd17b8b129e19c4e20');
  });

  it('is the one that a browser makes', async () => {
    const bytes = new TextEncoder();
    const hex = (buffer: ArrayBuffer) => Buffer.from(buffer).toString('hex');
    const key = await crypto.subtle.importKey('raw', bytes.encode(secret), { name: 'HMAC', hash: 'SHA-256' }, false, [
      'sign',
    ]);
    const digest = hex(await crypto.subtle.digest('SHA-256', bytes.encode(String(known.body))));
    const text = `${known.method}\n${known.target}\n${known.time}\n${digest}`;
    expect(sign(secret, known)).toBe(hex(await crypto.subtle.sign('HMAC', key, bytes.encode(text))));
  });

  it('is that of the call it was made for', () => {
    fc.assert(fc.property(call, fc.string(), (made, key) => verify(key, made, sign(key, made))));
  });

  it.each(Object.keys(changes) as (keyof Signed)[])('is refused once the %s is another', (name) => {
    fc.assert(
      fc.property(call, changes[name], (made, value) => {
        fc.pre(made[name] !== value);
        expect(verify(secret, { ...made, [name]: value }, sign(secret, made))).toBe(false);
      }),
    );
  });

  it('is refused once the secret is another', () => {
    fc.assert(
      fc.property(call, fc.string(), (made, other) => {
        fc.pre(other !== secret);
        expect(verify(other, made, sign(secret, made))).toBe(false);
      }),
    );
  });

  it('is refused when it is changed itself, cut or longer', () => {
    const right = sign(secret, known);
    fc.assert(
      fc.property(fc.nat(63), fc.constantFrom(...'0123456789abcdef'), (at, digit) => {
        fc.pre(right[at] !== digit);
        expect(verify(secret, known, right.slice(0, at) + digit + right.slice(at + 1))).toBe(false);
        expect(verify(secret, known, right.slice(0, at))).toBe(false);
      }),
    );
    expect(verify(secret, known, `${right}0`)).toBe(false);
  });
});
