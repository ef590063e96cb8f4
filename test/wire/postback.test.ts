// The postback of a job that ended, as its receiver gets it.
import { once } from 'node:events';
import { createServer, type IncomingMessage } from 'node:http';
import type { AddressInfo } from 'node:net';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { sign } from '../../functions/doors/sailthru/signature.ts';
import { type House, openHouse } from '../helpers/house.ts';
import { apiKey, getJob, jobOf, postJob, secret, signed } from './calls.ts';

interface Received {
  headers: IncomingMessage['headers'];
  form: URLSearchParams;
}

let house: House;
const received: Received[] = [];
const answers: number[] = [];
const receiver = createServer(async (request, response) => {
  const chunks: Buffer[] = [];
  for await (const chunk of request) chunks.push(chunk as Buffer);
  received.push({ headers: request.headers, form: new URLSearchParams(Buffer.concat(chunks).toString()) });
  response.writeHead(answers.shift() ?? 200).end();
});
let url: string;
beforeAll(async () => {
  house = await openHouse();
  receiver.listen(0, '127.0.0.1');
  await once(receiver, 'listening');
  url = `http://127.0.0.1:${(receiver.address() as AddressInfo).port}/hooks/job`;
});
afterAll(async () => {
  receiver.closeAllConnections();
  receiver.close();
  await house.close();
});

/** Values as PHP's forms write them: brackets for what is nested. */
const flat = (values: object, name = (key: string) => key): Record<string, string> =>
  Object.assign(
    {},
    ...Object.entries(values).map(([key, value]: [string, unknown]) =>
      typeof value === 'object' && value !== null
        ? flat(value, (inner) => `${name(key)}[${inner}]`)
        : { [name(key)]: String(value) },
    ),
  );

describe('a postback', () => {
  it('brings the data of GET /job, signed so that the public receivers verify it', async () => {
    const order = { job: 'import', list: 'Große Liste & "mehr"', emails: 'ada@example.com,nobody', postback_url: url };
    const { body } = await postJob(house.app, signed(order));
    const shown = await jobOf(house, body.job_id);
    expect(received).toHaveLength(1);
    const { headers, form } = received[0] as Received;
    expect(headers['content-type']).toBe('application/x-www-form-urlencoded');
    const { sig, ...values } = Object.fromEntries(form);
    expect(sig).toBe(sign(secret, Object.values(values)));
    const { reports, error, ...data } = shown;
    const texts = flat(data);
    // Links are signed anew for each reader.
    const { rejected_url: link, ...others } = texts;
    expect(link).toMatch(/^http/);
    expect(values).toEqual({ ...others, error: '0', api_key: apiKey, rejected_url: expect.stringMatching(/^http/) });
    expect(error).toBe(false);
    expect(reports).toEqual([{ channel: 'postback', state: 'delivered', attempts: 1, answer: '200' }]);
  });

  it('that fails is told by the job, whose state stays as it is', async () => {
    answers.push(410);
    const order = { job: 'import', list: 'Main', emails: 'ada@example.com', postback_url: url };
    const { body } = await postJob(house.app, signed(order));
    await house.settle();
    expect((await getJob(house.app, signed({ job_id: body.job_id }))).body).toMatchObject({
      status: 'completed',
      reports: [{ channel: 'postback', state: 'failed', attempts: 1, answer: '410' }],
    });
  });
});
