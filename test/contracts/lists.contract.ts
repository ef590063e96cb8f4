// What every store of lists promises.
import { describe, expect, it } from 'vitest';
import { type Harness, opened, type Subjects } from './contract.ts';
import { aClient, anId, now } from './samples.ts';

export const listsContract = (harness: Harness<Subjects['lists']>): void => {
  describe('lists', () => {
    const subject = opened(harness);
    const store = () => subject().lists;

    it('makes a list once, however many ask for it', async () => {
      const client = aClient();
      const made = await Promise.all(Array.from({ length: 20 }, (_, i) => store().ensure(client, 'Main', now + i)));
      expect(new Set(made.map(({ id }) => id)).size).toBe(1);
      expect(new Set(made.map(({ createdAt }) => createdAt)).size).toBe(1);
      expect(made[0]).toMatchObject({ name: 'Main', vars: [], sizeHint: 0 });
      expect(made[0]?.id).toMatch(/^[0-9a-f]{24}$/);
      expect(await store().find(client, 'Main')).toEqual(made[0]);
      expect(await store().all(client)).toEqual([made[0]]);
    });

    it('tells lists apart by client and by every character of the name', async () => {
      const [a, b] = [aClient(), aClient()];
      const names = [
        'Main',
        'main',
        ' Main',
        '../Main',
        "x' OR 1=1 --",
        '# /%00',
        'Grüße 🚚',
        '__proto__',
        '\u{1f69a}'.repeat(200),
      ];
      const mine = await Promise.all(names.map((name) => store().ensure(a, name, now)));
      const others = await Promise.all(names.map((name) => store().ensure(b, name, now)));
      expect(new Set([...mine, ...others].map(({ id }) => id)).size).toBe(names.length * 2);
      for (const [i, name] of names.entries()) expect(await store().find(a, name)).toEqual(mine[i]);
      expect(new Set((await store().all(a)).map(({ name }) => name))).toEqual(new Set(names));
      expect(await store().find(aClient(), 'Main')).toBeUndefined();
      expect(await store().find(a, 'Mai')).toBeUndefined();
      expect(await store().all(aClient())).toEqual([]);
    });

    it('gives all lists in order of name', async () => {
      const client = aClient();
      for (const name of ['b', 'a', 'c', 'B', '10', '9']) await store().ensure(client, name, now);
      expect((await store().all(client)).map(({ name }) => name)).toEqual(['10', '9', 'B', 'a', 'b', 'c']);
    });

    it('learns variables as a set, and the size as the largest it was told', async () => {
      const client = aClient();
      const { id } = await store().ensure(client, 'Main', now);
      await Promise.all([
        store().learn(client, 'Main', { vars: ['a', 'b'], size: 10 }),
        store().learn(client, 'Main', { vars: ['b', '', '__proto__'], size: 30 }),
        store().learn(client, 'Main', { size: 20 }),
      ]);
      await store().learn(client, 'Main', { vars: [], size: 5 });
      await store().learn(client, 'Main', {});
      const list = await store().find(client, 'Main');
      expect(list).toMatchObject({ id, name: 'Main', createdAt: now, sizeHint: 30 });
      expect([...(list?.vars ?? [])].sort()).toEqual(['', '__proto__', 'a', 'b']);
      expect(await store().ensure(client, 'Main', now + 1)).toEqual(list);
    });

    it('forgets variables when it is told exactly which there are', async () => {
      const client = aClient();
      await store().ensure(client, 'Main', now);
      await store().learn(client, 'Main', { vars: ['a', 'b'] });
      await store().learn(client, 'Main', { vars: ['b', 'c'], exact: true });
      expect((await store().find(client, 'Main'))?.vars.toSorted()).toEqual(['b', 'c']);
      await store().learn(client, 'Main', { size: 30 });
      await store().learn(client, 'Main', { vars: [], exact: true, size: 3 });
      expect(await store().find(client, 'Main')).toMatchObject({ vars: [], sizeHint: 3 });
    });

    it('keeps what a team says of a list, each detail by itself', async () => {
      const client = aClient();
      const query = JSON.parse('{"criteria":["match"],"value":[{"__proto__":1}]}');
      const made = await store().describe(client, 'Smart', { query, publicName: 'All of you' }, now);
      expect(made).toMatchObject({ name: 'Smart', createdAt: now, details: { query, publicName: 'All of you' } });
      await store().describe(client, 'Smart', { primary: true }, now + 1);
      const details = { query, publicName: 'All of you', primary: true };
      expect(await store().find(client, 'Smart')).toEqual({ ...made, details });
      expect(JSON.stringify((await store().find(client, 'Smart'))?.details.query)).toBe(JSON.stringify(query));
      await store().describe(client, 'Smart', {}, now);
      expect(await store().all(client)).toEqual([{ ...made, details }]);
      expect((await store().ensure(client, 'Plain', now)).details).toEqual({});
    });

    it('ends a list once, and gives its name another id after that', async () => {
      const client = aClient();
      const list = await store().describe(client, 'Main', { primary: true }, now);
      await store().ensure(aClient(), 'Main', now);
      const other = await store().ensure(client, 'Other', now);
      expect(await store().erase(client, [{ name: 'Main', id: anId() }])).toBe(0);
      const both = await Promise.all([store().erase(client, [list, other]), store().erase(client, [list])]);
      expect(both[0] + both[1]).toBe(2);
      expect(await store().erase(client, [])).toBe(0);
      expect(await store().find(client, 'Main')).toBeUndefined();
      const next = await store().ensure(client, 'Main', now);
      expect(next).toMatchObject({ name: 'Main', details: {} });
      expect(next.id).not.toBe(list.id);
      expect(await store().erase(client, [list])).toBe(0);
      expect(await store().all(client)).toEqual([next]);
    });

    it('learns nothing about a list that is not there', async () => {
      const client = aClient();
      await store().learn(client, 'Main', { vars: ['a'], size: 1 });
      expect(await store().find(client, 'Main')).toBeUndefined();
      expect(await store().all(client)).toEqual([]);
    });
  });
};
