// Whoever is named by another key, or by an address that came later, is one person for every job; nothing is lost on the way.
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { Profile } from '../../functions/jobs/profile.ts';
import { sidOf } from '../../functions/jobs/profile.ts';
import { type House, openHouse } from '../helpers/house.ts';
import { imported, readJob, settled, updated, updateFile } from '../helpers/jobs.ts';
import { addPerson, personOf } from '../helpers/people.ts';

let house: House;
beforeEach(async () => {
  house = await openHouse();
});
afterEach(() => house.close());

const lines = (...values: unknown[]) => values.map((value) => `${JSON.stringify(value)}\n`).join('');
const everyone = async (): Promise<Profile[]> => {
  const all: Profile[] = [];
  for await (const people of house.ports.profiles.scan(house.client.id, 0, 256)) all.push(...people);
  return all.sort((a, b) => (a.email < b.email ? -1 : 1));
};
const move = (from: string, to: string, more: object = {}) =>
  updated(house, lines({ id: from, keys: { email: to }, ...more }));

describe('a key', () => {
  it('leads to the person who was given it, and to nobody once it is taken away or replaced', async () => {
    await updated(house, lines({ email: 'ada@example.com', keys: { extid: 'E1', sms: '+47123' } }));
    const byKeys = lines({ id: 'E1', key: 'extid', vars: { a: 1 } }, { id: '+47123', key: 'sms', vars: { b: 2 } });
    expect((await updated(house, byKeys)).counts).toEqual({ updated: 2 });
    expect(await personOf(house, 'ada@example.com')).toMatchObject({
      vars: { a: 1, b: 2 },
      keys: { extid: 'E1', sms: '+47123' },
    });
    await updated(house, lines({ id: 'E1', key: 'extid', keys: { extid: 'E2', sms: null } }));
    expect((await personOf(house, 'ada@example.com')).keys).toEqual({ extid: 'E2' });
    expect((await updated(house, byKeys)).counts).toEqual({ rejected: 2 });
    expect((await updated(house, lines({ id: 'E2', key: 'extid' }))).counts).toEqual({ unchanged: 1 });
  });

  it('that names nobody yet is given to whom the address names, or creates', async () => {
    const ada = await addPerson(house, 'ada@example.com');
    const job = await updated(
      house,
      lines(
        { id: 'E1', key: 'extid', email: 'ada@example.com' },
        { id: 'E2', key: 'extid', keys: { email: 'new@example.com' } },
      ),
    );
    expect(job.counts).toEqual({ updated: 1, created: 1 });
    expect((await personOf(house, 'ada@example.com')).keys).toEqual({ extid: 'E1' });
    expect((await updated(house, lines({ id: 'E2', key: 'extid', vars: { a: 1 } }))).counts).toEqual({ updated: 1 });
    expect(ada.keys).toBeUndefined();
  });

  it('of another person is refused, or merges the two when the line says so', async () => {
    const { id: a } = await house.ports.lists.ensure(house.client.id, 'A', 1);
    const { id: b } = await house.ports.lists.ensure(house.client.id, 'B', 1);
    await addPerson(house, 'ada@example.com', {
      vars: { x: 'ada', y: 1 },
      lists: { [a]: 1 },
      optout: 'blast',
      optoutAt: 3,
    });
    await addPerson(house, 'bob@example.com', {
      vars: { x: 'bob', z: 2 },
      lists: { [b]: 2 },
      optout: 'all',
      optoutAt: 4,
      status: 'hardbounce',
      optoutTemplates: ['T'],
    });
    await updated(house, lines({ email: 'bob@example.com', keys: { extid: 'B', fb: 'f' } }));
    const ask = { email: 'ada@example.com', keys: { extid: 'B' }, vars: { asked: true } };
    const refused = await updated(house, lines(ask));
    expect(refused).toMatchObject({
      counts: { rejected: 1 },
      reasons: { 'the key extid belongs to another person': 1 },
    });
    const merged = await updated(house, lines({ ...ask, keysconflict: 'merge' }));
    expect(merged.counts).toEqual({ updated: 1 });
    const all = await everyone();
    expect(all).toHaveLength(1);
    expect(all[0]).toMatchObject({
      email: 'ada@example.com',
      vars: { x: 'ada', y: 1, z: 2, asked: true },
      lists: { [a]: 1, [b]: 2 },
      optout: 'all',
      optoutAt: 4,
      status: 'hardbounce',
      optoutTemplates: ['T'],
      keys: { extid: 'B', fb: 'f' },
      addresses: ['bob@example.com'],
    });
    // Whatever named the other names the one who stayed.
    const named = lines({ email: 'bob@example.com' }, { id: 'f', key: 'fb' }, { id: 'B', key: 'extid' });
    expect((await updated(house, named, { update: { vars: { again: 1 } } })).counts).toEqual({ updated: 3 });
    expect((await imported(house, 'bob@example.com\n')).counts).toEqual({ updated: 1 });
    expect(await everyone()).toHaveLength(1);
  });

  it('that two people ask for in one job is given to one of them', async () => {
    const job = await updated(
      house,
      lines({ email: 'a@example.com', keys: { extid: 'E' } }, { email: 'b@example.com', keys: { extid: 'E' } }),
    );
    expect(job.counts).toEqual({ created: 1, rejected: 1 });
    expect(await everyone()).toHaveLength(1);
  });
});

describe('an address that was changed', () => {
  it('leads to the old profile, and so does the old one, for imports and updates alike', async () => {
    const before = await addPerson(house, 'old@example.com', { vars: { kept: 1 } });
    expect((await move('old@example.com', 'New@example.com')).counts).toEqual({ updated: 1 });
    const file = 'email,city\nnew@example.com,Oslo\n';
    expect((await imported(house, file)).counts).toEqual({ updated: 1 });
    expect((await imported(house, file)).counts).toEqual({ unchanged: 1 });
    expect((await imported(house, 'email,city\nold@example.com,Bergen\n')).counts).toEqual({ updated: 1 });
    const all = await everyone();
    expect(all).toHaveLength(1);
    expect(all[0]).toMatchObject({
      sid: before.sid,
      email: 'new@example.com',
      vars: { kept: 1, city: 'Bergen' },
      addresses: ['old@example.com'],
    });
    await move('new@example.com', 'third@example.com');
    await move('third@example.com', 'old@example.com');
    expect((await everyone()).map(({ email, addresses }) => [email, addresses])).toEqual([
      ['old@example.com', ['new@example.com', 'third@example.com']],
    ]);
    const rows = 'old@example.com\nnew@example.com\nthird@example.com\n';
    expect((await imported(house, rows, { list: 'Main' })).counts).toEqual({ unchanged: 3 });
  });

  it('and the old one in one job are two rows about one person: both are applied, in their order', async () => {
    await addPerson(house, 'old@example.com');
    await move('old@example.com', 'new@example.com', { keys: { email: 'new@example.com', extid: 'E' } });
    const file = lines(
      { email: 'new@example.com', vars: { a: 1, last: 1 } },
      { email: 'old@example.com', vars: { b: 2, last: 2 } },
      { id: 'E', key: 'extid', vars: { c: 3, last: 3 } },
    );
    expect((await updated(house, file)).counts).toEqual({ updated: 3 });
    expect((await everyone()).map(({ vars }) => vars)).toEqual([{ a: 1, b: 2, c: 3, last: 3 }]);
    const fresh = lines({ email: 'x@example.com', keys: { extid: 'X' } }, { id: 'X', key: 'extid', vars: { d: 4 } });
    expect((await updated(house, fresh)).counts).toEqual({ created: 1, updated: 1 });
  });

  it('that is somebody else’s is refused, or merges them', async () => {
    const old = await addPerson(house, 'old@example.com', { vars: { a: 1 } });
    await addPerson(house, 'taken@example.com', { vars: { b: 2 } });
    expect(await move('old@example.com', 'taken@example.com')).toMatchObject({
      reasons: { 'the new address belongs to another person': 1 },
    });
    expect((await move('old@example.com', 'taken@example.com', { keysconflict: 'merge' })).counts).toEqual({
      updated: 1,
    });
    const all = await everyone();
    expect(all).toMatchObject([{ sid: old.sid, email: 'taken@example.com', vars: { a: 1, b: 2 } }]);
    expect((await imported(house, 'taken@example.com\n')).counts).toEqual({ updated: 1 });
    expect(await everyone()).toHaveLength(1);
  });

  it('costs clients that never changed one nothing: an import asks once, and looks nobody up', async () => {
    const asked: unknown[] = [];
    await house.close();
    house = await openHouse({
      batch: 10,
      wrap: (ports) => ({
        ...ports,
        records: {
          ...ports.records,
          read: (...args) => {
            asked.push(args[2]);
            return ports.records.read(...args);
          },
        },
      }),
    });
    const file = Array.from({ length: 100 }, (_, i) => `p${i}@example.com\n`).join('');
    await imported(house, file);
    expect(asked).toEqual([[{ part: 'moved', sort: '-' }]]);
  });
});

describe('a worker that dies between two writes', () => {
  it.each(['aliases', 'profile', 'merge', 'removal'])('loses nothing when it dies before the %s', async (place) => {
    await house.close();
    let armed = true;
    const die = (when: boolean) => {
      if (!when || !armed) return;
      armed = false;
      throw new Error('the worker died');
    };
    house = await openHouse({
      wrap: (ports) => ({
        ...ports,
        records: {
          ...ports.records,
          write: async (client, table, writes) => {
            die(place === 'aliases' && table === 'aliases');
            return ports.records.write(client, table, writes);
          },
        },
        profiles: {
          ...ports.profiles,
          apply: async (client, changes) => {
            const [first] = changes;
            die(place === 'profile' && first?.kind === 'update');
            die(place === 'merge' && first?.kind === 'update' && first.patch.more?.addresses !== undefined);
            die(place === 'removal' && first?.kind === 'remove');
            return ports.profiles.apply(client, changes);
          },
        },
      }),
    });
    armed = false;
    const old = await addPerson(house, 'old@example.com', { vars: { a: 1 } });
    await addPerson(house, 'taken@example.com', { vars: { b: 2 }, optout: 'all', optoutAt: 1 });
    armed = true;
    const value = { id: 'old@example.com', keys: { email: 'taken@example.com', extid: 'E' }, keysconflict: 'merge' };
    const job = await settled(house, await updateFile(house, lines(value)));
    house.advance(3600_000);
    await house.settle();
    expect(armed).toBe(false);
    expect(await readJob(house.ports, job.id)).toMatchObject({ state: 'completed', counts: { updated: 1 } });
    const all = await everyone();
    expect(all).toMatchObject([
      { sid: old.sid, email: 'taken@example.com', vars: { a: 1, b: 2 }, optout: 'all', keys: { extid: 'E' } },
    ]);
    const named = lines({ email: 'old@example.com' }, { email: 'taken@example.com' }, { id: 'E', key: 'extid' });
    expect((await updated(house, named)).counts).toEqual({ unchanged: 3 });
    expect(sidOf(house.client.id, 'old@example.com')).toBe(old.sid);
  });
});
