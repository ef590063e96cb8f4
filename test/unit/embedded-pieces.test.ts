import { existsSync, mkdtempSync, readdirSync, rmSync, utimesSync, writeFileSync } from 'node:fs';
import { mkdir } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import fc from 'fast-check';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { createMail } from '../../functions/embedded/mailbox.ts';
import { type EmbeddedPorts, embeddedPorts } from '../../functions/embedded/ports.ts';

const meta = { contentType: 'text/csv', filename: 'a.csv' };
const day = 24 * 3600_000;

describe('objects on the disk', () => {
  let home: string;
  let ports: EmbeddedPorts;
  let ahead: number;
  const read = async (key: string, options = {}) => {
    const parts: Uint8Array[] = [];
    for await (const part of ports.files.get(key, options)) parts.push(part);
    return Buffer.concat(parts);
  };
  const folders = () => (existsSync(join(home, 'joined')) ? readdirSync(join(home, 'joined')) : []);

  beforeEach(() => {
    home = mkdtempSync(join(tmpdir(), 'stevedore-pieces-'));
    ahead = 0;
    const mail = createMail({ home, from: 'a@example.com' });
    ports = embeddedPorts({ home, baseUrl: () => 'http://x', mail, now: () => Date.now() + ahead });
  });
  afterEach(() => {
    ports.close();
    rmSync(home, { recursive: true, force: true });
  });

  const putParts = async (sizes: number[]) => {
    const bodies = sizes.map((size, index) => Buffer.alloc(size, 97 + index));
    for (const [index, body] of bodies.entries()) await ports.files.put(`jobs/x/parts/${index}`, body);
    return { keys: bodies.map((_, index) => `jobs/x/parts/${index}`), whole: Buffer.concat(bodies) };
  };

  it('that are large and joined read as one, in any range, after their parts are gone', async () => {
    const { keys, whole } = await putParts([5_000_000, 0, 3, 6_000_000]);
    const info = await ports.files.join('exports/whole', keys, meta);
    await ports.files.remove(keys);
    expect(info.size).toBe(whole.length);
    expect(await ports.files.head('exports/whole')).toEqual(info);
    expect(folders()).toHaveLength(1);
    expect((await read('exports/whole')).equals(whole)).toBe(true);
    const edges = fc.constantFrom(0, 1, 4_999_999, 5_000_000, 5_000_001, 5_000_003, 5_000_004, 11_000_003, 11_000_009);
    await fc.assert(
      fc.asyncProperty(edges, edges, async (start, end) => {
        const part = await read('exports/whole', { start, end, etag: info.etag });
        expect(part.equals(whole.subarray(start, end))).toBe(true);
      }),
      { numRuns: 60 },
    );
    await ports.files.remove(['exports/whole']);
    expect(await ports.files.head('exports/whole')).toBeUndefined();
    expect(folders()).toEqual([]);
  });

  it('that are joined anew, or overwritten, are the new ones and leave no pieces', async () => {
    const { keys } = await putParts([9_000_000, 10]);
    const first = await ports.files.join('exports/whole', keys, meta);
    const second = await ports.files.join('exports/whole', keys, meta);
    expect(second.etag).not.toBe(first.etag);
    expect(folders()).toHaveLength(1);
    await ports.files.put('exports/whole', 'short');
    expect(String(await read('exports/whole'))).toBe('short');
    expect(folders()).toEqual([]);
  });

  it('are not joined when a part is missing, and nothing is left of the try', async () => {
    const { keys } = await putParts([9_000_000]);
    await expect(ports.files.join('exports/whole', [...keys, 'jobs/x/parts/9'], meta)).rejects.toMatchObject({
      name: 'FileGone',
    });
    expect(await ports.files.head('exports/whole')).toBeUndefined();
    expect(folders()).toEqual([]);
  });

  it('are removed when they have been here too long, however old they were when they came', async () => {
    await mkdir(join(home, 'uploads', 'imports', 'demo', 'Main'), { recursive: true });
    const dropped = join(home, 'uploads', 'imports', 'demo', 'Main', 'old.csv');
    writeFileSync(dropped, 'email\n');
    utimesSync(dropped, new Date(0), new Date(0));
    await ports.files.put('uploads/spool/a', 'x');
    await ports.files.put('exports/a', 'x');
    expect(await ports.removeOld()).toBe(0);
    ahead = 3 * day;
    expect(await ports.removeOld()).toBe(1);
    expect(await ports.files.head('exports/a')).toBeUndefined();
    ahead = 9 * day;
    expect(await ports.removeOld()).toBe(2);
    expect(existsSync(dropped)).toBe(false);
  });
});
