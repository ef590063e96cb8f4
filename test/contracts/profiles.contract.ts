// What every store of profiles and members promises.
import { describe, expect, it } from 'vitest';
import { type ConsentWord, type Profile, type ProfileChange, shardOf, sidOf } from '../../functions/jobs/profile.ts';
import { collect, type Harness, opened, type Subjects } from './contract.ts';
import { aClient, anId, aProfile, create, now } from './samples.ts';

const bySid = (a: { sid: string }, b: { sid: string }) => (a.sid < b.sid ? -1 : 1);

/** Variables as JSON in order of name, so that keys such as `__proto__` are compared and not followed. */
const varsText = (profile: Profile | undefined) =>
  JSON.stringify(Object.entries(profile?.vars ?? {}).sort(([a], [b]) => (a < b ? -1 : 1)));

export const profilesContract = (harness: Harness<Subjects['profiles']>): void => {
  describe('profiles', () => {
    const subject = opened(harness);
    const store = () => subject().profiles;
    const one = async (client: string, sid: string) => (await store().read(client, [sid], { fresh: true }))[0];
    const members = async (client: string, list: string, from = 0, to = 256) =>
      (await collect(store().members(client, list, from, to))).flat();
    const update = (
      sid: string,
      patch: Extract<ProfileChange, { kind: 'update' }>['patch'],
      job = 'job-2',
    ): Extract<ProfileChange, { kind: 'update' }> => ({
      kind: 'update',
      sid,
      job,
      patch,
    });

    it('gives a profile back as it was written', async () => {
      const client = aClient();
      const list = anId();
      const full = aProfile(client, 'a@example.com', {
        vars: {
          name: 'Ann',
          age: 3,
          rate: 0.1,
          on: true,
          off: false,
          tags: ['a', { b: null }],
          deep: { a: { b: {} } },
        },
        lists: { [list]: now },
        source: 's',
        optout: 'basic',
        optoutAt: now,
        status: 'softbounce',
        statusAt: now,
        stats: { opens: 1, purchasePrice: 12.5, topDevice: 'iPad' },
      });
      const plain = aProfile(client, 'b@example.com');
      expect(await store().apply(client, [create(full), create(plain)])).toEqual([]);
      const read = await store().read(client, [full.sid, sidOf(client, 'nobody@example.com'), plain.sid], {
        fresh: true,
      });
      expect(read.sort(bySid)).toEqual([full, plain].sort(bySid));
      expect(await store().read(client, [])).toEqual([]);
      expect(await store().apply(client, [])).toEqual([]);
    });

    it('keeps variables of any name and any value', async () => {
      const client = aClient();
      const odd =
        JSON.parse(`{"__proto__":"p","constructor":"c","toString":1,"hasOwnProperty":true,"a.b":"x","":"empty name",
        "#a":":v","name with spaces":" ","emoji 🚚":"ü","[0]":"","empty":"","long":"${'x'.repeat(2_000)}",
        "null inside":{"__proto__":{"a":null}},"numbers":[1e300,1e-300,9007199254740993,-0.5],"huge":1e200,"vars":{"j":"1"},"j":{"j":"x"}}`);
      let nested: unknown = 'deep';
      for (let i = 0; i < 60; i++) nested = { n: nested };
      const profile = aProfile(client, 'a@example.com', { vars: { ...odd, ['__proto__']: 'p', nested } });
      const other = aProfile(client, 'b@example.com');
      await store().apply(client, [create(profile), create(other)]);
      expect(varsText(await one(client, profile.sid))).toBe(varsText(profile));
      expect(await store().apply(client, [update(other.sid, { vars: profile.vars })])).toEqual([]);
      expect(varsText(await one(client, other.sid))).toBe(varsText(profile));
    });

    it('takes 1,000 variables at once', async () => {
      const client = aClient();
      const vars = (value: string) =>
        Object.fromEntries(Array.from({ length: 1000 }, (_, i) => [`a variable, number ${i}`, `${value} ${i}`]));
      const first = aProfile(client, 'a@example.com', { vars: vars('a') });
      const second = aProfile(client, 'b@example.com');
      await store().apply(client, [create(first), create(second)]);
      expect(await one(client, first.sid)).toEqual(first);
      await store().apply(client, [update(first.sid, { vars: vars('b') }), update(second.sid, { vars: vars('c') })]);
      expect((await one(client, first.sid))?.vars).toEqual(vars('b'));
      expect((await one(client, second.sid))?.vars).toEqual(vars('c'));
    });

    it('updates field by field and leaves the others alone, whoever writes at the same time', async () => {
      const client = aClient();
      const [a, b] = [anId(), anId()];
      const before = aProfile(client, 'a@example.com', {
        vars: { keep: 1, drop: 2, change: 3 },
        lists: { [a]: 1 },
        source: 's',
      });
      await store().apply(client, [create(before)]);
      const patches = [
        { vars: { change: 'new', drop: null } },
        { vars: { added: ['x'] }, lists: { [b]: 2 } },
        ...Array.from({ length: 10 }, (_, i) => ({ vars: { [`other ${i}`]: i } })),
      ];
      const conflicts = await Promise.all(patches.map((patch) => store().apply(client, [update(before.sid, patch)])));
      expect(conflicts.flat()).toEqual([]);
      const others = Object.fromEntries(Array.from({ length: 10 }, (_, i) => [`other ${i}`, i]));
      expect(await one(client, before.sid)).toEqual({
        ...before,
        vars: { keep: 1, change: 'new', added: ['x'], ...others },
        lists: { [a]: 1, [b]: 2 },
        changedBy: 'job-2',
      });
      await store().apply(client, [update(before.sid, { signupAt: 5, more: { source: 't' } }, 'job-3')]);
      expect(await one(client, before.sid)).toMatchObject({
        signupAt: 5,
        source: 't',
        createdBy: 'job-1',
        changedBy: 'job-3',
      });
    });

    it('sets, replaces and removes what most profiles do not have, and lets people leave lists', async () => {
      const client = aClient();
      const [a, b] = [anId(), anId()];
      const before = aProfile(client, 'a@example.com', { lists: { [a]: 1, [b]: 2 }, source: 's' });
      await store().apply(client, [create(before)]);
      const stats = { opens: 3, interests: { 'a.b': 1, __proto__: 2 }, openDays: { '20240601': 1 } };
      const consents = [{ from: 'none' as const, to: 'all' as const, at: 5, job: 'job-2', line: 7 }];
      const more = { optout: 'all' as const, optoutAt: 5, consents, stats, keys: { extid: 'x' }, source: null };
      await store().apply(client, [update(before.sid, { more, email: 'b@example.com', lists: { [a]: null } })]);
      const { source: _, ...rest } = before;
      const changed = { optout: 'all', optoutAt: 5, consents, stats, keys: { extid: 'x' } };
      expect(await one(client, before.sid)).toEqual({
        ...rest,
        ...changed,
        email: 'b@example.com',
        lists: { [b]: 2 },
        changedBy: 'job-2',
      });
      expect((await collect(store().members(client, a, 0, 256))).flat()).toEqual([]);
      expect((await collect(store().members(client, b, 0, 256))).flat()).toHaveLength(1);
    });

    it('changes a profile only while its consent is the one that was read', async () => {
      const client = aClient();
      const { sid } = aProfile(client, 'a@example.com');
      await store().apply(client, [create(aProfile(client, 'a@example.com'))]);
      const change = (optout: 'all' | 'blast' | null, consent: ConsentWord) =>
        store().apply(client, [{ ...update(sid, { more: { optout } }), consent }]);
      expect(await change('all', 'blast')).toEqual([sid]);
      expect(await change('all', 'none')).toEqual([]);
      expect(await change('blast', 'none')).toEqual([sid]);
      expect(await one(client, sid)).toMatchObject({ optout: 'all' });
      expect(await change(null, 'all')).toEqual([]);
      expect(await one(client, sid)).not.toHaveProperty('optout');
      const both = await Promise.all([change('all', 'none'), change('blast', 'none')]);
      expect(both.flat()).toEqual([sid]);
    });

    it('changes a profile only while its stats are the ones that were read', async () => {
      const client = aClient();
      const { sid } = aProfile(client, 'a@example.com');
      await store().apply(client, [create(aProfile(client, 'a@example.com'))]);
      const change = (version: number, was: number) =>
        store().apply(client, [{ ...update(sid, { more: { stats: { opens: 1, version } } }), statsVersion: was }]);
      expect(await change(1, 7)).toEqual([sid]);
      expect(await change(1, 0)).toEqual([]);
      expect(await change(2, 0)).toEqual([sid]);
      expect((await one(client, sid))?.stats).toEqual({ opens: 1, version: 1 });
      const both = await Promise.all([change(2, 1), change(2, 1)]);
      expect(both.flat()).toEqual([sid]);
    });

    it('streams everyone in order of sid, shard by shard, each once', async () => {
      const client = aClient();
      const people = Array.from({ length: 300 }, (_, i) => aProfile(client, `p${i}@example.com`));
      await store().apply(client, people.map(create));
      await store().apply(aClient(), [create(aProfile(aClient(), 'p1@example.com'))]);
      const sids = people.map(({ sid }) => sid).sort();
      const scan = async (from: number, to: number) =>
        (await collect(store().scan(client, from, to))).flat().map(({ sid }) => sid);
      expect(await scan(0, 256)).toEqual(sids);
      expect(await scan(40, 100)).toEqual(sids.filter((sid) => sid >= '28' && sid < '64'));
      expect(await scan(7, 7)).toEqual([]);
    });

    it('reports as conflicts the profiles whose kind no longer held, and writes nothing to them', async () => {
      const client = aClient();
      const there = aProfile(client, 'a@example.com', { vars: { a: 1 } });
      const missing = sidOf(client, 'missing@example.com');
      await store().apply(client, [create(there)]);
      const fresh = aProfile(client, 'fresh@example.com');
      const conflicts = await store().apply(client, [
        create({ ...there, vars: { a: 2 }, createdBy: 'job-2' }),
        update(missing, { vars: { a: 2 } }),
        create(fresh),
      ]);
      expect(conflicts.sort()).toEqual([there.sid, missing].sort());
      expect(await one(client, there.sid)).toEqual(there);
      expect(await one(client, missing)).toBeUndefined();
      expect(await one(client, fresh.sid)).toEqual(fresh);
    });

    it('lets one of many create a profile', async () => {
      const client = aClient();
      const tries = Array.from({ length: 20 }, (_, i) => aProfile(client, 'a@example.com', { createdBy: `job-${i}` }));
      const answers = await Promise.all(tries.map((profile) => store().apply(client, [create(profile)])));
      const won = tries.filter((_, i) => answers[i]?.length === 0);
      expect(won).toHaveLength(1);
      expect((await one(client, tries[0]?.sid ?? ''))?.createdBy).toBe(won[0]?.createdBy);
    });

    it('keeps clients apart', async () => {
      const [a, b, list] = [aClient(), aClient(), anId()];
      const mine = aProfile(a, 'a@example.com', { lists: { [list]: now } });
      await store().apply(a, [create(mine)]);
      expect(await store().read(b, [mine.sid], { fresh: true })).toEqual([]);
      expect(await store().apply(b, [update(mine.sid, { vars: { stolen: true } })])).toEqual([mine.sid]);
      expect(await members(b, list)).toEqual([]);
      expect(await members(a, list)).toEqual([mine]);
    });

    it('streams the members of a list in order of sid, shard by shard, each once', async () => {
      const client = aClient();
      const [list, other] = [anId(), anId()];
      const people = Array.from({ length: 700 }, (_, i) =>
        aProfile(client, `p${i}@example.com`, { lists: i % 7 === 0 ? { [other]: 1 } : { [list]: i } }),
      );
      await store().apply(client, people.map(create));
      const expected = people.filter(({ lists }) => list in lists).sort(bySid);
      const batches = await collect(store().members(client, list, 0, 256));
      expect(batches.every((batch) => batch.length > 0)).toBe(true);
      expect(batches.flat()).toEqual(expected);
      const cuts = [0, 1, 2, 5, 64, 127, 128, 254, 256];
      const slices = await Promise.all(cuts.slice(1).map((to, i) => members(client, list, cuts[i] ?? 0, to)));
      slices.forEach((slice, i) => {
        const within = ({ sid }: Profile) => shardOf(sid) >= (cuts[i] ?? 0) && shardOf(sid) < (cuts[i + 1] ?? 0);
        expect(slice.map(({ sid }) => sid)).toEqual(expected.filter(within).map(({ sid }) => sid));
      });
      expect(await members(client, list, 9, 9)).toEqual([]);
      expect(await members(client, anId())).toEqual([]);
    });

    it('finds a member who joined by an update, and stops early when the reader has enough', async () => {
      const client = aClient();
      const list = anId();
      const people = Array.from({ length: 300 }, (_, i) => aProfile(client, `p${i}@example.com`));
      await store().apply(client, people.map(create));
      expect(await members(client, list)).toEqual([]);
      await store().apply(
        client,
        people.map(({ sid }) => update(sid, { lists: { [list]: now } })),
      );
      expect(await members(client, list)).toHaveLength(300);
      for await (const batch of store().members(client, list, 0, 256)) {
        expect(batch.length).toBeGreaterThan(0);
        break;
      }
    });

    it('believes the profile, not the index, about who is a member', async () => {
      const client = aClient();
      const list = anId();
      const there = aProfile(client, 'a@example.com');
      await store().apply(client, [create(there)]);
      // Changes that conflict may have left their member items behind.
      const conflicts = await store().apply(client, [
        create({ ...there, lists: { [list]: now } }),
        update(sidOf(client, 'missing@example.com'), { lists: { [list]: now } }),
      ]);
      expect(conflicts).toHaveLength(2);
      expect(await members(client, list)).toEqual([]);
    });

    it('applies a batch of its own size, and the same again without harm', async () => {
      const client = aClient();
      const list = anId();
      const people = Array.from({ length: Math.min(store().batch, 2000) }, (_, i) =>
        aProfile(client, `p${i}@example.com`, { lists: { [list]: i } }),
      );
      expect(await store().apply(client, people.map(create))).toEqual([]);
      expect((await store().apply(client, people.map(create))).sort()).toEqual(people.map(({ sid }) => sid).sort());
      const read = await store().read(
        client,
        people.map(({ sid }) => sid),
        { fresh: true },
      );
      expect(read.sort(bySid)).toEqual([...people].sort(bySid));
    });
  });
};
