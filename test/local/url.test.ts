import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { systemNetwork } from '../../functions/net/connect.ts';
import { createPulls } from '../../functions/net/pulls.ts';
import { type House, openHouse } from '../helpers/house.ts';
import { exported, readJob, settled, submitJob } from '../helpers/jobs.ts';

describe('an import from a URL', () => {
  let house: House;
  let server: Server;
  let url: string;
  let answers: [status: number, body: string, location?: string][];
  let asked: number;

  beforeEach(async () => {
    house = await openHouse();
    answers = [];
    asked = 0;
    server = createServer((_request, response) => {
      asked += 1;
      const [status, body, location] = answers.shift() ?? [200, 'email,city\nurl@example.com,Oslo\n'];
      response.writeHead(status, location === undefined ? {} : { location }).end(body);
    }).listen(0, '127.0.0.1');
    await new Promise((resolve) => server.once('listening', resolve));
    url = `http://127.0.0.1:${(server.address() as AddressInfo).port}/people.csv`;
  });
  afterEach(async () => {
    server.close();
    await house.close();
  });

  const importUrl = (at: string) => submitJob(house, 'import', { list: 'Main', url: at });

  it('brings the people in and leaves nothing of the download behind', async () => {
    const job = await settled(house, await importUrl(url));
    expect(job).toMatchObject({ state: 'completed', rows: 1, counts: { created: 1 } });
    expect(await exported(house, 'Main')).toHaveLength(2);
    expect(await house.ports.files.list(`jobs/${job.id}/`)).toEqual([]);
  });

  it('is tried again after 10 and after 50 seconds while the other server is in trouble', async () => {
    answers = [
      [503, 'later'],
      [500, 'later'],
    ];
    const job = await importUrl(url);
    await house.settle();
    expect(await readJob(house.ports, job.id)).toMatchObject({ state: 'running', phase: 'downloading', tries: 1 });
    house.advance(10_000);
    await house.settle();
    expect(asked).toBe(2);
    house.advance(49_000);
    await house.settle();
    expect(asked).toBe(2);
    house.advance(1_000);
    expect(await settled(house, job)).toMatchObject({ state: 'completed', counts: { created: 1 } });
  });

  it('fails after the third try, with a sentence that holds no URL', async () => {
    answers = [
      [503, ''],
      [503, ''],
      [503, ''],
    ];
    const job = await importUrl(url);
    for (const seconds of [0, 10, 50]) {
      house.advance(seconds * 1000);
      await house.settle();
    }
    const ended = await readJob(house.ports, job.id);
    expect(ended).toMatchObject({ state: 'failed', failure: { class: 'remote' } });
    expect(ended.failure?.message).toBe(
      'The file could not be fetched from the URL: the other server answered with status 503',
    );
  });

  it('ends after three failed tries also when a planner died after its download', async () => {
    answers = [
      [200, 'email\na@example.com\n'],
      [503, ''],
      [503, ''],
      [503, ''],
    ];
    const { head } = house.ports.files;
    house.ports.files.head = async () => {
      house.ports.files.head = head;
      throw new Error('the process dies here');
    };
    const job = await importUrl(url);
    for (const seconds of [0, 10, 50, 60]) {
      house.advance(seconds * 1000);
      await house.settle();
    }
    expect(await readJob(house.ports, job.id)).toMatchObject({ state: 'failed', failure: { class: 'remote' } });
    expect(asked).toBe(4);
  });

  it('is not tried again when the file is not there', async () => {
    answers = [[404, 'no']];
    const job = await settled(house, await importUrl(url));
    expect(job).toMatchObject({ state: 'failed', failure: { class: 'remote' } });
    house.advance(3600_000);
    await house.settle();
    expect(asked).toBe(1);
  });

  it.each([
    ['a redirect into a private network', () => answers.push([302, '', 'http://10.1.2.3/people.csv'])],
    ['a redirect to a metadata service', () => answers.push([302, '', 'http://169.254.169.254/latest'])],
  ])('is refused for %s, in a sentence', async (_what, arrange) => {
    arrange();
    const job = await settled(house, await importUrl(url));
    expect(job).toMatchObject({ state: 'failed', failure: { class: 'remote' } });
    expect(job.failure?.message).toMatch(/^The URL cannot be fetched: the address is not public/);
  });

  it('is refused for a name that resolves to this machine, when that is not allowed', async () => {
    const network = { ...systemNetwork, lookup: async () => [{ address: '127.0.0.1', family: 4 as const }] };
    house.ports.pulls = createPulls({ allowLoopback: false, network });
    const job = await settled(house, await importUrl(url.replace('127.0.0.1', 'people.example')));
    expect(job).toMatchObject({ state: 'failed', failure: { class: 'remote' } });
    expect(job.failure?.message).toMatch(/^The URL cannot be fetched: /);
    expect(asked).toBe(0);
  });
});
