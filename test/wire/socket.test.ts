// What only shows on a real socket: bytes, header letter case, chunked bodies, broken connections.
import { once } from 'node:events';
import { connect } from 'node:net';
import { afterAll, beforeAll, beforeEach, describe, expect, it, vi } from 'vitest';
import { type House, openHouse } from '../helpers/house.ts';
import { bodyOf, field, fieldsOf, filePart, jobOf, listen, multipart, rawCall, signed, spool } from './calls.ts';

let house: House;
let server: Awaited<ReturnType<typeof listen>>;
beforeAll(async () => {
  house = await openHouse();
  server = await listen(house.app);
});
afterAll(async () => {
  await server.close();
  await house.close();
});
beforeEach(() => house.advance(1000));

const order = { job: 'import', list: 'Main' };
const csv = 'email,first_name\r\nada@example.com,Ada\r\n';
const head = (lines: string[]) =>
  `${['POST /job HTTP/1.1', 'Host: 127.0.0.1', 'Connection: close', ...lines].join('\r\n')}\r\n\r\n`;
const typed = 'Content-Type: multipart/form-data; boundary=X';
const chunked = (bytes: Buffer, size: number): Buffer => {
  const chunks: Buffer[] = [];
  for (let at = 0; at < bytes.length; at += size) {
    const chunk = bytes.subarray(at, at + size);
    chunks.push(Buffer.from(`${chunk.length.toString(16)}\r\n`), chunk, Buffer.from('\r\n'));
  }
  return Buffer.concat([...chunks, Buffer.from('0\r\n\r\n')]);
};

describe('on the wire', () => {
  it('the rate limit headers have the letter case that clients look for, on success and failure', async () => {
    for (const params of [{ ...order, emails: 'ada@example.com' }, {}]) {
      const body = new URLSearchParams(signed(params)).toString();
      const answer = await rawCall(
        server.port,
        head(['Content-Type: application/x-www-form-urlencoded', `Content-Length: ${body.length}`]),
        body,
      );
      expect(answer).toMatch(/\r\nX-Rate-Limit-Limit: 40\r\n/);
      expect(answer).toMatch(/\r\nX-Rate-Limit-Remaining: \d+\r\n/);
      expect(answer).toMatch(/\r\nX-Rate-Limit-Reset: \d{10}\r\n/);
      expect(answer).toMatch(/\r\nContent-Type: application\/json; charset=utf-8\r\n/);
    }
  });

  it('a chunked upload without Content-Length is taken (Java)', async () => {
    const body = multipart([...fieldsOf(signed(order)), filePart(csv)]);
    for (const size of [1, 7, 10_000]) {
      const answer = await rawCall(
        server.port,
        head([typed, 'Transfer-Encoding: chunked', 'Expect: 100-continue']),
        chunked(body, size),
      );
      const final = answer.replace(/^HTTP\/1\.1 100 Continue\r\n\r\n/, '');
      expect(final).toMatch(/^HTTP\/1\.1 200 /);
    }
  });

  it('an upload that starts with a line end and has no closing boundary is taken (.NET)', async () => {
    const parts = [...fieldsOf(signed(order)), filePart(csv, 'name="file"; filename=C%3a%5cpeople.csv')];
    const body = Buffer.concat([Buffer.from('\r\n'), multipart(parts, 'X', '\r\n--X\r\n')]);
    const answer = await rawCall(server.port, head([typed, `Content-Length: ${body.length}`]), body);
    expect(await jobOf(house, bodyOf(answer).job_id)).toMatchObject({ status: 'completed', rows: 1 });
  });

  it('a refusal is answered after a large body was sent, and nothing of it is kept', async () => {
    const before = await spool(house);
    const body = multipart([
      filePart(Buffer.alloc(20_000_000, 'a\n')),
      field('json', 'x'.repeat(11_000_000)),
      ...fieldsOf(signed(order)),
    ]);
    const answer = await rawCall(server.port, head([typed, `Content-Length: ${body.length}`]), body);
    expect(answer).toMatch(/^HTTP\/1\.1 413 /);
    expect(bodyOf(answer)).toEqual({ error: 99, errormsg: expect.any(String) });
    expect(await spool(house)).toEqual(before);
  });

  it('an upload whose sender goes away leaves nothing', async () => {
    const before = await spool(house);
    const body = multipart([filePart(Buffer.alloc(2_000_000, 'a\n')), ...fieldsOf(signed(order))]);
    const puts = vi.spyOn(house.ports.files, 'put');
    const socket = connect(server.port, '127.0.0.1');
    await once(socket, 'connect');
    socket.write(head([typed, `Content-Length: ${body.length}`]));
    socket.write(body.subarray(0, 1_000_000));
    await vi.waitUntil(() => puts.mock.results.length > 0);
    socket.destroy();
    await expect(puts.mock.results[0]?.value).rejects.toThrow();
    await vi.waitUntil(async () => (await spool(house)).length === before.length);
    puts.mockRestore();
  });

  it('a large file flows through without being held in memory', async () => {
    const megabyte = Buffer.alloc(1024 * 1024, 'email\n');
    const megabytes = 300;
    const [start, end] = [multipart([...fieldsOf(signed(order)), filePart('email\n')], 'X', ''), '\r\n--X--\r\n'];
    const length = start.length + megabytes * megabyte.length + end.length;
    const lines = [typed, `Content-Length: ${length}`];
    const base = process.memoryUsage().rss;
    let peak = 0;
    const watch = setInterval(() => {
      peak = Math.max(peak, process.memoryUsage().rss - base);
    }, 20);
    const writes = Array.from({ length: megabytes }, () => megabyte);
    const answer = await rawCall(server.port, head(lines), start, ...writes, end);
    clearInterval(watch);
    expect(bodyOf(answer)).toMatchObject({ status: 'pending' });
    expect(peak).toBeLessThan(200 * 1024 * 1024);
  });
});
