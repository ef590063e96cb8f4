// append_email: each record comes back in its place, with the address of the one person whom it means.
import { createHash } from 'node:crypto';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { Job } from '../../functions/jobs/job.ts';
import { submit } from '../../functions/jobs/submit.ts';
import { type House, openHouse } from '../helpers/house.ts';
import { imported, readObject, settled } from '../helpers/jobs.ts';
import { withSettings } from '../helpers/people.ts';
import { callEndpoint } from '../wire/calls.ts';

let house: House;
beforeEach(async () => {
  house = await openHouse({ tuning: { chunkRows: 3 }, batch: 2 });
  await withSettings(house, { matching: {} });
});
afterEach(() => house.close());

const people = `email,first_name,last_name,address_1,city,state,zipcode,plan
ada@example.com,Ada,Lovelace,12 Main Street,Oslo,OS,01234-5678,gold
grace@example.com,Grace,Hopper,,New York,NY,10001,
bob1@example.com,Bob,Smith,1 North Road,Paris,TX,75460,
bob2@example.com,Bob,Smith,2 North Road,Paris,TX,75460,
`;

const append = async (input: unknown, params: Record<string, unknown> = {}): Promise<Job> => {
  const key = `uploads/spool/${crypto.randomUUID()}`;
  await house.ports.files.put(key, typeof input === 'string' ? input : JSON.stringify(input));
  const upload = { key, filename: 'records.json' };
  const order = { door: 'append' as const, type: 'append_email', params, upload };
  return settled(house, await submit(house.ports, house.client, order));
};
const answers = async (input: unknown, params: Record<string, unknown> = {}): Promise<Record<string, unknown>[]> => {
  const job = await append(input, params);
  if (!job.files.export) throw new Error(`${job.state}: ${job.failure?.message}`);
  return JSON.parse(await readObject(house.ports, job.files.export.key));
};
const emails = async (input: unknown): Promise<unknown[]> => (await answers(input)).map(({ email }) => email);

const ada = { first_name: 'ADA', last_name: ' Lovelace ', zipcode: '01234' };
const bob = { first_name: 'Bob', last_name: 'Smith', city: 'paris', state: 'tx' };

describe('a record', () => {
  beforeEach(async () => {
    await imported(house, people);
  });

  it('is found by name and zip code, or name, city and state, however they are written', async () => {
    const records = [
      ada,
      { first_name: 'Àda', last_name: 'Lovelace', zipcode: 1234 },
      { first_name: 'grace', last_name: 'HOPPER', city: 'New-York', state: 'ny' },
      { first_name: 'Grace', last_name: 'Hopper', zipcode: '99999', city: 'new york', state: 'NY' },
      { first_name: 'Grace', last_name: 'Hopper', zipcode: '99999' },
      { first_name: 'Ada', last_name: 'Hopper', zipcode: '10001' },
    ];
    expect(await emails(records)).toEqual([
      'ada@example.com',
      undefined,
      'grace@example.com',
      'grace@example.com',
      undefined,
      undefined,
    ]);
  });

  it('that several people answer to has no address, unless its street tells them apart; a street that is another excludes', async () => {
    const records = [
      bob,
      { ...bob, address_1: '2 N Rd.' },
      { ...bob, address_1: '3 North Road' },
      { ...ada, address_1: '12 main st' },
      { ...ada, address_1: '13 main st' },
    ];
    expect(await emails(records)).toEqual([undefined, 'bob2@example.com', undefined, 'ada@example.com', undefined]);
    const job = await append(records);
    expect(job.counts).toEqual({ unchanged: 2, skipped: 3 });
    expect(job.reasons).toEqual({ 'more than one person matches': 1, 'nobody matches': 2 });
  });

  it('is found by the hash of an address, and by the external id', async () => {
    await callEndpoint(house.app, 'POST', 'user', { id: 'ada@example.com', keys: { extid: 'A-1' } });
    const md5 = 'd1c80c15bcbd44b2b9c8c5e2c2b3ec3c';
    const hashes = ['md5', 'sha256'].map((name) => createHash(name).update('grace@example.com').digest('hex'));
    const records = [
      ...[...hashes, md5, hashes[0]?.toUpperCase()].map((email_hash) => ({ email_hash })),
      { extid: 'A-1' },
    ];
    expect(await emails(records)).toEqual([
      'grace@example.com',
      'grace@example.com',
      undefined,
      'grace@example.com',
      'ada@example.com',
    ]);
  });

  it('comes back in its place as it was, with the variables that were asked for and no address of its own', async () => {
    const records = [
      { record_id: 'r1', ...ada, email: 'mine@example.com', extra: { a: [1] } },
      { record_id: 'r2', first_name: 'No', last_name: 'One', zipcode: '1', email: 'mine@example.com' },
    ];
    expect(await answers(records, { fields: ['plan', 'none'] })).toEqual([
      { record_id: 'r1', ...ada, extra: { a: [1] }, email: 'ada@example.com', fields: { plan: 'gold' } },
      { record_id: 'r2', first_name: 'No', last_name: 'One', zipcode: '1' },
    ]);
  });

  it('that asks by nothing is rejected for a reason, and keeps its place', async () => {
    const records = [{ first_name: 'Ada' }, ada, { email_hash: 'xyz' }, {}, ada];
    const job = await append(records);
    expect(job).toMatchObject({ state: 'completed', rows: 5, counts: { unchanged: 2, rejected: 3 } });
    expect((await answers(records)).map(({ email }) => email)).toEqual([
      undefined,
      'ada@example.com',
      undefined,
      undefined,
      'ada@example.com',
    ]);
  });

  it('finds people as they are now: by a later name, and no more by an earlier one', async () => {
    await imported(house, 'email,last_name\nada@example.com,King\n');
    expect(await emails([ada, { ...ada, last_name: 'King' }])).toEqual([undefined, 'ada@example.com']);
  });
});

describe('records', () => {
  it('may be an array, lie under a name, or stand one a line, and keep their order over many chunks', async () => {
    await imported(house, people);
    const records = Array.from({ length: 50 }, (_, i) => ({ record_id: i, ...(i % 2 ? ada : bob) }));
    const forms = [records, { record_list: records }, records.map((record) => JSON.stringify(record)).join('\n')];
    for (const form of forms) {
      const found = await answers(form);
      expect(found.map(({ record_id }) => record_id)).toEqual(records.map((_, i) => i));
      expect(found.filter(({ email }) => email === 'ada@example.com')).toHaveLength(25);
    }
  });

  it('that are none end the job with a sentence; no records at all are an empty answer', async () => {
    expect(await append('email\nada@example.com')).toMatchObject({ state: 'failed', failure: { class: 'input' } });
    expect(await answers([])).toEqual([]);
  });
});

describe('a client without matching', () => {
  it('has no index: nobody is found by name, and nothing was written for it', async () => {
    await withSettings(house, {});
    await imported(house, people);
    expect(await emails([ada])).toEqual([undefined]);
  });
});
