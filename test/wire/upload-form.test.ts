// The form of an upload ticket on one machine: what it takes over a real socket, and what it refuses in S3's words.
import { once } from 'node:events';
import { connect } from 'node:net';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { bodyWith, formIn, sendForm } from '../helpers/upload-form.ts';
import { field, fieldsOf, filePart, jobOf, multipart, rawCall } from './calls.ts';
import { csv, done, openTicketHouse, type TicketHouse } from './ticket-house.ts';

let house: TicketHouse;
beforeEach(async () => {
  house = await openTicketHouse();
});
afterEach(() => house.close());

describe('the form', () => {
  it('takes a wrong size for nothing, and the right one after it', async () => {
    const answer = await house.ask();
    for (const file of [csv.slice(1), `${csv} `, '', 'x'.repeat(3_000_000)]) {
      const { status, text } = await sendForm(house.formOf(answer), file);
      expect(status).toBe(400);
      expect(text).toMatch(
        /^<\?xml version="1.0" encoding="UTF-8"\?>\n<Error><Code>EntityToo(Small|Large)<\/Code><Message>.+<\/Message><\/Error>$/,
      );
      expect(await house.tickets()).toEqual([]);
    }
    expect(await jobOf(house, answer.job_id)).toMatchObject({ status: 'pending' });
    expect((await sendForm(house.formOf(answer), csv)).status).toBe(204);
    expect(await jobOf(house, answer.job_id)).toMatchObject(done);
  });

  it('takes one file: the second is refused, before and after the job ran', async () => {
    const answer = await house.ask();
    const other = csv.replace('ada@', 'eve@');
    expect((await sendForm(house.formOf(answer), csv)).status).toBe(204);
    const again = async () => {
      const { status, text } = await sendForm(house.formOf(answer), other);
      expect([status, text]).toEqual([409, expect.stringContaining('<Code>ObjectAlreadyExists</Code>')]);
    };
    await again();
    expect(await jobOf(house, answer.job_id)).toMatchObject(done);
    await again();
    expect(await jobOf(house, answer.job_id)).toMatchObject(done);
    const [key = ''] = await house.tickets();
    const kept: Uint8Array[] = [];
    for await (const piece of house.ports.files.get(key)) kept.push(piece);
    expect(Buffer.concat(kept).toString()).toBe(csv);
  });

  it('takes one file of many that are sent at once', async () => {
    const answer = await house.ask();
    const sent = await Promise.all(Array.from({ length: 8 }, () => sendForm(house.formOf(answer), csv)));
    expect(sent.map(({ status }) => status).sort()).toEqual([204, ...Array(7).fill(409)]);
    expect(await jobOf(house, answer.job_id)).toMatchObject(done);
  });

  it('starts the job by a second try when the first one failed after the file was written', async () => {
    const answer = await house.ask();
    const { read } = house.ports.jobs;
    house.ports.jobs.read = () => Promise.reject(new TypeError('secret detail'));
    const failed = await sendForm(house.formOf(answer), csv);
    house.ports.jobs.read = read;
    expect([failed.status, failed.text]).toEqual([500, expect.stringContaining('<Code>InternalError</Code>')]);
    expect(house.logs).toContainEqual({ level: 'error', code: 'uploads.unexpected', fields: { error: 'TypeError' } });
    expect((await sendForm(house.formOf(answer), csv)).status).toBe(409);
    expect(await jobOf(house, answer.job_id)).toMatchObject(done);
  });

  const head = (length: number) =>
    `POST /uploads HTTP/1.1\r\nHost: x\r\nConnection: close\r\nContent-Type: multipart/form-data; boundary=X\r\nContent-Length: ${length}\r\n\r\n`;
  const raw = async (body: Buffer) => rawCall(house.port, head(body.length), body);

  it('keeps nothing of a body that is cut short behind the file, and takes it whole afterwards', async () => {
    const answer = await house.ask();
    const parts = [...fieldsOf(formIn(answer).fields), filePart(csv)];
    for (const end of ['', '\r\n-', '\r\n--X\r\nContent-Dispo']) {
      const refused = await raw(multipart(parts, 'X', end));
      expect(refused).toMatch(/^HTTP\/1\.1 400 /);
      expect(refused).toMatch(/<Code>(MalformedPOSTRequest|EntityTooSmall|EntityTooLarge)<\/Code>/);
      expect(await house.tickets()).toEqual([]);
    }
    expect(await raw(multipart(parts))).toMatch(/^HTTP\/1\.1 204 /);
    expect(await jobOf(house, answer.job_id)).toMatchObject(done);
  });

  it('gives up a file that was whole when its sender goes away behind it, and takes it from the next', async () => {
    const answer = await house.ask();
    const parts = [...fieldsOf(formIn(answer).fields), filePart(csv)];
    const body = multipart(parts, 'X', '\r\n--X\r\nContent-Disposition: form-data; name="more"\r\n\r\n');
    const socket = connect(house.port, '127.0.0.1');
    await once(socket, 'connect');
    socket.write(head(body.length + 1000));
    socket.write(body);
    await vi.waitUntil(async () => (await house.tickets()).length === 1);
    socket.destroy();
    await vi.waitUntil(async () => (await house.tickets()).length === 0);
    expect(await jobOf(house, answer.job_id)).toMatchObject({ status: 'pending' });
    await vi.waitUntil(async () => (await sendForm(house.formOf(answer), csv)).status === 204);
    expect(await jobOf(house, answer.job_id)).toMatchObject(done);
  });

  it('refuses bodies that are no form with one file, and keeps nothing of them', async () => {
    const { fields } = formIn(await house.ask());
    const bodies = [
      multipart(fieldsOf(fields)),
      multipart([filePart(csv), ...fieldsOf(fields)]),
      multipart([...fieldsOf(fields), field('key', 'x'), filePart(csv)]),
      multipart([field('x', 'x'.repeat(21_000)), ...fieldsOf(fields), filePart(csv)]),
      Buffer.from('no parts'),
    ];
    for (const body of bodies) expect(await raw(body)).toMatch(/^HTTP\/1\.1 40[03] .*<Error><Code>/s);
    const plain = await fetch(house.uploadUrl, { method: 'POST', body: new URLSearchParams(fields) });
    expect(plain.status).toBe(400);
    expect(await house.tickets()).toEqual([]);
  });

  it('counts nothing that follows the file', async () => {
    const answer = await house.ask();
    const late = [field('key', 'uploads/imports/demo/Main/x.csv'), filePart('email\n'), filePart('x', 'name="other"')];
    const body = multipart([...fieldsOf(formIn(answer).fields), filePart(csv), ...late]);
    expect(await raw(body)).toMatch(/^HTTP\/1\.1 204 /);
    expect(await house.tickets()).toEqual([formIn(answer).fields.key]);
    expect(await jobOf(house, answer.job_id)).toMatchObject(done);
  });

  it('may be sent from a page of another origin, which may read the answer', async () => {
    const { url, fields } = house.formOf(await house.ask());
    const preflight = await fetch(url, {
      method: 'OPTIONS',
      headers: {
        origin: 'https://shop.example.com',
        'access-control-request-method': 'POST',
        'access-control-request-headers': 'content-type',
      },
    });
    expect(preflight.status).toBe(204);
    expect(Object.fromEntries(preflight.headers)).toMatchObject({
      'access-control-allow-origin': '*',
      'access-control-allow-methods': 'POST',
      'access-control-allow-headers': '*',
    });
    expect(preflight.headers.get('access-control-allow-credentials')).toBeNull();
    const refused = await fetch(url, {
      method: 'POST',
      body: new FormData(),
      headers: { origin: 'https://a.example' },
    });
    expect([refused.status >= 400, refused.headers.get('access-control-allow-origin')]).toEqual([true, '*']);
    const headers = { origin: 'https://a.example' };
    const taken = await fetch(url, { method: 'POST', body: bodyWith(fields, csv), headers });
    expect([taken.status, taken.headers.get('access-control-allow-origin')]).toEqual([204, '*']);
  });
});
