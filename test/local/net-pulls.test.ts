// A pulled file is whole or an error that says whether to try again.
import type { Socket } from 'node:net';
import { buffer, text } from 'node:stream/consumers';
import { gzipSync } from 'node:zlib';
import { afterEach, describe, expect, test } from 'vitest';
import { createPulls } from '../../functions/net/pulls.ts';
import { safeFetch } from '../../functions/net/safe-fetch.ts';
import { closedBy, closeTargets, failure, open, serve, speak } from './net-pulling.ts';
import { fakeNames, httpTarget } from './net-target.ts';

afterEach(closeTargets);

describe('a whole file', () => {
  test('arrives byte for byte, with a length, in chunks, or up to the regular end of the connection', async () => {
    const bytes = Buffer.from(Array.from({ length: 300_000 }, (_, index) => (index * 7) % 256));
    const lengths = await serve((_request, response) => response.setHeader('content-length', bytes.length).end(bytes));
    const chunks = await serve((_request, response) => {
      response.write(bytes.subarray(0, 1000));
      response.end(bytes.subarray(1000));
    });
    const bare = await speak((socket) => {
      socket.write('HTTP/1.0 200 OK\r\n\r\n');
      socket.end(bytes);
    });
    for (const target of [lengths, chunks, bare]) {
      expect(bytes.equals(await buffer(open(target)))).toBe(true);
      await closedBy(target);
    }
  });

  test('of exactly the largest size is taken', async () => {
    const target = await serve((_request, response) => response.end(Buffer.alloc(1000)));
    expect(await buffer(open(target, 1000))).toHaveLength(1000);
    expect((await failure(open(target, 999))).name).toBe('Refusal');
  });

  test('is asked for as it is, and what comes compressed all the same is not inflated', async () => {
    const packed = gzipSync('email\n'.repeat(1000));
    let asked: string | undefined;
    const target = await serve((request, response) => {
      asked = request.headers['accept-encoding'];
      response.setHeader('content-encoding', 'gzip').end(packed);
    });
    expect(packed.equals(await buffer(open(target)))).toBe(true);
    expect(asked).toBe('identity');
  });

  test('nothing happens before the first byte is wanted; leaving early closes the connection', async () => {
    const target = await serve((_request, response) => {
      const more = () => {
        while (response.write(Buffer.alloc(65_536)));
      };
      response.on('drain', more);
      more();
    });
    const body = open(target, Number.MAX_SAFE_INTEGER);
    expect(target.connections()).toBe(0);
    for await (const piece of body) {
      expect(piece.length).toBeGreaterThan(0);
      break;
    }
    await closedBy(target);
  });
});

describe('a file cut short is an error worth trying again', () => {
  const head = 'HTTP/1.1 200 OK\r\n';
  test.each([
    ['before any answer', ''],
    ['in the headers', `${head}content-le`],
    ['with a length', `${head}content-length: 100\r\n\r\nemail`],
    ['with a length and "close"', `${head}connection: close\r\ncontent-length: 100\r\n\r\nemail`],
    ['before the body', `${head}connection: close\r\ncontent-length: 100\r\n\r\n`],
    ['within a chunk', `${head}transfer-encoding: chunked\r\n\r\n64\r\nemail`],
    ['between chunks', `${head}transfer-encoding: chunked\r\n\r\n5\r\nemail\r\n`],
    ['between chunks, with "close"', `${head}connection: close\r\ntransfer-encoding: chunked\r\n\r\n5\r\nemail\r\n`],
    ['in the last chunk', `${head}connection: close\r\ntransfer-encoding: chunked\r\n\r\n5\r\nemail\r\n0\r\n`],
  ])('%s', async (_name, words) => {
    const target = await speak((socket) => socket.end(words));
    expect(await failure(open(target))).toMatchObject({ name: 'PullFailed', reason: 'again' });
    await closedBy(target);
  });

  test.each(['HTTP/1.0 200 OK\r\n\r\nemail', 'HTTP/1.1 200 OK\r\nconnection: close\r\n\r\nemail'])(
    'by a reset, where only the end of the connection ends the body: %j',
    async (words) => {
      const served: Socket[] = [];
      const target = await speak((socket) => {
        served.push(socket);
        socket.write(words);
      });
      const resetAfterFirst = async function* () {
        for await (const piece of open(target)) {
          yield piece;
          served[0]?.resetAndDestroy();
        }
      };
      expect(await failure(resetAfterFirst())).toMatchObject({ name: 'PullFailed', reason: 'again' });
      expect(served).toHaveLength(1);
    },
  );

  test('so is what is not HTTP at all', async () => {
    const target = await speak((socket) => socket.end('220 mail.example ESMTP\r\n'));
    expect(await failure(open(target))).toMatchObject({ name: 'PullFailed', reason: 'again' });
  });
});

describe('status', () => {
  test.each([
    [408, true],
    [429, true],
    [500, true],
    [502, true],
    [503, true],
    [599, true],
    [201, false],
    [204, false],
    [206, false],
    [301, false],
    [304, false],
    [400, false],
    [401, false],
    [403, false],
    [404, false],
    [410, false],
  ])('%i: worth trying again: %s; the body is not read', async (status, retryable) => {
    const target = await serve((_request, response) => {
      response.writeHead(status);
      response.end(status === 204 || status === 304 ? undefined : 'secret '.repeat(100_000));
    });
    const error = await failure(open(target, 10_000_000));
    expect(error).toMatchObject({ name: 'PullFailed', reason: retryable ? 'again' : 'refused' });
    expect(error.message).toBe(`the other server answered with status ${status}`);
    await closedBy(target);
  });
});

test('an endless redirect is given up after three, and not tried again', async () => {
  let count = 0;
  const target = await serve((_request, response) => response.writeHead(307, { location: `/${count++}` }).end('on'));
  expect(await failure(open(target))).toMatchObject({
    name: 'PullFailed',
    reason: 'refused',
    message: 'more than 3 redirects',
  });
  expect(target.received()).toBe(4);
  await closedBy(target);
});

test('what was sent to the named URL, and what a redirect set, does not go along with the redirect', async () => {
  const seen: Record<string, unknown>[] = [];
  const target = await serve((request, response) => {
    seen.push(request.headers);
    if (seen.length === 1) response.writeHead(302, { location: '/next', 'set-cookie': 'a=b; Path=/' }).end();
    else response.end('file');
  });
  const second = 1000;
  const answer = await safeFetch(`${target.origin}/`, {
    allowLoopback: true,
    method: 'GET',
    headers: { authorization: 'Bearer t0ken', cookie: 'c=d' },
    redirects: 1,
    maxBytes: 1000,
    timeouts: { connect: second, headers: second, idle: second, total: 5 * second },
  });
  expect(await text(answer.body)).toBe('file');
  expect(seen[0]).toMatchObject({ authorization: 'Bearer t0ken', cookie: 'c=d' });
  expect(Object.keys(seen[1] ?? {}).sort()).toEqual(['accept', 'accept-encoding', 'connection', 'host', 'user-agent']);
});

test('a name without an address, and a port without a server, are errors worth trying again', async () => {
  const gone = await httpTarget(() => undefined);
  await gone.close();
  expect(await failure(open(gone))).toMatchObject({ reason: 'again', message: 'the connection failed (ECONNREFUSED)' });
  const network = fakeNames({});
  const body = createPulls({ allowLoopback: true, network }).open('http://nobody.example/', 10);
  expect(await failure(body)).toMatchObject({ reason: 'again', message: 'the connection failed (ENOTFOUND)' });
});
