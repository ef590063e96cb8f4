// A report is posted once, never follows a redirect, and no receiver can hold it up.
import type { RequestListener } from 'node:http';
import { text } from 'node:stream/consumers';
import { afterEach, expect, test } from 'vitest';
import { createHooks } from '../../functions/net/hooks.ts';
import { httpTarget, type Target, tcpTarget } from './net-target.ts';

const targets: Target[] = [];
afterEach(() => Promise.all(targets.splice(0).map((target) => target.close())));
const kept = async (target: Promise<Target>): Promise<Target> => {
  targets.push(await target);
  return target;
};
const serve = (answer: RequestListener) => kept(httpTarget(answer));
const hooks = (totalMs?: number) => createHooks({ allowLoopback: true, ...(totalMs ? { totalMs } : {}) });

test('method, path, headers and body arrive as given', async () => {
  const seen: unknown[] = [];
  const target = await serve(async (request, response) => {
    const { method, url, headers } = request;
    seen.push({ method, url, type: headers['content-type'], id: headers['webhook-id'], body: await text(request) });
    response.end('OK');
  });
  const status = await hooks().post(`${target.origin}/hooks/job?a=b%20c`, 'name=Zoë', {
    'content-type': 'application/x-www-form-urlencoded',
    'webhook-id': 'm1',
  });
  expect(status).toBe(200);
  expect(seen).toEqual([
    {
      method: 'POST',
      url: '/hooks/job?a=b%20c',
      type: 'application/x-www-form-urlencoded',
      id: 'm1',
      body: 'name=Zoë',
    },
  ]);
  await expect.poll(() => target.open()).toBe(0);
});

test.each([200, 201, 204, 400, 404, 410, 500, 503])('status %i is the answer', async (status) => {
  const target = await serve((_request, response) => response.writeHead(status).end());
  expect(await hooks().post(target.origin, '', {})).toBe(status);
});

test.each([301, 302, 303, 307, 308])('a redirect is not followed: %i is the answer', async (status) => {
  const elsewhere = await serve((_request, response) => response.end());
  const target = await serve((_request, response) =>
    response.writeHead(status, { location: `${elsewhere.origin}/` }).end('moved'),
  );
  expect(await hooks().post(target.origin, 'x=1', {})).toBe(status);
  expect(target.received()).toBe(1);
  expect(elsewhere.connections()).toBe(0);
});

test('an endless answer is dropped, its status counts', async () => {
  let written = 0;
  const target = await serve((_request, response) => {
    response.writeHead(200, { 'content-length': 10 ** 12 });
    const more = () => {
      do written += 65_536;
      while (response.write(Buffer.alloc(65_536)));
    };
    response.on('drain', more);
    more();
  });
  expect(await hooks().post(target.origin, '', {})).toBe(200);
  await expect.poll(() => target.open()).toBe(0);
  expect(written).toBeLessThan(20_000_000);
});

test.each([
  ['cut short', 'HTTP/1.1 202 Accepted\r\ncontent-length: 100\r\n\r\nthanks', true],
  ['that falls silent', 'HTTP/1.1 202 Accepted\r\ncontent-length: 100\r\n\r\nthanks', false],
])('an answer %s has been given all the same', async (_name, words, end) => {
  const target = await kept(tcpTarget((socket) => (end ? socket.end(words) : socket.write(words))));
  expect(await hooks(300).post(target.origin, '', {})).toBe(202);
  await expect.poll(() => target.open()).toBe(0);
});

test('a receiver that does not answer in time is a failed attempt, sent once', async () => {
  const target = await serve(() => undefined);
  await expect(hooks(200).post(target.origin, 'x=1', {})).rejects.toMatchObject({
    name: 'FetchFailed',
    reason: 'timeout',
    message: 'took longer than 0.2 s',
  });
  expect(target.received()).toBe(1);
  await expect.poll(() => target.open()).toBe(0);
});

test('a receiver that hangs up is a failed attempt, sent once', async () => {
  const target = await kept(tcpTarget((socket) => socket.destroy()));
  await expect(hooks().post(target.origin, 'x=1', {})).rejects.toMatchObject({
    name: 'FetchFailed',
    reason: 'network',
  });
  expect(target.connections()).toBe(1);
});
