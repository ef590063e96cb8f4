// Updates change what they say of the people they name, and nothing else.
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { type Profile, sidOf } from '../../functions/jobs/profile.ts';
import { applyPatches } from '../../functions/jobs/rows/apply-patches.ts';
import { type House, openHouse } from '../helpers/house.ts';
import { readObject, settled, submitJob, updated } from '../helpers/jobs.ts';
import { addPerson, personOf } from '../helpers/people.ts';

let house: House;
beforeEach(async () => {
  house = await openHouse();
});
afterEach(() => house.close());

const listId = async (name: string) => (await house.ports.lists.find(house.client.id, name))?.id ?? `no ${name}`;
const listsOf = async ({ lists }: Profile) =>
  (await house.ports.lists.all(house.client.id)).flatMap(({ id, name }) => (id in lists ? [name] : []));
const line = (value: unknown) => `${JSON.stringify(value)}\n`;
const rejectedOf = async (job: { files: { rejected?: { key: string } } }) =>
  job.files.rejected ? readObject(house.ports, job.files.rejected.key) : '';

describe('an update', () => {
  it('of addresses applies the update object to each, and creates who is missing', async () => {
    await addPerson(house, 'ada@example.com', { vars: { city: 'Oslo', old: 1, kept: true } });
    const update = {
      vars: { city: 'Bergen', n: 5, tags: ['a', { b: null }], old: null },
      lists: { New: 1, Missing: 0 },
      optout: 'blast',
      signup_date: '2023-08-01',
      source: 'shop',
    };
    const job = await settled(
      house,
      await submitJob(house, 'update', { emails: 'Ada@example.com, grace@example.com,nonsense', update }),
    );
    expect(job).toMatchObject({ state: 'completed', name: 'Bulk Update', echo: { update }, rows: 3 });
    expect(job.counts).toEqual({ updated: 1, created: 1, rejected: 1 });
    const [ada, grace] = [await personOf(house, 'ada@example.com'), await personOf(house, 'grace@example.com')];
    expect(ada.vars).toEqual({ city: 'Bergen', n: 5, tags: ['a', { b: null }], kept: true });
    expect(grace.vars).toEqual({ city: 'Bergen', n: 5, tags: ['a', { b: null }] });
    for (const person of [ada, grace]) {
      expect(await listsOf(person)).toEqual(['New']);
      expect(person).toMatchObject({ optout: 'blast', signupAt: Date.UTC(2023, 7, 1), source: 'shop' });
    }
    expect(ada.consents).toEqual([{ from: 'none', to: 'blast', at: job.startedAt, job: job.id, line: 1 }]);
    expect(await listId('Missing')).toBe('no Missing');
  });

  it('of a file takes JSON lines, addresses and profile ids in any mixture; a line wins over the job', async () => {
    const ada = await addPerson(house, 'ada@example.com', { keys: { extid: 'E-1' } });
    const grace = await addPerson(house, 'grace@example.com');
    const { id: old } = await house.ports.lists.ensure(house.client.id, 'Old', 1);
    await addPerson(house, 'joan@example.com', { lists: { [old]: 1 } });
    const file =
      line({ email: ' ADA@example.com', vars: { city: 'Oslo' }, lists: { Main: 1 } }) +
      line({ id: grace.sid, key: 'sid', optout: 'all' }) +
      line({ id: 'joan@example.com', lists: { Old: 0 }, delete_vars: ['x'], signup_date: '1987-08-01' }) +
      '\nlin@example.com\n' +
      line({ id: '0'.repeat(24) }) +
      line({ id: 'E-2', key: 'extid', vars: { a: 1 } }) +
      line({ email: 'nobody' }) +
      line({ vars: { a: 1 } }) +
      line({ email: 'x@example.com', optout: 'yes' }) +
      line({ email: 'y@example.com', vars: { ['v'.repeat(33)]: 1 } }) +
      'not an address\n{"email":\n' +
      grace.sid.toUpperCase();
    const job = await updated(house, file, { update: { vars: { city: 'Paris', job: 1 }, optout: 'blast' } });
    expect(job.rows).toBe(13);
    // The bare id of Grace is one more row about her.
    expect(job.counts).toEqual({ created: 1, updated: 3, duplicate: 1, rejected: 8 });
    expect(await personOf(house, 'ada@example.com')).toMatchObject({
      vars: { city: 'Oslo', job: 1 },
      optout: 'blast',
      keys: ada.keys,
    });
    expect(await personOf(house, 'grace@example.com')).toMatchObject({ vars: { city: 'Paris' }, optout: 'all' });
    const joan = await personOf(house, 'joan@example.com');
    expect(joan).toMatchObject({ lists: {}, signupAt: Date.UTC(1987, 7, 1) });
    expect(await personOf(house, 'lin@example.com')).toMatchObject({ vars: { city: 'Paris', job: 1 } });
    expect(job.reasons).toEqual({
      'there is no such person, and no address to create one with': 2,
      'the address has no @': 1,
      'the object has neither email nor id': 1,
      'optout is none of the words all, basic, blast, none': 1,
      'a variable has a name that is empty or longer than 32 characters': 1,
      'the line is neither a JSON object nor an address': 1,
      'the line is not a JSON object: each object must stand on one line of its own': 1,
    });
    expect((await rejectedOf(job)).split('\n')).toHaveLength(10);
  });

  it('reads several objects on one line, separated by spaces, each as a row', async () => {
    const sample =
      '{"email":"ian@sailthru.com","vars":{"name":"Ian White","company":"Sailthru"},"lists":{"Sailthru Employees":1}} {"email":"praj@sailthru.com","vars":{"name":"Prajwal {Tuladhar} } {","company":"Sailthru"},"lists":{"Sailthru Employees":1}} {"email":"john@example.com","vars":{"name":"John Doe","company":"Anycorp"},"lists":{"Sailthru Customers":1}}';
    const job = await updated(house, sample);
    expect(job).toMatchObject({ rows: 3, counts: { created: 3 } });
    expect(await personOf(house, 'praj@sailthru.com')).toMatchObject({
      vars: { name: 'Prajwal {Tuladhar} } {', company: 'Sailthru' },
    });
    expect(await listsOf(await personOf(house, 'john@example.com'))).toEqual(['Sailthru Customers']);
    const late = await updated(house, `${'ada@example.com\n'.repeat(9000)}${sample}\n`);
    expect(late).toMatchObject({ rows: 9003, counts: { created: 1, duplicate: 8999, unchanged: 3 } });
  });

  it('of a query changes those whom it means, and only them', async () => {
    const { id: a } = await house.ports.lists.ensure(house.client.id, 'A', 1);
    for (let i = 0; i < 30; i++)
      await addPerson(house, `p${i}@${i % 3 ? 'example.com' : 'example.org'}`, i % 2 ? {} : { lists: { [a]: 5 } });
    const query = { source_list: 'A', criteria: ['domain'], value: ['example.org'] };
    const job = await settled(
      house,
      await submitJob(house, 'update', { query, update: { lists: { B: 1 }, vars: { x: 1 } } }),
    );
    expect(job).toMatchObject({ state: 'completed', rows: 5, counts: { updated: 5 } });
    const { id: b } = await house.ports.lists.ensure(house.client.id, 'B', 1);
    const members: string[] = [];
    for await (const people of house.ports.profiles.members(house.client.id, b, 0, 256))
      for (const { email } of people) members.push(email);
    expect(members.sort()).toEqual(['p0', 'p12', 'p18', 'p24', 'p6'].map((name) => `${name}@example.org`));
    const all = await settled(house, await submitJob(house, 'update', { query: {}, update: { vars: { y: 1 } } }));
    expect(all).toMatchObject({ rows: 30, counts: { updated: 30 } });
  });

  it('carries its outcomes through a second run of all its chunks', async () => {
    await addPerson(house, 'ada@example.com');
    const file = line({ email: 'ada@example.com', vars: { a: 1 }, optout: 'all' }) + line({ email: 'g@example.com' });
    const job = await updated(house, file);
    const entry = (email: string) => ({ key: sidOf(house.client.id, email), email });
    const again = await applyPatches({ ports: house.ports, client: house.client, job }, [
      { ...entry('ada@example.com'), patch: { vars: { a: 1 } }, consent: { to: 'all', line: 1 } },
      { ...entry('g@example.com'), patch: {} },
    ]);
    expect(again).toEqual(['updated', 'created']);
    expect((await personOf(house, 'ada@example.com')).consents).toHaveLength(1);
  });

  it('as a plan writes nothing: no person, no list, no key', async () => {
    const ada = await addPerson(house, 'ada@example.com');
    const file =
      line({ email: 'ada@example.com', lists: { L: 1 }, keys: { extid: 'E' } }) + line({ email: 'b@example.com' });
    const job = await updated(house, file, { mode: 'plan', update: { lists: { M: 1 } } });
    expect(job.counts).toEqual({ updated: 1, created: 1 });
    expect(await personOf(house, 'ada@example.com')).toEqual(ada);
    expect(await house.ports.lists.all(house.client.id)).toEqual([]);
    await expect(personOf(house, 'b@example.com')).rejects.toThrow();
  });

  it.each([
    ['no source', {}, 'One of the following parameters is required: emails, url, file, or query'],
    [
      'an unknown word of consent',
      { emails: 'a@example.com', update: { optout: 'yes' } },
      'Invalid update: optout is none of the words all, basic, blast, none',
    ],
    [
      'consent in capitals',
      { emails: 'a@example.com', update: { optout: 'None' } },
      'Invalid update: optout is none of the words all, basic, blast, none',
    ],
    [
      'keys for everyone',
      { emails: 'a@example.com', update: { keys: { extid: '1' } } },
      'Invalid update: keys belong to one person: they can stand in a line only',
    ],
    [
      'templates wanted again',
      { emails: 'a@example.com', update: { optout_templates: { T: 0 } } },
      'Invalid update: a job takes no opt-out of a template back',
    ],
    ['no object', { emails: 'a@example.com', update: 'x' }, 'Invalid update: it must be an object'],
    ['a query that names a list that is not there', { query: { source_list: 'No' } }, 'Invalid query: unknown list No'],
    ['a URL that is none', { url: 'ftp://example.com/x' }, 'Invalid URL'],
  ])('is refused with %s', async (_what, params, message) => {
    await expect(submitJob(house, 'update', params)).rejects.toThrow(message);
  });

  it('lets nobody join a smart list', async () => {
    await house.ports.lists.describe(
      house.client.id,
      'Smart',
      { query: { criteria: ['domain'], value: ['x.org'] } },
      1,
    );
    const update = { lists: { Smart: 1 } };
    await expect(submitJob(house, 'update', { emails: 'a@example.com', update })).rejects.toThrow('smart list');
    const job = await updated(house, line({ email: 'a@example.com', ...update }) + line({ email: 'b@example.com' }));
    expect(job.counts).toEqual({ rejected: 1, created: 1 });
  });
});
