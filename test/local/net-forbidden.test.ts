// Whatever a client names, no request reaches an address that is not public.
import { text } from 'node:stream/consumers';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { BlockedAddress } from '../../functions/jobs/ports.ts';
import { createHooks } from '../../functions/net/hooks.ts';
import { createPulls } from '../../functions/net/pulls.ts';
import { fakeNames, httpTarget, type Target, tcpTarget } from './net-target.ts';

let target: Target;
beforeEach(async () => {
  target = await httpTarget((_request, response) => response.end('inside'));
});
afterEach(() => target.close());

const pull = (url: string, options: Parameters<typeof createPulls>[0]) =>
  text(createPulls(options).open(url, 1_000_000));

describe('a literal never gets a connection', () => {
  test.each([
    '127.0.0.1',
    '127.1',
    '2130706433',
    '0177.0.0.1',
    '0x7f000001',
    '127.0.0.1.',
    '１２７.0.0.1',
    '0.0.0.0',
    '[::1]',
    '[::]',
    '[::ffff:127.0.0.1]',
    '[::127.0.0.1]',
    'localhost',
    'localhost.',
    'a.localhost',
  ])('%s', async (host) => {
    const url = `http://${host}:${target.port}/`;
    const closed = { allowLoopback: false };
    await expect(createHooks(closed).post(url, 'x=1', {})).rejects.toThrow(BlockedAddress);
    await expect(pull(url, closed)).rejects.toThrow(BlockedAddress);
    expect(() => createPulls(closed).check(url)).toThrow(BlockedAddress);
    expect(target.connections()).toBe(0);
  });

  test('the same server answers when loopback is allowed: the refusals above are not for want of a server', async () => {
    expect(await pull(`http://127.1:${target.port}/`, { allowLoopback: true })).toBe('inside');
    expect(
      await pull(`http://localhost:${target.port}/`, {
        allowLoopback: true,
        network: fakeNames({ localhost: [['127.0.0.1']] }),
      }),
    ).toBe('inside');
    expect(await createHooks({ allowLoopback: true }).post(`${target.origin}/`, 'x=1', {})).toBe(200);
    expect(target.received()).toBe(3);
  });
});

describe('a name never gets a connection when any of its addresses is forbidden', () => {
  test.each([
    [['127.0.0.1']],
    [['10.0.0.1']],
    [['169.254.169.254']],
    [['::1']],
    [['fd00:ec2::254']],
    [['::ffff:127.0.0.1']],
    [['8.8.8.8', '127.0.0.1']],
    [['127.0.0.1', '8.8.8.8']],
    [['2606:4700:4700::1111', 'fe80::1%eth0']],
    [['not an address']],
  ])('%j', async (answer) => {
    const network = fakeNames({ 'public.example': [answer] }, target.port);
    const url = `http://public.example:${target.port}/`;
    await expect(pull(url, { allowLoopback: false, network })).rejects.toThrow(BlockedAddress);
    await expect(createHooks({ allowLoopback: false, network }).post(url, '', {})).rejects.toThrow(BlockedAddress);
    expect(network.dials).toEqual([]);
    expect(target.connections()).toBe(0);
  });

  test('allowed loopback does not excuse another inside address beside it', async () => {
    const network = fakeNames({ 'public.example': [['127.0.0.1', '10.0.0.1']] });
    await expect(pull(`http://public.example:${target.port}/`, { allowLoopback: true, network })).rejects.toThrow(
      BlockedAddress,
    );
    expect(target.connections()).toBe(0);
  });
});

describe('rebinding', () => {
  test('a name is looked up once, and only what was checked is dialled', async () => {
    const network = fakeNames({ 'public.example': [['127.0.0.1'], ['10.0.0.1']] });
    expect(await pull(`http://public.example:${target.port}/`, { allowLoopback: true, network })).toBe('inside');
    expect(network.lookups).toEqual(['public.example']);
    expect(network.dials).toEqual([{ host: 'public.example', addresses: ['127.0.0.1'] }]);
  });

  test('public at first and private at the second look: the dial goes to the first answer', async () => {
    const network = fakeNames({ 'public.example': [['8.8.8.8'], ['127.0.0.1']] }, target.port);
    await expect(pull(`http://public.example:${target.port}/`, { allowLoopback: false, network })).rejects.toThrow(
      BlockedAddress,
    );
    expect(network.lookups).toEqual(['public.example']);
    expect(network.dials).toEqual([{ host: 'public.example', addresses: ['8.8.8.8'] }]);
    expect(target.received()).toBe(0);
  });

  test.each(['http', 'https'])('a forbidden peer gets no byte (%s)', async (scheme) => {
    const raw = await tcpTarget((socket) => socket.end('HTTP/1.1 200 OK\r\ncontent-length: 6\r\n\r\ninside'));
    try {
      // The address passes the look-up, the connection arrives somewhere else: only the peer check is left.
      const network = fakeNames({ 'public.example': [['8.8.8.8']] }, raw.port);
      const url = `${scheme}://public.example/`;
      await expect(createHooks({ allowLoopback: false, network }).post(url, 'secret', {})).rejects.toThrow(
        BlockedAddress,
      );
      await expect(pull(url, { allowLoopback: false, network })).rejects.toThrow(BlockedAddress);
      expect(network.dials).toHaveLength(2);
      await expect.poll(() => [raw.connections(), raw.open()]).toEqual([2, 0]);
      expect(raw.received()).toBe(0);
    } finally {
      await raw.close();
    }
  });
});

describe('redirects', () => {
  const redirecting = (locations: Record<string, string>) =>
    httpTarget((request, response) => {
      const location = locations[request.url ?? ''];
      if (location === undefined) response.end('file');
      else response.writeHead(302, { location }).end('elsewhere');
    });

  test.each([
    'http://10.0.0.1/',
    'http://10.1/',
    'http://169.254.169.254/latest/meta-data/',
    'http://[fd00:ec2::254]/',
    'http://inside.example/',
    '//192.168.0.1/',
    'file:///etc/passwd',
    'gopher://public.example/',
    'http://user:secret@public.example/',
  ])('a redirect to %s is not followed', async (location) => {
    const source = await redirecting({ '/': location });
    try {
      const network = fakeNames({ 'public.example': [['127.0.0.1']], 'inside.example': [['10.0.0.1']] });
      await expect(pull(`http://public.example:${source.port}/`, { allowLoopback: true, network })).rejects.toThrow(
        BlockedAddress,
      );
      expect(source.received()).toBe(1);
      expect(network.dials).toHaveLength(1);
      await expect.poll(() => source.open()).toBe(0);
    } finally {
      await source.close();
    }
  });

  test('a name that turns private at the redirect does not get through', async () => {
    const source = await redirecting({ '/': '/second' });
    try {
      const network = fakeNames({ 'public.example': [['127.0.0.1'], ['10.0.0.1']] });
      await expect(pull(`http://public.example:${source.port}/`, { allowLoopback: true, network })).rejects.toThrow(
        BlockedAddress,
      );
      expect(network.lookups).toHaveLength(2);
      expect(network.dials).toHaveLength(1);
    } finally {
      await source.close();
    }
  });

  test('three redirects are followed, relative ones too, each on a connection of its own', async () => {
    const source = await redirecting({ '/': '/a', '/a': 'b?x=1', '/b?x=1': 'http://other.example/c' });
    try {
      const network = fakeNames({ 'public.example': [['127.0.0.1']], 'other.example': [['127.0.0.1']] }, source.port);
      expect(await pull(`http://public.example:${source.port}/`, { allowLoopback: true, network })).toBe('file');
      expect(source.connections()).toBe(4);
      expect(network.lookups).toEqual(['public.example', 'public.example', 'public.example', 'other.example']);
    } finally {
      await source.close();
    }
  });
});
