// No server can hold a download for ever or fill the disk.
import { Socket } from 'node:net';
import { afterEach, describe, expect, test } from 'vitest';
import { systemNetwork } from '../../functions/net/connect.ts';
import { createPulls } from '../../functions/net/pulls.ts';
import { closedBy, closeTargets, failure, open, serve, speak } from './net-pulling.ts';

afterEach(closeTargets);

describe('size', () => {
  test('an endless body is stopped at the limit', async () => {
    let written = 0;
    const target = await serve((_request, response) => {
      const more = () => {
        do written += 65_536;
        while (response.write(Buffer.alloc(65_536)));
      };
      response.on('drain', more);
      more();
    });
    let got = 0;
    const count = async function* () {
      for await (const piece of open(target, 1_000_000)) {
        got += piece.length;
        yield piece;
      }
    };
    expect(await failure(count())).toMatchObject({ name: 'Refusal', reason: 'too_large' });
    expect(got).toBeLessThanOrEqual(1_000_000);
    await closedBy(target);
    // What lies in the buffers of both sides comes on top.
    expect(written).toBeLessThan(50_000_000);
  });

  test('a length over the limit is refused before any of the body came', async () => {
    const target = await speak((socket) => socket.write('HTTP/1.1 200 OK\r\ncontent-length: 1001\r\n\r\n'));
    expect(await failure(open(target, 1000))).toMatchObject({ name: 'Refusal', reason: 'too_large' });
    await closedBy(target);
  });

  test.each([
    ['one long header', `x: ${'a'.repeat(20_000)}\r\n`],
    ['many headers', 'x-name: value\r\n'.repeat(5_000)],
  ])('%s is refused', async (_name, headers) => {
    const target = await speak((socket) => socket.write(`HTTP/1.1 200 OK\r\n${headers}`));
    expect(await failure(open(target))).toMatchObject({ name: 'PullFailed' });
    await closedBy(target);
  });
});

describe('time', () => {
  const drip = (socket: Socket, words: string) => {
    const timer = setInterval(() => socket.write(words), 10);
    socket.on('close', () => clearInterval(timer));
  };

  test.each([
    ['a body', 'HTTP/1.1 200 OK\r\ncontent-length: 1000000\r\n\r\n', 'x'],
    ['headers', 'HTTP/1.1 200 OK\r\n', 'x: y\r\n'],
    ['interim answers', '', 'HTTP/1.1 103 Early Hints\r\nlink: </x>\r\n\r\n'],
  ])('%s without end is cut off when the time is up, and not tried again', async (_name, first, then) => {
    const target = await speak((socket) => {
      socket.write(first);
      drip(socket, then);
    });
    const error = await failure(open(target, 1_000_000, { timeouts: { total: 250 } }));
    expect(error).toMatchObject({ name: 'PullFailed', reason: 'timeout', message: 'took longer than 0.25 s' });
    await closedBy(target);
  });

  test('the clock goes on over redirects', async () => {
    const target = await serve((request, response) => {
      if (request.url !== '/last') response.writeHead(302, { location: '/last' }).end();
    });
    const error = await failure(open(target, 1000, { timeouts: { total: 250 } }));
    expect(error).toMatchObject({ reason: 'timeout' });
    expect(target.received()).toBe(2);
    await closedBy(target);
  });

  test.each([
    ['no answer', '', { headers: 150 }],
    ['a body that falls silent', 'HTTP/1.1 200 OK\r\ncontent-length: 100\r\n\r\nemail', { idle: 150 }],
  ])('%s is an error worth trying again', async (_name, words, timeouts) => {
    const target = await speak((socket) => socket.write(words));
    const error = await failure(open(target, 1000, { timeouts }));
    expect(error).toMatchObject({ name: 'PullFailed', reason: 'again' });
    await closedBy(target);
  });

  test('a connection that does not come about is given up', async () => {
    const sockets: Socket[] = [];
    const network = {
      ...systemNetwork,
      connect() {
        const socket = new Socket();
        sockets.push(socket);
        return socket;
      },
    };
    const body = createPulls({ allowLoopback: true, network, timeouts: { connect: 100 } }).open(
      'http://127.0.0.1/',
      10,
    );
    expect(await failure(body)).toMatchObject({ reason: 'again', message: 'the connection failed (ETIMEDOUT)' });
    expect(sockets.map((socket) => socket.destroyed)).toEqual([true]);
  });

  test('a look-up that does not come back is not waited for', async () => {
    const network = { ...systemNetwork, lookup: () => new Promise<never>(() => undefined) };
    const body = createPulls({ allowLoopback: true, network, timeouts: { total: 100 } }).open('http://a.example/', 10);
    expect(await failure(body)).toMatchObject({ reason: 'timeout', message: 'took longer than 0.1 s' });
  });
});
