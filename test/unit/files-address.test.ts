// Addresses: one form for each, a reason for what is none.
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { normaliseAddress } from '../../functions/files/address.ts';

describe('an address', () => {
  test.each([
    ['Ada@Example.COM', 'ada@example.com'],
    [' \t ada@example.com\r\n', 'ada@example.com'],
    ['\u00a0ada@example.com\ufeff', 'ada@example.com'],
    ['ada+tag@sub.example.co.uk', 'ada+tag@sub.example.co.uk'],
    ["o'neil!#$%&*/=?^_`{|}~@example.org", "o'neil!#$%&*/=?^_`{|}~@example.org"],
    ['ada@Bücher.example', 'ada@xn--bcher-kva.example'],
    ['ada@bu\u0308cher.example', 'ada@xn--bcher-kva.example'],
    ['zoë@例え。jp', 'zoë@xn--r8jz45g.jp'],
    ['ada@xn--bcher-kva.example', 'ada@xn--bcher-kva.example'],
    [`${'a'.repeat(64)}@example.com`, `${'a'.repeat(64)}@example.com`],
    ['\u212aelvin@example.com', 'kelvin@example.com'],
  ])('%j is kept as %j', (text, address) => {
    expect(normaliseAddress(text)).toEqual({ address });
  });

  test.each([
    ['', 'no address'],
    ['  ', 'no address'],
    ['ada.example.com', 'the address has no @'],
    ['ada@lovelace@example.com', 'the address has more than one @'],
    ['@example.com', 'the address has nothing before the @'],
    ['a b@example.com', 'the address has white space or control characters'],
    ['a\u200bb@example.com', 'the address has white space or control characters'],
    ['a\0b@example.com', 'the address has white space or control characters'],
    ['ada@exam\nple.com', 'the address has white space or control characters'],
    ['"ada"@example.com', 'quoted text before the @ is not accepted'],
    ['<ada@example.com', 'the address has a character before the @ that is not allowed'],
    ['ada,bob@example.com', 'the address has a character before the @ that is not allowed'],
    [`${'a'.repeat(65)}@example.com`, 'the address has more than 64 bytes before the @'],
    [`${'ë'.repeat(33)}@example.com`, 'the address has more than 64 bytes before the @'],
    ['ada@localhost', 'the domain of the address has no dot'],
    ['ada@', 'the domain of the address is not valid'],
    ['ada@example..com', 'the domain of the address is not valid'],
    ['ada@example.com.', 'the domain of the address is not valid'],
    ['ada@-example.com', 'the domain of the address is not valid'],
    ['ada@exa_mple.com', 'the domain of the address is not valid'],
    ['ada@127.0.0.1', 'the domain of the address is not valid'],
    ['ada@[127.0.0.1]', 'the domain of the address is not valid'],
    ['ada@０x7f.１', 'the domain of the address is not valid'],
    ['ada@bücher.example/x', 'the domain of the address is not valid'],
    ['ada@bücher.example?x', 'the domain of the address is not valid'],
    ['ada@bü%41.example', 'the domain of the address is not valid'],
    [`ada@${'a'.repeat(64)}.com`, 'the domain of the address is not valid'],
    [`ada@${'a.'.repeat(130)}com`, 'the address is longer than 254 bytes'],
    [`ada@${'ü.'.repeat(100)}com`, 'the address is longer than 254 bytes'],
  ])('%j is none, and the reason says why', (text, reason) => {
    expect(normaliseAddress(text)).toEqual({ reason });
  });

  test('stays as it is when it is normalised again', () => {
    const part = fc.string({
      unit: fc.constantFrom('a', 'B', '0', '-', '.', 'ü', 'ß', 'İ', '例', ' ', '@'),
      maxLength: 20,
    });
    fc.assert(
      fc.property(part, part, (local, domain) => {
        const once = normaliseAddress(`${local}@${domain}.com`);
        if ('address' in once) expect(normaliseAddress(once.address)).toEqual(once);
      }),
      { numRuns: 2000 },
    );
  });

  test('takes no long time for any text', () => {
    for (const text of ['a'.repeat(1e6), `${'a.'.repeat(5e5)}@`, '@'.repeat(1e6), `a@${'a-'.repeat(120)}`])
      expect(normaliseAddress(text)).toHaveProperty('reason');
  });
});
