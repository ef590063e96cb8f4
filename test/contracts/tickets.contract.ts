// What every store of files promises of upload tickets: real forms, sent over HTTP.
import { randomBytes } from 'node:crypto';
import { describe, expect, it } from 'vitest';
import { sendForm } from '../helpers/upload-form.ts';
import { collect, type Harness, opened, type Subjects } from './contract.ts';
import { anId } from './samples.ts';

const MB = 1024 * 1024;

export const ticketsContract = (harness: Harness<Subjects['files']>): void => {
  describe('upload tickets', () => {
    const subject = opened(harness);
    const store = () => subject().files;
    const aKey = () => `uploads/${anId()}/${anId()}`;
    const read = async (key: string) => Buffer.concat(await collect(store().get(key)));

    it('gives forms by which anyone may put a file of exactly one size at one key', async () => {
      for (const size of [0, 1, 777, 12 * MB]) {
        const key = aKey();
        const body = randomBytes(size);
        const form = await store().ticket(key, { size, expiresAt: Date.now() + 60_000 });
        const wrong = size === 0 ? [1, 1000] : [size - 1, size + 1, size + 3 * MB];
        for (const other of wrong) {
          const answer = await sendForm(form, randomBytes(other));
          expect([answer.status, answer.text], `${other} for ${size}`).toEqual([
            400,
            expect.stringMatching(other < size ? '<Code>EntityTooSmall</Code>' : '<Code>EntityTooLarge</Code>'),
          ]);
          expect(await store().head(key)).toBeUndefined();
        }
        expect((await sendForm(form, body)).status).toBe(204);
        expect(await store().head(key)).toMatchObject({ size });
        expect((await read(key)).equals(body)).toBe(true);
      }
    });

    it('gives forms that end', async () => {
      const key = aKey();
      const ends = Date.now() + 4000;
      const form = await store().ticket(key, { size: 3, expiresAt: ends });
      const wrongSize = await sendForm(form, 'four');
      expect(wrongSize.status).toBe(400);
      await expect
        .poll(async () => (await sendForm(form, 'four')).status, { timeout: 10_000, interval: 250 })
        .toBe(403);
      expect(Date.now()).toBeGreaterThan(ends - 1500);
      expect((await sendForm(form, 'abc')).text).toContain('<Code>AccessDenied</Code>');
      const late = await store().ticket(key, { size: 3, expiresAt: Date.now() - 1000 });
      expect((await sendForm(late, 'abc')).status).toBe(403);
      expect(await store().head(key)).toBeUndefined();
    });

    it('gives forms in which nothing may be changed, left out or added', async () => {
      const [key, other] = [aKey(), aKey()];
      const { url, fields } = await store().ticket(key, { size: 3, expiresAt: Date.now() + 60_000 });
      const { fields: otherFields } = await store().ticket(other, { size: 4, expiresAt: Date.now() + 600_000 });
      const refused = async (changed: Record<string, string>, file: string) => {
        const { status, text } = await sendForm({ url, fields: changed }, file);
        expect([status, text], Object.keys(changed).join()).toEqual([
          expect.toSatisfy((code: number) => code === 403 || code === 400),
          expect.stringContaining('<Error><Code>'),
        ]);
      };
      for (const [name, value] of Object.entries(fields)) {
        const { [name]: _, ...without } = fields;
        // A change in the middle: the last characters of base64 may stand for the same bytes.
        const at = Math.floor(value.length / 2);
        const changed = `${value.slice(0, at)}${value[at] === '1' ? '2' : '1'}${value.slice(at + 1)}`;
        await refused({ ...fields, [name]: changed }, 'abc');
        await refused(without, 'abc');
        const taken = otherFields[name];
        if (taken !== undefined && taken !== value) {
          await refused({ ...fields, [name]: taken }, 'abc');
          await refused({ ...fields, [name]: taken }, 'abcd');
        }
      }
      await refused({ ...fields, 'Content-Type': 'text/html' }, 'abc');
      await refused({}, 'abc');
      expect(await store().head(key)).toBeUndefined();
      expect(await store().head(other)).toBeUndefined();
      expect((await sendForm({ url, fields }, 'abc')).status).toBe(204);
      expect((await read(key)).toString()).toBe('abc');
    });
  });
};
