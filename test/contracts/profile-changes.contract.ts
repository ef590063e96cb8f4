// What every store of profiles promises of changes that hold only while something is so, and of removals.
import { describe, expect, it } from 'vitest';
import type { ConsentWord, Profile, ProfileChange } from '../../functions/jobs/profile.ts';
import { collect, type Harness, opened, type Subjects } from './contract.ts';
import { aClient, anId, aProfile, create, now } from './samples.ts';

export const profileChangesContract = (harness: Harness<Subjects['profiles']>): void => {
  describe('changes of profiles', () => {
    const subject = opened(harness);
    const store = () => subject().profiles;
    const one = async (client: string, sid: string) => (await store().read(client, [sid], { fresh: true }))[0];
    const members = async (client: string, list: string) =>
      (await collect(store().members(client, list, 0, 256))).flat();
    type Update = Extract<ProfileChange, { kind: 'update' }>;
    const update = (sid: string, patch: Update['patch']): Update => ({ kind: 'update', sid, job: 'job-2', patch });

    it('changes fields that are written as one only while they are what was read', async () => {
      const client = aClient();
      const { sid } = aProfile(client, 'a@example.com');
      await store().apply(client, [create(aProfile(client, 'a@example.com'))]);
      const give = (keys: Profile['keys'], seen: Update['seen']) =>
        store().apply(client, [{ ...update(sid, { more: { keys: keys ?? null } }), ...(seen && { seen }) }]);
      expect(await give({ extid: 'E' }, { keys: { extid: 'X' } })).toEqual([sid]);
      expect(await give({ extid: 'E', sms: '1' }, { keys: undefined })).toEqual([]);
      expect(await give({ extid: 'F' }, { keys: undefined })).toEqual([sid]);
      expect(await give({ extid: 'F' }, { keys: { extid: 'E' } })).toEqual([sid]);
      expect(await give({ extid: 'F' }, { keys: { extid: 'E', sms: '1' }, addresses: undefined })).toEqual([]);
      expect(await one(client, sid)).toMatchObject({ keys: { extid: 'F' } });
      const lists = { addresses: ['b@example.com'], optoutTemplates: ['T'] };
      await store().apply(client, [update(sid, { more: lists })]);
      const seen = { keys: { extid: 'F' }, ...lists };
      expect(await give({ extid: 'G' }, { ...seen, optoutTemplates: ['U'] })).toEqual([sid]);
      const both = await Promise.all([give({ extid: 'G' }, seen), give({ extid: 'H' }, seen)]);
      expect(both.flat()).toEqual([sid]);
    });

    it('removes a profile, from its lists too, while its consent is the one that was read; the sid is free again', async () => {
      const client = aClient();
      const list = anId();
      const people = ['a', 'b', 'c'].map((name) => aProfile(client, `${name}@example.com`, { lists: { [list]: now } }));
      const [a, b, c] = people as [Profile, Profile, Profile];
      await store().apply(client, [create({ ...a, optout: 'all', optoutAt: now }), create(b), create(c)]);
      const remove = (sid: string, consent?: ConsentWord) =>
        store().apply(client, [{ kind: 'remove', sid, ...(consent && { consent }) }]);
      expect(await remove(a.sid, 'none')).toEqual([a.sid]);
      expect(await remove(a.sid, 'all')).toEqual([]);
      expect(await remove(a.sid)).toEqual([a.sid]);
      expect(await remove(b.sid)).toEqual([]);
      expect(await members(client, list)).toEqual([c]);
      expect((await collect(store().scan(client, 0, 256))).flat()).toEqual([c]);
      expect(await store().read(client, [a.sid, b.sid], { fresh: true })).toEqual([]);
      const again = aProfile(client, 'a@example.com', { createdBy: 'job-9' });
      expect(await store().apply(client, [create(again)])).toEqual([]);
      expect(await one(client, a.sid)).toEqual(again);
      expect(await members(client, list)).toEqual([c]);
    });
  });
};
