// What every store of files promises.
import { randomBytes } from 'node:crypto';
import { describe, expect, it } from 'vitest';
import { Refusal } from '../../functions/jobs/errors.ts';
import { FileGone } from '../../functions/jobs/ports.ts';
import { collect, type Harness, opened, type Subjects } from './contract.ts';
import { anId } from './samples.ts';

const MB = 1024 * 1024;

const inPieces = async function* (bytes: Uint8Array, size: number) {
  for (let at = 0; at < bytes.length; at += size) yield bytes.subarray(at, at + size);
};

export const filesContract = (harness: Harness<Subjects['files']>): void => {
  describe('files', () => {
    const subject = opened(harness);
    const store = () => subject().files;
    const aKey = (area = 'jobs') => `${area}/${anId()}/${anId()}`;
    const read = async (key: string, options?: { start?: number; end?: number; etag?: string }) =>
      Buffer.concat(await collect(store().get(key, options)));
    const gone = (reading: Promise<unknown>) => expect(reading).rejects.toBeInstanceOf(FileGone);

    it('gives bytes back as they were put, in every area and of every kind', async () => {
      for (const area of ['uploads', 'exports', 'jobs']) {
        const [text, bytes, stream] = [aKey(area), aKey(area), aKey(area)];
        const random = randomBytes(100_000);
        expect(await store().put(text, 'Grüße 🚚')).toMatchObject({ size: 12 });
        await store().put(bytes, random);
        const info = await store().put(stream, inPieces(random, 777));
        expect((await read(text)).toString()).toBe('Grüße 🚚');
        expect(await read(bytes)).toEqual(random);
        expect(await read(stream)).toEqual(random);
        expect(await store().head(stream)).toEqual(info);
        expect(info.size).toBe(100_000);
      }
    });

    it('streams a file of many parts', async () => {
      const key = aKey();
      const piece = randomBytes(1 * MB);
      const body = async function* () {
        for (let i = 0; i < 20; i++) yield piece;
      };
      expect(await store().put(key, body())).toMatchObject({ size: 20 * MB });
      let size = 0;
      for await (const bytes of store().get(key)) {
        const expected = Buffer.concat([piece, piece]).subarray(size % MB, (size % MB) + bytes.length);
        if (bytes.length <= MB) expect(expected.equals(bytes)).toBe(true);
        size += bytes.length;
      }
      expect(size).toBe(20 * MB);
      expect((await read(key, { start: 17 * MB + 5, end: 17 * MB + 50 })).equals(piece.subarray(5, 50))).toBe(true);
    });

    it('keeps empty files', async () => {
      for (const body of ['', new Uint8Array(0), inPieces(new Uint8Array(0), 1)]) {
        const key = aKey();
        expect(await store().put(key, body)).toMatchObject({ size: 0 });
        expect(await store().head(key)).toMatchObject({ size: 0 });
        expect((await read(key)).length).toBe(0);
        expect((await read(key, { start: 0, end: 0 })).length).toBe(0);
      }
    });

    it('gives ranges', async () => {
      const key = aKey();
      await store().put(key, '0123456789');
      const ranges: [number | undefined, number | undefined, string][] = [
        [0, 10, '0123456789'],
        [3, 7, '3456'],
        [undefined, 4, '0123'],
        [6, undefined, '6789'],
        [9, 10, '9'],
        [5, 5, ''],
        [0, 0, ''],
        [10, 10, ''],
      ];
      for (const [start, end, expected] of ranges) {
        const range = { ...(start !== undefined && { start }), ...(end !== undefined && { end }) };
        expect((await read(key, range)).toString(), `${start}-${end}`).toBe(expected);
      }
    });

    it('knows no file that is not there', async () => {
      const key = aKey();
      await gone(read(key));
      await gone(read(key, { start: 1, end: 2 }));
      expect(await store().head(key)).toBeUndefined();
      await store().remove([key]);
      await store().remove([]);
    });

    it('gives a file only while it is the one that was asked for', async () => {
      const key = aKey();
      const { etag } = await store().put(key, 'first text');
      expect((await read(key, { etag })).toString()).toBe('first text');
      expect((await read(key, { etag, start: 6, end: 8 })).toString()).toBe('te');
      const second = await store().put(key, 'other text');
      expect(second.etag).not.toBe(etag);
      await gone(read(key, { etag }));
      await gone(read(key, { etag, start: 6, end: 8 }));
      expect((await read(key, { etag: second.etag })).toString()).toBe('other text');
      await store().remove([key]);
      await gone(read(key, { etag: second.etag }));
    });

    it('takes at most so many bytes, and keeps nothing of more', async () => {
      for (const size of [100, 12 * MB]) {
        const body = randomBytes(size);
        const fits = aKey();
        expect(await store().put(fits, inPieces(body, 64 * 1024), { maxBytes: size })).toMatchObject({ size });
        for (const over of [inPieces(body, 64 * 1024), body]) {
          const key = aKey();
          const error = await store()
            .put(key, over, { maxBytes: size - 1 })
            .catch((thrown: unknown) => thrown);
          expect(error).toBeInstanceOf(Refusal);
          expect(error).toMatchObject({ reason: 'too_large' });
          expect(await store().head(key)).toBeUndefined();
          expect(await store().list(key)).toEqual([]);
        }
      }
    });

    it('keeps nothing of a body that breaks off, and what was there before stays', async () => {
      const key = aKey();
      await store().put(key, 'before');
      for (const size of [10, 12 * MB]) {
        const broken = async function* () {
          yield* inPieces(randomBytes(size), MB);
          throw new Error('the sender hung up');
        };
        await expect(store().put(key, broken())).rejects.toThrow('the sender hung up');
        expect((await read(key)).toString()).toBe('before');
        const fresh = aKey();
        await expect(store().put(fresh, broken())).rejects.toThrow('the sender hung up');
        expect(await store().head(fresh)).toBeUndefined();
      }
    });

    it('joins parts in their order, whatever their sizes', async () => {
      const options = { contentType: 'text/csv', filename: 'a.csv' };
      const sizes = [
        [3, 0, 5 * MB, 1, 6 * MB, 100, 2 * MB, 2 * MB, 2 * MB, 0, 12 * MB, 7],
        [],
        [0, 0],
        [10],
        [5 * MB + 1],
        [5 * MB, 5 * MB, 1],
        [1, 2, 3],
        [1, 6 * MB],
      ];
      for (const row of sizes) {
        const bodies = row.map((size) => randomBytes(size));
        const parts = bodies.map(() => aKey());
        await Promise.all(parts.map((part, i) => store().put(part, bodies[i] ?? '')));
        const key = aKey('exports');
        const whole = Buffer.concat(bodies);
        const info = await store().join(key, parts, options);
        expect(info.size).toBe(whole.length);
        expect(await store().head(key)).toEqual(info);
        expect((await read(key)).equals(whole), `${row}`).toBe(true);
        expect((await store().join(key, parts, options)).size).toBe(whole.length);
      }
      await expect(store().join(aKey('exports'), [aKey()], options)).rejects.toThrow();
    }, 120_000);

    it('joins many small parts', async () => {
      const prefix = `jobs/${anId()}/`;
      const parts = Array.from({ length: 300 }, (_, i) => `${prefix}${String(i).padStart(6, '0')}`);
      await Promise.all(parts.map((part, i) => store().put(part, `line ${i}\n`)));
      const key = aKey('exports');
      await store().join(key, await store().list(prefix), { contentType: 'text/csv', filename: 'a.csv' });
      expect((await read(key)).toString()).toBe(parts.map((_, i) => `line ${i}\n`).join(''));
    });

    it('lists keys by prefix in order, and removes them', async () => {
      const prefix = `jobs/${anId()}/parts/`;
      const keys = Array.from({ length: 1100 }, (_, i) => `${prefix}${String(i).padStart(6, '0')}`);
      const near = `${prefix.slice(0, -1)}x/1`;
      for (let at = 0; at < keys.length; at += 100)
        await Promise.all(keys.slice(at, at + 100).map((key) => store().put(key, 'x')));
      await store().put(near, 'x');
      expect(await store().list(prefix)).toEqual(keys);
      expect(await store().list(`${prefix}0000`)).toEqual(keys.slice(0, 100));
      await store().remove(keys.slice(1));
      expect(await store().list(prefix)).toEqual(keys.slice(0, 1));
      expect(await store().head(near)).toBeDefined();
      expect(await store().list(`jobs/${anId()}/`)).toEqual([]);
    });

    it('gives links by which anyone may read a file, with its name and type', async () => {
      const names: [string, RegExp][] = [
        ['just_eli.csv', /^attachment; ?filename="?just_eli\.csv"?$/],
        ['Grüße 🚚.csv', /filename\*=UTF-8''Gr%C3%BC%C3%9Fe%20%F0%9F%9A%9A\.csv/],
        ['a"b\\c;d.csv', /^attachment; ?filename/],
        ['x\r\nSet-Cookie: a=b.csv', /^attachment; ?filename/],
      ];
      for (const [filename, expected] of names) {
        const [one, two] = [aKey('exports'), aKey('exports')];
        await store().put(one, 'a,b\n', { contentType: 'text/csv', filename });
        await store().join(two, [one], { contentType: 'text/csv', filename });
        for (const key of [one, two]) {
          const answer = await fetch(await store().link(key, Date.now() + 60_000));
          expect(answer.status).toBe(200);
          expect(answer.headers.get('content-type')).toMatch(/^text\/csv/);
          expect(answer.headers.get('content-disposition')).toMatch(expected);
          expect(answer.headers.get('set-cookie')).toBeNull();
          expect(await answer.text()).toBe('a,b\n');
        }
      }
    });

    it('gives links that end, and that open no other file', async () => {
      const [key, other] = [aKey('exports'), aKey('exports')];
      await store().put(key, 'mine');
      await store().put(other, 'not yours');
      const ends = Date.now() + 1500;
      const link = await store().link(key, ends);
      expect(await (await fetch(link)).text()).toBe('mine');
      await expect
        .poll(async () => (await fetch(link)).status, { timeout: 10_000, interval: 250 })
        .toBeGreaterThanOrEqual(400);
      expect(Date.now()).toBeGreaterThan(ends - 1000);
      const alive = await store().link(key, Date.now() + 60_000);
      const forged = new URL(await store().link(other, Date.now() + 60_000));
      const bare = new URL(forged);
      bare.search = '';
      forged.search = new URL(alive).search;
      const altered = [...new URL(alive).searchParams].map(([name, value]) => {
        const url = new URL(alive);
        url.searchParams.set(
          name,
          value.replace(/\d/, (digit) => String((Number(digit) + 1) % 10)),
        );
        return url;
      });
      for (const url of [bare, forged, ...altered.filter(({ href }) => href !== new URL(alive).href)]) {
        const answer = await fetch(url);
        expect(answer.status, `${url}`).toBeGreaterThanOrEqual(400);
        expect(await answer.text()).not.toContain('yours');
      }
      await store().remove([key]);
      expect((await fetch(await store().link(key, Date.now() + 60_000))).status).toBeGreaterThanOrEqual(400);
    });

    it('never leaves the store', async () => {
      const victim = aKey();
      await store().put(victim, 'secret');
      const odd = [
        `uploads/../${victim}`,
        `uploads/x/../../${victim}`,
        '../outside',
        'jobs/../../outside',
        '/etc/passwd',
        '/tmp/outside',
        'jobs//x',
        'jobs/./x',
        'jobs/a\\..\\b',
        'jobs/a\0b',
        'other/x',
        'jobs',
        'jobs/',
        '',
      ];
      for (const key of odd) {
        await expect(store().put(key, 'x'), `put ${key}`).rejects.toThrow();
        await expect(read(key), `get ${key}`).rejects.toThrow();
        await expect(
          store().join(key, [victim], { contentType: 'a/b', filename: 'x' }),
          `join ${key}`,
        ).rejects.toThrow();
        await expect(store().link(key, Date.now() + 1000), `link ${key}`).rejects.toThrow();
        const ticket = store().ticket(key, { size: 1, expiresAt: Date.now() + 1000 });
        await expect(ticket, `ticket ${key}`).rejects.toThrow();
      }
      for (const key of odd.slice(0, 6))
        await store()
          .remove([key])
          .catch(() => undefined);
      expect((await read(victim)).toString()).toBe('secret');
    });
  });
};
