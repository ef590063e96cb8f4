// What every store of clients promises.
import { randomBytes, randomInt } from 'node:crypto';
import { describe, expect, it } from 'vitest';
import { defaultSettings, systemOrganization } from '../../functions/jobs/client.ts';
import { type Harness, opened, type Subjects } from './contract.ts';
import { aClient } from './samples.ts';

export const clientsContract = (harness: Harness<Subjects['clients']>): void => {
  describe('clients', () => {
    const subject = opened(harness);
    const store = () => subject().clients;
    const aNumber = () => 1_000_000 + randomInt(1_000_000_000);
    const sample = () => ({
      id: aClient(),
      apiKey: randomBytes(16).toString('hex'),
      secret: randomBytes(16).toString('hex'),
    });

    it('finds a client by key and by id, with its settings or the defaults', async () => {
      const plain = sample();
      await store().put(plain);
      const { organization = 0 } = (await store().byId(plain.id)) ?? {};
      const expected = { ...plain, organization, username: plain.id, settings: defaultSettings };
      expect(await store().byKey(plain.apiKey)).toEqual(expected);
      expect(await store().byId(plain.id)).toEqual(expected);
      const settings = {
        dialect: 'strict',
        timeZone: 'America/New_York',
        rateLimits: { 'POST job': 3, __proto: 1 },
      } as const;
      const set = { ...sample(), organization: aNumber(), username: `user of ${plain.id}`, settings };
      await store().put(set);
      expect(await store().byKey(set.apiKey)).toEqual({ ...set, settings: { ...defaultSettings, ...settings } });
    });

    it('knows no other key, near as it may be, and learns a new one at once', async () => {
      const client = sample();
      expect(await store().byKey(client.apiKey)).toBeUndefined();
      expect(await store().byId(client.id)).toBeUndefined();
      await store().put(client);
      expect((await store().byKey(client.apiKey))?.id).toBe(client.id);
      expect((await store().byId(client.id))?.id).toBe(client.id);
      for (const key of [
        '',
        client.id,
        client.apiKey.slice(1),
        `${client.apiKey.toUpperCase()} `,
        `${client.apiKey}\0`,
        'x'.repeat(5000),
      ])
        expect(await store().byKey(key), key).toBeUndefined();
      for (const id of ['', client.apiKey, client.id.slice(1), 'x'.repeat(5000)])
        expect(await store().byId(id), id).toBeUndefined();
    });

    it('takes a new key and secret for a client, and the old key ends', async () => {
      const before = sample();
      await store().put(before);
      expect((await store().byKey(before.apiKey))?.secret).toBe(before.secret);
      const after = { ...sample(), id: before.id };
      await store().put(after);
      expect(await store().byKey(before.apiKey)).toBeUndefined();
      expect((await store().byKey(after.apiKey))?.secret).toBe(after.secret);
      expect((await store().byId(before.id))?.secret).toBe(after.secret);
    });

    it('gives no client the key of another', async () => {
      const [one, two] = [sample(), sample()];
      await store().put(one);
      await expect(store().put({ ...two, apiKey: one.apiKey })).rejects.toThrow();
      expect((await store().byKey(one.apiKey))?.id).toBe(one.id);
      expect(await store().byId(two.id)).toBeUndefined();
    });

    it('gives each new client an organization of its own, and its id for a name', async () => {
      const [one, two] = [sample(), sample()];
      await store().put(one);
      const first = await store().byId(one.id);
      // Somebody has taken the next number by hand.
      await store().put({ ...sample(), organization: Number(first?.organization) + 1 });
      await store().put(two);
      const second = await store().byId(two.id);
      expect(first?.organization).toBeGreaterThan(systemOrganization);
      expect(second?.organization).toBeGreaterThan(Number(first?.organization) + 1);
      expect(await store().byOrganization(Number(second?.organization))).toEqual(second);
      expect(await store().byUsername(two.id)).toEqual(second);
      for (const unknown of [0, -1, 1.5, Number.NaN, 2 ** 60])
        expect(await store().byOrganization(unknown)).toBe(undefined);
      for (const unknown of ['', `${two.id} `, 'x'.repeat(5000)])
        expect(await store().byUsername(unknown)).toBe(undefined);
    });

    it('keeps organization and name of a client that is put again, until others are given', async () => {
      const client = sample();
      await store().put(client);
      const before = await store().byId(client.id);
      await store().put({ ...client, secret: 'another', settings: { exportHours: 3 } });
      expect(await store().byId(client.id)).toMatchObject({ organization: before?.organization, username: client.id });
      const changed = { organization: aNumber(), username: `new ${client.id}` };
      await store().put({ ...client, ...changed });
      expect(await store().byOrganization(changed.organization)).toMatchObject({ id: client.id, ...changed });
      expect(await store().byUsername(changed.username)).toMatchObject({ id: client.id, ...changed });
      expect(await store().byOrganization(Number(before?.organization))).toBe(undefined);
      expect(await store().byUsername(client.id)).toBe(undefined);
    });

    it('gives no client the organization or the name of another, and keeps nothing of such a client', async () => {
      const [one, two] = [{ ...sample(), organization: aNumber() }, sample()];
      await store().put(one);
      await expect(store().put({ ...two, organization: one.organization })).rejects.toThrow();
      await expect(store().put({ ...two, username: one.id })).rejects.toThrow();
      expect(await store().byId(two.id)).toBe(undefined);
      expect((await store().byUsername(one.id))?.id).toBe(one.id);
      // What was refused holds nothing back from others.
      await store().put({ ...sample(), apiKey: two.apiKey, username: two.id });
    });

    it('has administrators in the system organization only', async () => {
      for (const organization of [undefined, 2, 0, -1, 1.5])
        await expect(
          store().put({ ...sample(), admin: true, ...(organization !== undefined && { organization }) }),
        ).rejects.toThrow(RangeError);
      const admin = { ...sample(), admin: true, organization: systemOrganization };
      await store().put(admin);
      expect(await store().byOrganization(systemOrganization)).toMatchObject({ id: admin.id, admin: true });
    });

    it('answers for a disabled client as for none, but by its id and in the list of all', async () => {
      const client = { ...sample(), organization: aNumber() };
      const look = () =>
        Promise.all([
          store().byKey(client.apiKey),
          store().byOrganization(client.organization),
          store().byUsername(client.id),
        ]);
      await store().put({ ...client, disabled: true });
      expect(await look()).toEqual([undefined, undefined, undefined]);
      expect(await store().byId(client.id)).toMatchObject({ id: client.id, disabled: true });
      expect((await store().all()).find(({ id }) => id === client.id)).toMatchObject({ disabled: true });
      await store().put({ ...client, disabled: false });
      expect((await look()).map((found) => found?.id)).toEqual([client.id, client.id, client.id]);
    });

    it('lists all clients in order of id, without their secrets', async () => {
      const some = [sample(), sample(), sample()];
      for (const each of some) await store().put(each);
      const all = await store().all();
      const ids = all.map(({ id }) => id);
      expect(ids).toEqual([...ids].sort());
      expect(ids).toEqual(expect.arrayContaining(some.map(({ id }) => id)));
      for (const each of all) expect(each).not.toHaveProperty('secret');
    });

    it('refuses a time zone that does not exist, and keeps nothing of that client', async () => {
      const one = sample();
      await expect(store().put({ ...one, settings: { timeZone: 'Mars/Olympus' } })).rejects.toThrow(RangeError);
      expect(await store().byId(one.id)).toBeUndefined();
    });

    it('keeps no secret in the clear', async () => {
      const client = sample();
      await store().put(client);
      expect((await store().byKey(client.apiKey))?.secret).toBe(client.secret);
      const raw = Buffer.from(await subject().rawBytes());
      expect(raw.includes(client.id), 'the raw bytes hold the client').toBe(true);
      for (const form of [
        client.secret,
        Buffer.from(client.secret).toString('base64').replace(/=+$/, ''),
        Buffer.from(client.secret, 'hex'),
      ])
        expect(raw.includes(form)).toBe(false);
    });
  });
};
