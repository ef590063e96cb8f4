// Files of purchases and content that are meant to harm, or that no shop would send on purpose.
import { afterEach, describe, expect, it } from 'vitest';
import { lastPublished } from '../../functions/jobs/content/list.ts';
import { submit } from '../../functions/jobs/submit.ts';
import { broughtIn, profileOf, purchaseLog } from '../helpers/commerce.ts';
import { readJob } from '../helpers/jobs.ts';
import { closeHouses, smallHouse } from '../helpers/small-house.ts';

afterEach(closeHouses);

const sold = (more: object = {}) => ({
  email: 'ada@example.com',
  date: '2024-06-01',
  extid: 'a',
  items: [{ id: 'a', price: 1, qty: 1 }],
  ...more,
});

describe('a hostile file', () => {
  it('of purchases loses its bad lines, each with a reason, and none of its good ones', async () => {
    const house = await smallHouse();
    const long = JSON.stringify(sold({ extid: 'long', vars: { a: 'x'.repeat(2 ** 20) } }));
    const deep = `{"email":"ada@example.com","vars":${'['.repeat(5000)}${']'.repeat(5000)}}`;
    const lines = [
      JSON.stringify(sold()),
      long,
      deep,
      'null',
      '"text"',
      '[]',
      '{}',
      '{"email":"ada@example.com","extid":"b"',
      JSON.stringify(
        sold({ extid: 'many', items: Array.from({ length: 20_000 }, () => ({ id: 'a', price: 1, qty: 1 })) }),
      ),
      JSON.stringify(sold({ extid: 'k', email: '=cmd@x' })),
      JSON.stringify(sold({ extid: 'e'.repeat(501) })),
      '\0\0',
      '',
      `\ufeff${JSON.stringify(sold({ extid: 'bom' }))}`,
      JSON.stringify(sold({ extid: '__proto__', vars: { constructor: { prototype: 1 } } })),
    ];
    const job = await broughtIn(house, 'purchase_import', lines.join('\r\n').replaceAll('\0', '\ufffd'));
    expect(job).toMatchObject({ state: 'completed', rows: 14, counts: { created: 2, rejected: 12 } });
    expect(Object.values(job.reasons).reduce((sum, count) => sum + count, 0)).toBe(12);
    for (const reason of Object.keys(job.reasons)) expect(reason).not.toMatch(/ada@|cmd|xxx/);
    expect(await purchaseLog(house, '20240601', '20240601')).toHaveLength(3);
    expect((await profileOf(house, 'ada@example.com'))?.stats).toMatchObject({ purchases: 2, purchasePrice: 2 });
  });

  it('of content cannot reach what means something to JavaScript, nor another page s fields', async () => {
    const house = await smallHouse();
    const line =
      '{"url":"https://example.com/a","__proto__":{"title":"x"},"constructor":1,"id":"b","createdBy":"me",' +
      '"deletedBy":"me","tags":["__proto__"],"vars":{"__proto__":{"a":1}}}';
    await broughtIn(house, 'content_update', `${line}\n`);
    const [page] = await lastPublished(house, 10);
    expect(page).toMatchObject({ url: 'https://example.com/a', tags: ['__proto__'] });
    expect(page?.title).toBeUndefined();
    expect(page).not.toHaveProperty('deletedBy');
    expect(page?.createdBy).toMatch(/^[0-9a-f]{24}$/);
    expect(JSON.stringify(page?.vars)).toBe('{"__proto__":{"a":1}}');
  });

  it('of one client changes nothing of another, whatever ids it uses', async () => {
    const house = await smallHouse();
    await broughtIn(house, 'purchase_import', [sold()]);
    await broughtIn(house, 'content_update', [{ url: 'https://example.com/a', keys: { sku: 's' }, title: 'mine' }]);
    const before = await profileOf(house, 'ada@example.com');
    await house.ports.clients.put({ id: 'other', apiKey: 'b'.repeat(32), secret: 'c'.repeat(32) });
    const other = await house.ports.clients.byId('other');
    if (!other) throw new Error('no client');
    const bySid = { ...sold({ extid: 'x' }), email: undefined, id: before?.sid, key: 'sid' };
    for (const [type, lines] of [
      ['purchase_import', [sold({ items: [{ id: 'z', price: 9, qty: 9 }] }), bySid]],
      ['content_update', [{ url: 'https://example.com/a', keys: { sku: 's' }, title: 'theirs' }]],
      ['delete_content', undefined],
    ] as const) {
      const upload = { key: `uploads/spool/${crypto.randomUUID()}`, filename: 'f' };
      if (lines) await house.ports.files.put(upload.key, lines.map((line) => JSON.stringify(line)).join('\n'));
      const params = { type: 'all' };
      const job = await submit(house.ports, other, { door: 'sailthru', type, params, ...(lines && { upload }) });
      await house.settle();
      expect((await readJob(house.ports, job.id)).state).toBe('completed');
    }
    expect(await profileOf(house, 'ada@example.com')).toEqual(before);
    expect((await lastPublished(house, 10)).map(({ title }) => title)).toEqual(['mine']);
    expect(await lastPublished({ ports: house.ports, client: other }, 10)).toEqual([]);
    expect((await purchaseLog(house, '20240601', '20240601'))[1]).toContain(',a,,a,,1,online,1,1');
  });
});
