// A forbidden address is refused in whatever spelling, before anything is looked up.
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { BlockedAddress } from '../../functions/jobs/ports.ts';
import { checkUrl, hostOf } from '../../functions/net/check-url.ts';

const closed = { allowLoopback: false };
const open = { allowLoopback: true };
const refused = (text: string, policy = closed) => expect(() => checkUrl(text, policy), text).toThrow(BlockedAddress);

const loopbackHosts = [
  '127.0.0.1',
  '127.1',
  '127.0.1',
  '2130706433',
  '0x7f000001',
  '0x7f.0.0.1',
  '0177.0.0.1',
  '017700000001',
  '0x7F.1',
  '127.0.0.1.',
  '127.8.9.10',
  '%31%32%37.0.0.1',
  '１２７.０.０.１',
  '①②⑦.⓪.⓪.①',
  '127。0。0。1',
  '127．0．0．1',
  '[::1]',
  '[0:0:0:0:0:0:0:1]',
  '[::ffff:127.0.0.1]',
  '[::FFFF:7f00:1]',
  'localhost',
  'LOCALHOST',
  'localhost.',
  'LocalHost.',
  'db.localhost',
  'db.localhost.',
  'ｌｏｃａｌｈｏｓｔ',
  'local%68ost',
];

const insideHosts = [
  '0.0.0.0',
  '0',
  '10.0.0.1',
  '10.1',
  '167772161',
  '192.168.1.1',
  '0xc0.0xa8.1.1',
  '172.31.255.255',
  '169.254.169.254',
  '2852039166',
  '0xa9fea9fe',
  '0251.0376.0251.0376',
  '169.254.43518',
  '100.64.0.1',
  '198.18.0.1',
  '203.0.113.7',
  '224.0.0.1',
  '255.255.255.255',
  '[::]',
  '[fd00:ec2::254]',
  '[fe80::1]',
  '[fc00::1]',
  '[ff02::1]',
  '[2001:db8::1]',
  '[::ffff:169.254.169.254]',
  '[::169.254.169.254]',
  '[64:ff9b::169.254.169.254]',
  '[2002:a9fe:a9fe::]',
];

test.each([...loopbackHosts, ...insideHosts])('%s is refused', (host) => {
  refused(`http://${host}/`);
  refused(`https://${host}:8443/a/b?c=d`);
});

test.each(insideHosts)('%s is refused even where loopback is allowed', (host) => refused(`http://${host}/`, open));

test.each(loopbackHosts)('%s is let through where loopback is allowed', (host) => {
  expect(checkUrl(`http://${host}:3000/`, open)).toBeInstanceOf(URL);
});

test('an inside address is refused in every mixture of notations', () => {
  const inside = fc
    .tuple(fc.constantFrom([10, 8], [127, 8], [0, 8], [0xa9fe, 16], [0xc0a8, 16], [0xac10, 12 + 4]), fc.nat(0xffffff))
    .map(([[head = 0, bits = 8], rest]) => head * 2 ** (32 - bits) + (rest % 2 ** (32 - bits)));
  const spell = (n: number, base: 8 | 10 | 16) =>
    base === 8 ? `0${n.toString(8)}` : base === 16 ? `0x${n.toString(16)}` : String(n);
  const base = fc.constantFrom<8 | 10 | 16>(8, 10, 16);
  fc.assert(
    fc.property(
      inside,
      fc.integer({ min: 1, max: 4 }),
      fc.array(base, { minLength: 4, maxLength: 4 }),
      (n, parts, bases) => {
        // All parts but the last are a byte; the last holds what is left.
        const bytes = [24, 16, 8, 0].map((shift) => Math.floor(n / 2 ** shift) % 256);
        const last = n % 2 ** (8 * (5 - parts));
        const host = [...bytes.slice(0, parts - 1), last]
          .map((part, index) => spell(part, bases[index] ?? 10))
          .join('.');
        refused(`http://${host}/`);
      },
    ),
  );
});

describe('form', () => {
  test.each([
    '',
    'example.com',
    '//example.com/',
    '/etc/passwd',
    'file:///etc/passwd',
    'ftp://example.com/',
    'gopher://example.com/',
    'data:text/csv,email',
    'javascript:alert(1)',
    'http:',
    'http://',
    'http:///example.com/',
    'http:example.com',
    'https:/example.com',
    'http:\\\\example.com',
    'http://\\example.com',
    'http://?x',
    'http://#x',
    'http://:80/',
    'http://user@example.com/',
    'http://user:secret@example.com/',
    'http://:secret@example.com/',
    'http://example.com:99999/',
    'http://exa mple.com/',
    'http://exam\tple.com/',
    'http://example.com/\r\nHost: 127.0.0.1',
    'http://example.com/\u0000',
    ' http://example.com/',
    'http://[::1',
    'http://[fe80::1%25eth0]/',
    'http://1.2.3.4.5/',
    'http://256.1.1.1/',
    'http://0x.example.08/',
  ])('%j is refused', (text) => refused(text, open));

  test('at most 2,048 characters', () => {
    const text = (length: number) => 'http://example.com/'.padEnd(length, 'a');
    expect(checkUrl(text(2048), closed).href).toHaveLength(2048);
    refused(text(2049));
  });

  test('a public URL comes back as it is', () => {
    for (const text of [
      'http://example.com/',
      'https://example.com:8443/a%20b?c=d&e=%2F',
      'http://8.8.8.8/',
      'https://[2606:4700:4700::1111]/x',
      'https://notlocalhost/',
      'https://localhost.example.com/',
    ]) {
      expect(checkUrl(text, closed).href).toBe(text);
    }
    expect(hostOf(checkUrl('https://[2606:4700:4700::1111]/x', closed))).toBe('2606:4700:4700::1111');
    expect(checkUrl('https://münchen.example/ü', closed).hostname).toBe('xn--mnchen-3ya.example');
  });

  test('the host that was checked is the host that is called, whatever the text looks like', () => {
    expect(checkUrl('http://example.com\\@127.0.0.1/', closed).hostname).toBe('example.com');
    expect(checkUrl('http://example.com#@127.0.0.1/', closed).hostname).toBe('example.com');
    refused('http://127.0.0.1\\@example.com/');
    refused('http://127.0.0.1#@example.com/');
  });

  test('messages never hold the URL', () => {
    fc.assert(
      fc.property(fc.webUrl(), fc.constantFrom('ftp://', 'http://u:p@', 'http://127.1/'), (url, prefix) => {
        const text = `${prefix}${url.slice(url.indexOf('//') + 2)}`;
        try {
          checkUrl(text, closed);
          expect.unreachable(text);
        } catch (error) {
          expect(error).toBeInstanceOf(BlockedAddress);
          expect((error as Error).message).not.toContain(text);
          expect((error as Error).message).not.toMatch(/127|http:|ftp:|u:p/);
          expect((error as Error).cause).toBeUndefined();
        }
      }),
    );
  });
});
