// The store of profiles: any sequence of changes ends as a plain map would, and threads may write at the same time.
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { Worker } from 'node:worker_threads';
import fc from 'fast-check';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { Members } from '../../functions/embedded/members.ts';
import { type EmbeddedProfiles, openProfiles } from '../../functions/embedded/profiles.ts';
import { profilesPlan } from '../../functions/embedded/schema.ts';
import { openDatabase } from '../../functions/embedded/sqlite.ts';
import { type Profile, type ProfileChange, sidOf } from '../../functions/jobs/profile.ts';

const lists = ['a'.repeat(24), 'b'.repeat(24)];
const people = Array.from({ length: 12 }, (_, i) => `p${i}@example.com`);
const profile = (client: string, email: string, changes: Partial<Profile> = {}): Profile => ({
  sid: sidOf(client, email),
  email,
  vars: {},
  lists: {},
  createdAt: 1,
  createdBy: 'j1',
  changedBy: 'j1',
  signupAt: 1,
  ...changes,
});

const firstSchema = `
  CREATE TABLE clients (ref INTEGER PRIMARY KEY, name TEXT NOT NULL UNIQUE);
  CREATE TABLE jobs (ref INTEGER PRIMARY KEY, name TEXT NOT NULL UNIQUE);
  CREATE TABLE lists (ref INTEGER PRIMARY KEY, name TEXT NOT NULL UNIQUE);
  INSERT INTO clients VALUES (1, 'c'); INSERT INTO jobs VALUES (1, 'j1'); INSERT INTO lists VALUES (1, '${lists[0]}');
  CREATE TABLE profiles (id INTEGER PRIMARY KEY, client INTEGER NOT NULL, sid BLOB NOT NULL CHECK (length(sid) = 12),
    email TEXT NOT NULL, vars TEXT NOT NULL, lists TEXT NOT NULL, created_at INTEGER NOT NULL, created_by INTEGER NOT NULL,
    changed_by INTEGER NOT NULL, signup_at INTEGER NOT NULL, more TEXT);
  CREATE UNIQUE INDEX profiles_by_sid ON profiles (client, sid);
  CREATE TABLE members (id INTEGER PRIMARY KEY, sids BLOB NOT NULL)`;

describe('profiles of one machine', () => {
  let home: string;
  let profiles: EmbeddedProfiles;
  beforeEach(() => {
    home = mkdtempSync(join(tmpdir(), 'stevedore-unit-'));
    profiles = openProfiles(home);
    profiles.prepare();
  });
  afterEach(() => {
    profiles.close();
    rmSync(home, { recursive: true });
  });
  const members = async (client: string, list: string, from = 0, to = 256) => {
    const all: Profile[] = [];
    for await (const page of profiles.members(client, list, from, to)) all.push(...page);
    return all;
  };

  it.each([
    ['while new sids wait to be merged', undefined],
    ['when new sids are merged every few rows', 2],
  ])('end as a map would after any sequence of changes, %s', async (_name, settleRows) => {
    profiles.close();
    profiles = openProfiles(home, settleRows);
    const names = fc.constantFrom('x', 'y', '__proto__');
    const vars = fc
      .array(fc.tuple(names, fc.oneof(fc.constant(null), fc.string(), fc.integer())), { maxLength: 3 })
      .map((entries) => Object.fromEntries(entries));
    const joined = fc.dictionary(fc.constantFrom(...lists), fc.nat(), { noNullPrototype: true });
    const step = fc.record({ who: fc.nat(people.length - 1), create: fc.boolean(), vars, lists: joined });
    let run = 0;
    await fc.assert(
      fc.asyncProperty(
        fc.array(fc.uniqueArray(step, { selector: ({ who }) => who, maxLength: 8 }), { maxLength: 5 }),
        async (batches) => {
          const client = `c${++run}`;
          const model = new Map<string, Profile>();
          for (const batch of batches) {
            const expected: string[] = [];
            const changes = batch.map((each): ProfileChange => {
              const made = profile(client, people[each.who] ?? '', { vars: {}, lists: each.lists });
              const there = model.get(made.sid);
              if (each.create === (there !== undefined)) expected.push(made.sid);
              else if (!there) model.set(made.sid, made);
              else {
                const merged = Object.entries({ ...there.vars, ...each.vars }).filter(([, value]) => value !== null);
                const vars = Object.fromEntries(merged);
                model.set(made.sid, { ...there, vars, lists: { ...there.lists, ...each.lists }, changedBy: 'j2' });
              }
              if (each.create) return { kind: 'create', profile: made };
              return { kind: 'update', sid: made.sid, job: 'j2', patch: { vars: each.vars, lists: each.lists } };
            });
            expect((await profiles.apply(client, changes)).sort()).toEqual(expected.sort());
          }
          const bySid = [...model.values()].sort((a, b) => (a.sid < b.sid ? -1 : 1));
          const read = await profiles.read(
            client,
            people.map((email) => sidOf(client, email)),
          );
          expect(read.sort((a, b) => (a.sid < b.sid ? -1 : 1))).toEqual(bySid);
          for (const list of lists)
            expect(await members(client, list)).toEqual(bySid.filter((each) => list in each.lists));
        },
      ),
      { numRuns: 60 },
    );
  });

  it('stream a small list of a large base as they stream a large one', async () => {
    const [large = '', small = ''] = lists;
    const all = Array.from({ length: 5000 }, (_, i) =>
      profile('c', `p${i}@example.com`, { lists: i % 50 === 0 ? { [small]: i, [large]: i } : { [large]: i } }),
    ).sort((a, b) => (a.sid < b.sid ? -1 : 1));
    await profiles.apply(
      'c',
      all.map((each) => ({ kind: 'create', profile: each })),
    );
    expect(await members('c', large)).toEqual(all);
    expect(await members('c', small)).toEqual(all.filter((each) => small in each.lists));
    const cut = all.filter((each) => small in each.lists && each.sid >= '30' && each.sid < 'c8');
    expect(await members('c', small, 0x30, 0xc8)).toEqual(cut);
  });

  it('stream the same whether sids are merged or not, and in one order', async () => {
    profiles.close();
    profiles = openProfiles(home, 3000);
    const [list = ''] = lists;
    const all = Array.from({ length: 20_000 }, (_, i) => profile('c', `p${i}@example.com`, { lists: { [list]: i } }));
    for (let at = 0; at < all.length; at += 1700)
      await profiles.apply(
        'c',
        all.slice(at, at + 1700).map((each) => ({ kind: 'create', profile: each })),
      );
    const db = openDatabase(join(home, 'profiles-1.db'), profilesPlan);
    const rowsOf = (table: string) => Number(db.prepare(`SELECT count(*) n FROM ${table}`).get()?.n);
    const [merged, waiting] = [rowsOf('sids'), rowsOf('new_sids')];
    db.close();
    expect(merged).toBeGreaterThan(0);
    expect(waiting).toBeGreaterThan(0);
    expect(await members('c', list)).toEqual(all.sort((a, b) => (a.sid < b.sid ? -1 : 1)));
    const again = await profiles.apply('c', [{ kind: 'create', profile: all[0] ?? profile('c', '') }]);
    expect(again).toEqual([all[0]?.sid]);
  });

  it('go on in files of the first version, whose sids lay in one index', async () => {
    profiles.close();
    for (let index = 0; index < 4; index++) {
      rmSync(join(home, `profiles-${index}.db`));
      const db = new DatabaseSync(join(home, `profiles-${index}.db`));
      db.exec(`PRAGMA journal_mode = WAL; ${firstSchema}; PRAGMA user_version = 1`);
      const insert = db.prepare(`INSERT INTO profiles VALUES (?, 1, unhex(?), ?, '{}', '[1,5]', 1, 1, 1, 1, NULL)`);
      for (const each of people.map((email) => profile('c', email))) {
        const shard = Number.parseInt(each.sid.slice(0, 2), 16);
        if (shard >> 6 === index)
          insert.run(shard * 2 ** 32 + db.prepare('SELECT 1 FROM profiles').all().length + 1, each.sid, each.email);
      }
      db.close();
    }
    profiles = openProfiles(home);
    const sids = people.map((email) => sidOf('c', email));
    const read = await profiles.read('c', sids);
    expect(read.map(({ email }) => email).sort()).toEqual([...people].sort());
    expect(await profiles.apply('c', [{ kind: 'create', profile: profile('c', people[0] ?? '') }])).toEqual([sids[0]]);
    expect(await profiles.apply('c', [{ kind: 'create', profile: profile('c', 'new@example.com') }])).toEqual([]);
    expect(await profiles.read('c', [sidOf('c', 'new@example.com')])).toHaveLength(1);
  });

  it('are written by two threads at once, each person by one of them', async () => {
    profiles.close();
    const script = `
      const { parentPort, workerData } = require('node:worker_threads');
      (async () => {
        const { openProfiles } = await import(workerData.store);
        const { sidOf } = await import(workerData.words);
        const store = openProfiles(workerData.home);
        let created = 0;
        for (let at = 0; at < 4000; at += 200) {
          const changes = Array.from({ length: 200 }, (_, i) => {
            const email = 'p' + (at + i) + '@example.com';
            return { kind: 'create', profile: { sid: sidOf('c', email), email, vars: {}, lists: { ${lists[0]}: 1 },
              createdAt: 1, createdBy: workerData.job, changedBy: workerData.job, signupAt: 1 } };
          });
          created += 200 - (await store.apply('c', changes)).length;
        }
        store.close();
        parentPort.postMessage(created);
      })();`;
    const url = (path: string) => new URL(`../../functions/${path}`, import.meta.url).href;
    const created = await Promise.all(
      ['t1', 't2'].map(
        (job) =>
          new Promise<number>((resolve, reject) => {
            const workerData = { home, job, store: url('embedded/profiles.ts'), words: url('jobs/profile.ts') };
            const worker = new Worker(script, { eval: true, workerData });
            worker.once('message', resolve);
            worker.once('error', reject);
          }),
      ),
    );
    expect((created[0] ?? 0) + (created[1] ?? 0)).toBe(4000);
    const streamed = await members('c', lists[0] ?? '');
    expect(streamed).toHaveLength(4000);
    expect(streamed.filter(({ createdBy }) => createdBy === 't1')).toHaveLength(created[0] ?? 0);
  });

  it('refuse a sid that is none, and keep nothing of that file of changes', async () => {
    const good = profile('c', 'a@example.com');
    const bad = { ...profile('c', 'b@example.com'), sid: good.sid.slice(0, 22) };
    const changes: ProfileChange[] = [good, bad].map((each) => ({ kind: 'create', profile: each }));
    await expect(profiles.apply('c', changes)).rejects.toThrow();
    expect(await profiles.read('c', [good.sid])).toEqual([]);
    expect(await profiles.apply('c', [{ kind: 'create', profile: good }])).toEqual([]);
    expect(await profiles.read('c', [good.sid])).toEqual([good]);
  });
});

describe('members', () => {
  let home: string;
  beforeAll(() => {
    home = mkdtempSync(join(tmpdir(), 'stevedore-unit-'));
  });
  afterAll(() => rmSync(home, { recursive: true }));

  it('gives back every sid that was added, in order and once, over any number of blocks', () => {
    const db = openDatabase(join(home, 'profiles-0.db'), profilesPlan);
    const members = new Members(db);
    let list = 0;
    fc.assert(
      fc.property(fc.array(fc.tuple(fc.nat(2000), fc.nat(900)), { maxLength: 12 }), (ranges) => {
        list++;
        const expected = new Set<string>();
        let added = 0;
        for (const [first, count] of ranges) {
          const sids = Array.from({ length: count }, (_, i) => (first + i).toString(16).padStart(24, '0'));
          if (count > 0) members.add(list, 0, sids);
          added += count;
          for (const sid of sids) expected.add(sid);
        }
        members.add(list, 1, ['01'.padEnd(24, '0')]);
        expect(members.load(list, 0)).toEqual([...expected].sort());
        expect(members.count(list, 0, 1)).toBe(added);
        expect(members.count(list, 0, 256)).toBe(added + 1);
      }),
      { numRuns: 40 },
    );
    db.close();
  });
});
