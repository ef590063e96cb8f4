// Only globally routable unicast may be called.
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { isLoopbackAddress, isPublicAddress, mayReach } from '../../functions/net/addresses.ts';

/** IANA's special-purpose IPv4 blocks, multicast, class E, and one cloud's host channel: [network, prefix length]. */
const closedV4: [string, number][] = [
  ['0.0.0.0', 8],
  ['10.0.0.0', 8],
  ['100.64.0.0', 10],
  ['127.0.0.0', 8],
  ['168.63.129.16', 32],
  ['169.254.0.0', 16],
  ['172.16.0.0', 12],
  ['192.0.0.0', 24],
  ['192.0.2.0', 24],
  ['192.31.196.0', 24],
  ['192.52.193.0', 24],
  ['192.88.99.0', 24],
  ['192.168.0.0', 16],
  ['192.175.48.0', 24],
  ['198.18.0.0', 15],
  ['198.51.100.0', 24],
  ['203.0.113.0', 24],
  ['224.0.0.0', 4],
  ['240.0.0.0', 4],
];

const toNumber = (text: string) => text.split('.').reduce((sum, part) => sum * 256 + Number(part), 0);
const toV4 = (n: number) => [24, 16, 8, 0].map((shift) => Math.floor(n / 2 ** shift) % 256).join('.');
const hex = (n: number) => n.toString(16);
const groups = (n: number) => `${hex(Math.floor(n / 65536))}:${hex(n % 65536)}`;
const isClosed = (n: number) =>
  closedV4.some(([network, length]) => {
    const size = 2 ** (32 - length);
    return Math.floor(n / size) === Math.floor(toNumber(network) / size);
  });

const anyV4 = fc.integer({ min: 0, max: 0xffffffff });
const closedAddress = fc
  .tuple(fc.constantFrom(...closedV4), fc.double({ min: 0, max: 1, noNaN: true, maxExcluded: true }))
  .map(([[network, length], part]) => toNumber(network) + Math.floor(part * 2 ** (32 - length)));

describe('IPv4', () => {
  test('no address of a closed block is public', () => {
    fc.assert(
      fc.property(closedAddress, (n) => {
        expect(isPublicAddress(toV4(n))).toBe(false);
      }),
    );
  });

  test('every address outside the closed blocks is public', () => {
    fc.assert(
      fc.property(fc.oneof(anyV4, closedAddress), (n) => {
        expect(isPublicAddress(toV4(n))).toBe(!isClosed(n));
      }),
    );
  });

  test('the edges of each block are where they belong', () => {
    for (const [network, length] of closedV4) {
      const first = toNumber(network);
      const last = first + 2 ** (32 - length) - 1;
      expect(isPublicAddress(toV4(first))).toBe(false);
      expect(isPublicAddress(toV4(last))).toBe(false);
      for (const neighbour of [first - 1, last + 1]) {
        if (neighbour < 0 || neighbour > 0xffffffff) continue;
        expect(isPublicAddress(toV4(neighbour)), toV4(neighbour)).toBe(!isClosed(neighbour));
      }
    }
  });
});

describe('IPv6', () => {
  test.each([
    '::',
    '::1',
    'fe80::1',
    'febf::1',
    'fec0::1',
    'fc00::1',
    'fd00:ec2::254',
    'fdff:ffff::1',
    'ff02::1',
    'ff0e::1',
    '100::1',
    '2001:db8::1',
    '3fff::1',
    '2001:2::1',
    '2001:10::1',
    '2001:20::1',
    '2001:30::1',
    '5f00::1',
    '64:ff9b:1::a00:1',
    '64:ff9b:1::808:808',
    '::ffff:0:808:808',
    '4000::1',
    '1::1',
    '8000::1',
    'fe80::1%eth0',
    '2606:4700::1111%eth0',
  ])('%s is not public', (address) => {
    expect(isPublicAddress(address)).toBe(false);
  });

  test.each(['2606:4700:4700::1111', '2a00:1450:4001:81b::200e', '2600:1f18::1', '2400:cb00::1'])(
    '%s is public',
    (address) => {
      expect(isPublicAddress(address)).toBe(true);
    },
  );

  const forms: [string, (n: number) => string][] = [
    ['mapped', (n) => `::ffff:${groups(n)}`],
    ['mapped, dotted', (n) => `::ffff:${toV4(n)}`],
    ['compatible', (n) => `::${groups(n)}`],
    ['6to4', (n) => `2002:${groups(n)}::1`],
    ['NAT64', (n) => `64:ff9b::${groups(n)}`],
    ['Teredo, as the client', (n) => `2001:0:808:808:0:0:${groups(0xffffffff - n)}`],
    ['Teredo, as the server', (n) => `2001:0:${groups(n)}:0:0:${groups(0xffffffff - toNumber('8.8.8.8'))}`],
  ];
  test.each(forms)('an address that stands for an IPv4 one is judged by that: %s', (_name, form) => {
    fc.assert(
      fc.property(fc.oneof(anyV4, closedAddress), (n) => {
        expect(isPublicAddress(form(n)), form(n)).toBe(!isClosed(n));
      }),
    );
  });

  test('nothing outside 2000::/3 is public, except what stands for a public IPv4 address', () => {
    const group = fc.integer({ min: 0, max: 0xffff }).map(hex);
    const first = fc.oneof(fc.integer({ min: 0x65, max: 0x1fff }), fc.integer({ min: 0x4000, max: 0xffff })).map(hex);
    fc.assert(
      fc.property(first, fc.array(group, { minLength: 7, maxLength: 7 }), (head, rest) => {
        expect(isPublicAddress([head, ...rest].join(':'))).toBe(false);
      }),
    );
  });
});

test('what is not an address in plain spelling is not public', () => {
  for (const text of [
    '',
    '0177.0.0.1',
    '8.8.8',
    '134744072',
    '0x8.8.8.8',
    '8.8.8.8 ',
    '[2606:4700::1]',
    'example.com',
  ]) {
    expect(isPublicAddress(text), text).toBe(false);
    expect(isLoopbackAddress(text), text).toBe(false);
  }
  fc.assert(
    fc.property(fc.string(), (text) => {
      expect(isPublicAddress(`${text}x`)).toBe(false);
    }),
  );
});

test('allowing loopback opens loopback and nothing else', () => {
  const open = { allowLoopback: true };
  for (const address of ['127.0.0.1', '127.255.255.254', '::1', '::ffff:127.0.0.1', '8.8.8.8']) {
    expect(mayReach(address, open), address).toBe(true);
  }
  for (const address of [
    '0.0.0.0',
    '::',
    '10.0.0.1',
    '169.254.169.254',
    'fd00:ec2::254',
    '::ffff:10.0.0.1',
    '::1%lo',
  ]) {
    expect(mayReach(address, open), address).toBe(false);
  }
  for (const address of ['127.0.0.1', '::1', '::ffff:127.0.0.1']) {
    expect(mayReach(address, { allowLoopback: false }), address).toBe(false);
  }
});
