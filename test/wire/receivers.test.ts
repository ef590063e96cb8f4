// Receivers of postbacks as their owners write them: from the documents alone, with nothing of ours but the bytes on the wire.
import { createHash, createHmac, timingSafeEqual } from 'node:crypto';
import { once } from 'node:events';
import { mkdtempSync, rmSync } from 'node:fs';
import { createServer, type IncomingMessage, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { text } from 'node:stream/consumers';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { type House, openHouse } from '../helpers/house.ts';
import { startMachine, untilEnded } from '../helpers/machine.ts';
import { listen } from './calls.ts';

interface Received {
  headers: IncomingMessage['headers'];
  body: string;
}

/** The secret and behind it the values in the order of their bytes, upper before lower case. */
const md5 = (secret: string, values: readonly string[]): string => {
  const sorted = values.map((value) => Buffer.from(value)).sort(Buffer.compare);
  return createHash('md5')
    .update(Buffer.concat([Buffer.from(secret), ...sorted]))
    .digest('hex');
};

/** All parameters except `sig`, decoded; only their values, however their names are nested. */
const verified = (body: string, secret: string): Record<string, string> | undefined => {
  const values = new URLSearchParams(body);
  const sig = values.get('sig');
  values.delete('sig');
  return sig === md5(secret, [...values.values()]) ? Object.fromEntries(values) : undefined;
};

/** The Standard Webhooks specification: HMAC-SHA256 over id, time and body, keyed with what follows `whsec_`. */
const standard = ({ headers, body }: Received, secret: string, now: number): boolean => {
  const key = Buffer.from(secret.replace(/^whsec_/, ''), 'base64');
  const [id, stamp] = [String(headers['webhook-id']), String(headers['webhook-timestamp'])];
  if (!/^\d+$/.test(stamp) || Math.abs(now / 1000 - Number(stamp)) > 300) return false;
  const wanted = createHmac('sha256', key).update(`${id}.${stamp}.${body}`).digest();
  return String(headers['webhook-signature'])
    .split(' ')
    .some((signature) => {
      const [version, value = ''] = signature.split(',');
      const given = Buffer.from(value, 'base64');
      return version === 'v1' && given.length === wanted.length && timingSafeEqual(given, wanted);
    });
};

describe('a postback over HTTP', () => {
  let house: House;
  let api: Awaited<ReturnType<typeof listen>>;
  let receiver: Server;
  let received: Received[];
  let statuses: number[];
  let hook: string;

  const keys = { apiKey: 'b9c8d7', secret: 'sécret of a client' };
  const list = '😀 & "Größe"';
  const whsec = `whsec_${Buffer.from(keys.secret).toString('base64')}`;

  beforeEach(async () => {
    [received, statuses] = [[], []];
    house = await openHouse();
    await house.ports.clients.put({ id: 'other', ...keys });
    api = await listen(house.app);
    receiver = createServer(async (request, response) => {
      received.push({ headers: request.headers, body: await text(request) });
      response.writeHead(statuses.shift() ?? 200).end();
    }).listen(0, '127.0.0.1');
    await once(receiver, 'listening');
    hook = `http://127.0.0.1:${(receiver.address() as AddressInfo).port}/hooks/job?a=b`;
  });
  afterEach(async () => {
    receiver.closeAllConnections();
    receiver.close();
    await api.close();
    await house.close();
  });

  /** Asks for an import that has something of everything: a warning, a rejected row, characters beyond Latin. */
  const ask = async (): Promise<string> => {
    const json = JSON.stringify({ job: 'import', list, postback_url: hook });
    const values = { api_key: keys.apiKey, format: 'json', json };
    const form = new FormData();
    for (const [name, value] of Object.entries({ ...values, sig: md5(keys.secret, Object.values(values)) }))
      form.append(name, value);
    form.append('file', new Blob(['email,city,,\nada@example.com,Oslo,,\nnobody,,,\n']), 'people.csv');
    const answer = (await (await fetch(`${api.url}/job`, { method: 'POST', body: form })).json()) as { job_id: string };
    await house.settle();
    return answer.job_id;
  };

  it('is verified by a receiver written from the documentation, nested values and all', async () => {
    const id = await ask();
    expect(received).toHaveLength(1);
    const { headers, body } = received[0] as Received;
    expect(headers['content-type']).toBe('application/x-www-form-urlencoded');
    expect(verified(body, keys.secret)).toMatchObject({
      job_id: id,
      name: `List Import: ${list}`,
      list,
      status: 'completed',
      error: '0',
      rows: '2',
      created: '1',
      rejected: '1',
      'warnings[0]': 'Columns 3, 4 have no name and are ignored',
      api_key: keys.apiKey,
    });
    expect(verified(body, 'another secret')).toBeUndefined();
    expect(verified(body.replace('created=1', 'created=2'), keys.secret)).toBeUndefined();
  });

  it('is verified the Standard Webhooks way, with an id that outlives attempts and a time that does not', async () => {
    statuses = [503];
    const id = await ask();
    house.advance(15_000);
    await house.settle();
    expect(received).toHaveLength(2);
    const [first, second] = received as [Received, Received];
    for (const delivery of [first, second]) expect(standard(delivery, whsec, house.now())).toBe(true);
    expect(first.headers['webhook-id']).toBe(second.headers['webhook-id']);
    expect(first.headers['webhook-id']).toContain(id);
    const stamps = [first, second].map(({ headers }) => Number(headers['webhook-timestamp']));
    expect((stamps[1] ?? 0) - (stamps[0] ?? 0)).toBeGreaterThanOrEqual(14);
    expect(standard({ ...first, body: `${first.body}&x=1` }, whsec, house.now())).toBe(false);
    expect(standard({ ...first, headers: { ...first.headers, 'webhook-id': 'x' } }, whsec, house.now())).toBe(false);
  });
});

describe('answers', () => {
  it('never allow scripts of other sites to read them', async () => {
    const home = mkdtempSync(join(tmpdir(), 'stevedore-origin-'));
    const machine = await startMachine(join(home, 'state'));
    try {
      const asked = await machine.client.post({ job: 'import', list: 'Main', emails: 'ada@example.com' });
      await untilEnded(machine.client, asked.job_id);
      const exported = await machine.client.post({ job: 'export_list_data', list: 'Main' });
      const { export_url: link } = await untilEnded(machine.client, exported.job_id);
      const origin = { origin: 'https://elsewhere.example' };
      const preflight = { ...origin, 'access-control-request-method': 'POST', 'access-control-request-headers': 'x-a' };
      const [key, secret] = ['a1b2c3d4e5f60718293a4b5c6d7e8f90', '0f1e2d3c4b5a69788796a5b4c3d2e1f0'];
      const json = JSON.stringify({ job_id: asked.job_id });
      const signed = new URLSearchParams({ api_key: key, format: 'json', json, sig: md5(secret, [key, 'json', json]) });
      const calls: [status: number, target: string, init: RequestInit][] = [
        [200, '/', {}],
        [200, `/job?${signed}`, {}],
        [401, `/job?${signed}1`, {}],
        [400, '/job', { method: 'POST', body: new URLSearchParams({ a: 'b' }) }],
        [405, '/job', { method: 'OPTIONS', headers: preflight }],
        [405, '/elsewhere', { method: 'OPTIONS', headers: preflight }],
        [404, '/elsewhere', {}],
        [200, String(link).slice(machine.url.length), {}],
        [403, '/files/exports/x', {}],
      ];
      for (const [status, target, init] of calls) {
        const answer = await fetch(`${machine.url}${target}`, { ...init, headers: { ...origin, ...init.headers } });
        await answer.arrayBuffer();
        expect([target, answer.status]).toEqual([target, status]);
        expect([...answer.headers.keys()].filter((name) => name.startsWith('access-control-'))).toEqual([]);
      }
    } finally {
      await machine.kill();
      rmSync(home, { recursive: true, force: true });
    }
  });
});
