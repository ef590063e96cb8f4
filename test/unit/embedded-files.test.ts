// Keys become paths that stay inside, and links open what they were made for and nothing else.
import { mkdirSync, mkdtempSync, readdirSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve, sep } from 'node:path';
import fc from 'fast-check';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { keyOf, pathOf } from '../../functions/embedded/file-names.ts';
import { embeddedFiles } from '../../functions/embedded/files.ts';
import { checkLink, signLink } from '../../functions/embedded/links.ts';
import { attachment } from '../../functions/jobs/disposition.ts';
import { FileGone } from '../../functions/jobs/ports.ts';

const odd = fc.oneof(
  fc.string({ unit: 'binary', minLength: 1, maxLength: 400 }),
  fc.constantFrom(
    '..',
    '.',
    '...',
    '%2e%2e',
    '%~',
    'a%~',
    '~',
    'con',
    ' ',
    'a b',
    "x' OR 1",
    '%',
    '🚚'.repeat(60),
    'a'.repeat(900),
  ),
);
const anyKey = fc
  .tuple(fc.constantFrom('uploads', 'exports', 'jobs', 'other', '..', ''), fc.array(odd, { maxLength: 3 }))
  .map(([area, names]) => [area, ...names].join('/'));

describe('files of one machine', () => {
  let home: string;
  beforeAll(() => {
    home = mkdtempSync(join(tmpdir(), 'stevedore-unit-'));
  });
  afterAll(() => rmSync(home, { recursive: true }));
  const files = () => embeddedFiles(home, () => 'http://127.0.0.1:1/base/');
  const text = async (key: string) => {
    const pieces: Uint8Array[] = [];
    for await (const piece of files().get(key)) pieces.push(piece);
    return Buffer.concat(pieces).toString();
  };

  it('lie below their area whatever the key, and have their key back', () => {
    fc.assert(
      fc.property(anyKey, (key) => {
        let path: string;
        try {
          path = pathOf(home, key);
        } catch {
          return;
        }
        expect(path.startsWith(resolve(home) + sep)).toBe(true);
        expect(resolve(path)).toBe(path);
        for (const name of path.split(sep)) expect(Buffer.byteLength(name)).toBeLessThanOrEqual(255);
        expect(keyOf(path.slice(resolve(home).length + 1))).toBe(key);
      }),
      { numRuns: 1000 },
    );
  });

  it('are stored, listed and removed under any key that is taken', async () => {
    await fc.assert(
      fc.asyncProperty(fc.array(odd, { minLength: 1, maxLength: 2 }), async (names) => {
        const key = `jobs/odd/${names.join('/')}/file`;
        const put = await files()
          .put(key, 'x', { filename: 'f' })
          .catch((error: Error) => error);
        if (put instanceof Error) {
          expect(put.message).toBe('not a key of this store');
          return;
        }
        expect(await files().list('jobs/odd/')).toEqual([key]);
        await files().remove([key]);
        expect(await files().list('jobs/')).toEqual([]);
      }),
      { numRuns: 60 },
    );
    expect(readdirSync(join(home, 'tmp'))).toEqual([]);
  });

  it('that a person put there are found under the names that they gave', async () => {
    const folder = join(home, 'uploads', 'imports', 'demo', 'My "List"');
    mkdirSync(folder, { recursive: true });
    const names = ['a b.csv', '50%25.csv', 'what?.csv', 'Grüße.csv', '%zz'];
    for (const name of names) writeFileSync(join(folder, name), name);
    const prefix = 'uploads/imports/demo/My "List"/';
    const keys = await files().list(prefix);
    expect(keys).toEqual(names.map((name) => prefix + name).sort());
    for (const name of names) expect(await text(prefix + name)).toBe(name);
    await files().remove(keys);
    expect(readdirSync(folder)).toEqual([]);
  });

  it('are not reached through a symbolic link', async () => {
    writeFileSync(join(home, 'outside'), 'secret');
    mkdirSync(join(home, 'uploads', 'x'), { recursive: true });
    symlinkSync(join(home, 'outside'), join(home, 'uploads', 'x', 'link'));
    await expect(text('uploads/x/link')).rejects.toBeInstanceOf(FileGone);
  });

  it('are opened by no link that was changed in any character', async () => {
    const key = 'exports/2026/a b';
    await files().put(key, 'x', { contentType: 'text/csv', filename: 'a.csv' });
    const link = await files().link(key, Date.now() + 60_000);
    expect(link.startsWith('http://127.0.0.1:1/base/files/exports/2026/a%20b?expires=')).toBe(true);
    expect(checkLink(home, link)).toEqual({ key, contentType: 'text/csv', filename: 'a.csv' });
    fc.assert(
      fc.property(fc.nat(link.length - 1), fc.constantFrom('0', 'a', '_', '/', '%', '&'), (at, char) => {
        const changed = link.slice(0, at) + char + link.slice(at + 1);
        const target = checkLink(home, changed);
        // The last character of a signature holds bits that mean nothing.
        if (typeof target === 'object') expect(target.key).toBe(key);
      }),
      { numRuns: 500 },
    );
    expect(checkLink(home, link.replace('a%20b', 'other'))).toBe('invalid');
    expect(checkLink(home, link.replace(/expires=\d+/, 'expires=99999999999'))).toBe('invalid');
    expect(checkLink(home, link.split('?')[0] ?? '')).toBe('invalid');
    expect(checkLink(home, '/files/../secret.key?expires=99999999999&signature=x')).toBe('invalid');
  });

  it('are opened until the second of the link, not after', () => {
    const link = signLink(home, 'http://x', 'exports/a', 10_000_999);
    expect(checkLink(home, link, 9_999_999)).toMatchObject({ key: 'exports/a' });
    expect(checkLink(home, link, 10_000_000)).toBe('expired');
  });

  it('are offered under any name without breaking the header', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'binary' }), (name) => {
        const header = attachment(name);
        expect(header).toMatch(/^attachment; filename=([\w.+-]+|"[^"\\]*"(; filename\*=UTF-8''[\w%!~.-]*)?)$/);
        expect(() => new Headers({ 'content-disposition': header })).not.toThrow();
      }),
    );
  });
});
