// What every store of clients promises.
import { randomBytes } from 'node:crypto';
import { describe, expect, it } from 'vitest';
import { defaultSettings } from '../../functions/jobs/ports.ts';
import { type Harness, opened, type Subjects } from './contract.ts';
import { aClient } from './samples.ts';

export const clientsContract = (harness: Harness<Subjects['clients']>): void => {
  describe('clients', () => {
    const subject = opened(harness);
    const store = () => subject().clients;
    const sample = () => ({
      id: aClient(),
      apiKey: randomBytes(16).toString('hex'),
      secret: randomBytes(16).toString('hex'),
    });

    it('finds a client by key and by id, with its settings or the defaults', async () => {
      const plain = sample();
      await store().put(plain);
      const expected = { ...plain, settings: defaultSettings };
      expect(await store().byKey(plain.apiKey)).toEqual(expected);
      expect(await store().byId(plain.id)).toEqual(expected);
      const settings = {
        dialect: 'strict',
        timeZone: 'America/New_York',
        rateLimits: { 'POST job': 3, __proto: 1 },
      } as const;
      const set = { ...sample(), settings };
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
