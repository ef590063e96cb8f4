import { createServer, type IncomingMessage, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { text } from 'node:stream/consumers';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { sign } from '../../functions/doors/sailthru/signature.ts';
import { readMailbox } from '../../functions/embedded/mailbox.ts';
import type { MailMessage } from '../../functions/jobs/ports.ts';
import { webhookHeaders } from '../../functions/jobs/reports/webhook-headers.ts';
import { type House, openHouse } from '../helpers/house.ts';
import { imported, readJob } from '../helpers/jobs.ts';

interface Received {
  headers: IncomingMessage['headers'];
  body: string;
}

const people = 'email,city\nada@example.com,London\nnot an address,<b>Nowhere</b>\n';

describe('reports', () => {
  let house: House;
  let server: Server;
  let url: string;
  let received: Received[];
  let statuses: number[];

  beforeEach(async () => {
    house = await openHouse();
    received = [];
    statuses = [];
    server = createServer(async (request, response) => {
      received.push({ headers: request.headers, body: await text(request) });
      const status = statuses.shift() ?? 200;
      response.writeHead(status, status === 302 ? { location: `${url}/elsewhere` } : {}).end('ok');
    }).listen(0, '127.0.0.1');
    await new Promise((resolve) => server.once('listening', resolve));
    url = `http://127.0.0.1:${(server.address() as AddressInfo).port}/hook`;
  });
  afterEach(async () => {
    server.close();
    await house.close();
  });

  it('posts the data of GET with a signature that receivers of the Sailthru API can verify', async () => {
    const job = await imported(house, people, { postback_url: url });
    expect(received).toHaveLength(1);
    const form = new URLSearchParams(received[0]?.body);
    expect(Object.fromEntries(form)).toMatchObject({
      job_id: job.id,
      list: 'Main',
      status: 'completed',
      rows: '2',
      created: '1',
      rejected: '1',
      api_key: house.client.apiKey,
    });
    const sig = form.get('sig');
    form.delete('sig');
    expect(sig).toBe(sign(house.client.secret, [...form.values()]));
    expect((await readJob(house.ports, job.id)).deliveries.postback).toMatchObject({
      state: 'delivered',
      answer: '200',
    });
  });

  it('signs the same message the Standard Webhooks way', async () => {
    const job = await imported(house, people, { postback_url: url });
    const { headers, body } = received[0] as Received;
    const stamp = Number(headers['webhook-timestamp']);
    expect(headers['webhook-signature']).toBe(
      webhookHeaders(house.client.secret, `job-${job.id}`, stamp, body)['webhook-signature'],
    );
  });

  it('tries again within 15 seconds after a 500, and delivers once', async () => {
    statuses = [500];
    const job = await imported(house, people, { postback_url: url });
    expect(received).toHaveLength(1);
    house.advance(15_000);
    await house.settle();
    expect(received).toHaveLength(2);
    house.advance(24 * 3600_000);
    await house.settle();
    expect(received).toHaveLength(2);
    expect((await readJob(house.ports, job.id)).deliveries.postback).toMatchObject({ state: 'delivered', attempts: 2 });
  });

  it('keeps trying for more than an hour while nobody listens, then gives up and says so; the job stays as it is', async () => {
    server.close();
    await new Promise((resolve) => server.once('close', resolve));
    const job = await imported(house, people, { postback_url: url });
    const begun = house.now();
    let last = begun;
    for (let turn = 0; turn < 1_000; turn++) {
      const { deliveries } = await readJob(house.ports, job.id);
      if (deliveries.postback?.state === 'failed') break;
      last = house.now();
      house.advance(10_000);
      await house.settle();
    }
    expect(last - begun).toBeGreaterThan(3600_000);
    const after = await readJob(house.ports, job.id);
    expect(after.deliveries.postback).toMatchObject({ state: 'failed', attempts: 10, answer: 'no answer' });
    expect(after.state).toBe('completed');
  });

  it('does not follow a redirect and does not repeat a refusal', async () => {
    statuses = [302, 404];
    const job = await imported(house, people, { postback_url: url });
    house.advance(3600_000);
    await house.settle();
    expect(received).toHaveLength(1);
    expect((await readJob(house.ports, job.id)).deliveries.postback).toMatchObject({ state: 'failed', answer: '302' });
  });

  it('mails what, when, counts, first rejected rows and a link, as text and as HTML', async () => {
    const job = await imported(house, people, { report_email: 'owner@example.com' });
    expect(job.deliveries.mail).toMatchObject({ state: 'delivered' });
    const mails = await readMailbox(house.home);
    expect(mails).toHaveLength(1);
    const { to, subject, text: plain, html } = mails[0] as MailMessage;
    expect([to, subject]).toEqual(['owner@example.com', 'List Import: Main: completed']);
    for (const body of [plain, html])
      for (const word of [job.id, 'Created', 'Rejected', 'Started']) expect(body).toContain(word);
    expect(plain).toContain('not an address,<b>Nowhere</b>,3,');
    expect(html).toContain('&#60;b&#62;Nowhere');
    expect(html).not.toContain('<b>');
    expect(plain).toContain('/results/rejected.csv?');
  });

  it('reports once although the process dies right after the end was written', async () => {
    const { send } = house.ports.work;
    house.ports.work.send = async (queue, messages, options) => {
      if (queue === 'report') throw new Error('the process dies here');
      return send(queue, messages, options);
    };
    const job = await imported(house, people, { postback_url: url });
    expect(received).toHaveLength(0);
    house.ports.work.send = send;
    house.advance(10 * 60_000);
    const { sweep } = await import('../../functions/jobs/sweep.ts');
    await sweep(house.ports);
    await house.settle();
    await sweep(house.ports);
    await house.settle();
    expect(received).toHaveLength(1);
    expect((await readJob(house.ports, job.id)).state).toBe('completed');
  });
});
