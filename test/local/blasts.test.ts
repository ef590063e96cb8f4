// Promises about campaigns as the engine keeps them, whatever door they came by.
import { afterEach, describe, expect, it } from 'vitest';
import type { Blast } from '../../functions/jobs/campaigns/blast.ts';
import {
  blastsInUse,
  changeBlast,
  contentOf,
  createBlast,
  findBlast,
  listBlasts,
  removeBlast,
  saveStats,
  scheduleBlast,
} from '../../functions/jobs/campaigns/blasts.ts';
import { allOf } from '../../functions/jobs/campaigns/change-record.ts';
import { type House, openHouse } from '../helpers/house.ts';

let house: House;
afterEach(() => house.close());

const draft = (more: Partial<Blast> = {}): Omit<Blast, 'id' | 'content'> => ({
  status: 'created',
  name: 'June',
  list: 'Main',
  labels: [],
  more: {},
  createdAt: 1,
  modifiedAt: 1,
  ...more,
});
const made = async (more: Partial<Blast> = {}, html?: string): Promise<Blast> =>
  (await createBlast(house.ports, house.client.id, draft(more), html === undefined ? {} : { html })) as Blast;

describe('campaigns', () => {
  it('have ids of their own that are never given out twice, in the order of their making', async () => {
    house = await openHouse();
    const blasts = await Promise.all(Array.from({ length: 8 }, () => made()));
    expect(new Set(blasts.map(({ id }) => id)).size).toBe(8);
    const last = await made();
    expect(last.id).toBeGreaterThan(Math.max(...blasts.map(({ id }) => id)));
    await removeBlast(house.ports, house.client.id, last.id, () => undefined);
    expect((await made()).id).toBeGreaterThan(last.id);
    expect((await listBlasts(house.ports, house.client.id)).map(({ id }) => id)).toEqual(
      (await listBlasts(house.ports, house.client.id)).map(({ id }) => id).toSorted((a, b) => a - b),
    );
  });

  it('may keep the id that they had elsewhere, which is then nobody else’s', async () => {
    house = await openHouse();
    const { ports, client } = house;
    expect(await createBlast(ports, client.id, draft(), {}, 20_000)).toMatchObject({ id: 20_000 });
    expect(await createBlast(ports, client.id, draft({ name: 'other' }), {}, 20_000)).toBeUndefined();
    expect(await findBlast(ports, client.id, 20_000)).toMatchObject({ name: 'June' });
    expect((await made()).id).toBe(20_001);
  });

  it('keep content of any length whole, and replace it whole', async () => {
    house = await openHouse();
    const { ports, client } = house;
    const html = `<p>"É😀\\</p>\n`.repeat(20_000);
    const blast = await made({}, html);
    expect(await contentOf(ports, client.id, blast)).toEqual({ html });
    const changed = await changeBlast(ports, client.id, blast.id, (before) => ({ ...before, name: 'July' }), {
      text: 'short',
    });
    expect(changed).toMatchObject({ name: 'July' });
    expect(await contentOf(ports, client.id, changed as Blast)).toEqual({ text: 'short' });
    // Who read the campaign before the change still gets content: the new one.
    expect(await contentOf(ports, client.id, blast)).toEqual({ text: 'short' });
  });

  it('leave no content behind when a change is refused or the campaign goes', async () => {
    house = await openHouse();
    const { ports, client } = house;
    const blast = await made({}, 'kept');
    const refuse = () => {
      throw new Error('no');
    };
    await expect(changeBlast(ports, client.id, blast.id, refuse, { html: 'new' })).rejects.toThrow('no');
    const part = `content#${String(blast.id).padStart(16, '0')}`;
    const pieces = async () => (await allOf(ports, client.id, 'blasts', part)).length;
    expect(await pieces()).toBe(1);
    await removeBlast(ports, client.id, blast.id, () => undefined);
    expect(await pieces()).toBe(0);
  });

  it('hold their lists while they are scheduled or being sent', async () => {
    house = await openHouse();
    const { ports, client } = house;
    await made({ list: 'draft' });
    await made({ list: 'sent', status: 'sent' });
    await made({ list: 'sending', status: 'sending' });
    await made({ list: 'scheduled', status: 'scheduled', suppressLists: ['unwilling'] });
    expect(await blastsInUse(ports, client.id)).toEqual(new Set(['sending', 'scheduled', 'unwilling']));
    expect(await blastsInUse(ports, 'someone else')).toEqual(new Set());
  });

  it('are scheduled by a job once, however often it says so, and never later than a person said', async () => {
    house = await openHouse();
    const { ports, client } = house;
    const { id } = await made();
    expect(await scheduleBlast(ports, client.id, id, 5000)).toBe('scheduled');
    const first = await findBlast(ports, client.id, id);
    expect(await scheduleBlast(ports, client.id, id, 6000)).toBe('scheduled');
    expect(await findBlast(ports, client.id, id)).toEqual(first);
    expect(first).toMatchObject({ status: 'scheduled', scheduleAt: 5000 });
    expect(await scheduleBlast(ports, client.id, 1, 6000)).toBe('unknown');
    const out = await made({ status: 'sent' });
    expect(await scheduleBlast(ports, client.id, out.id, 6000)).toBe('out');
    expect((await findBlast(ports, client.id, out.id))?.status).toBe('sent');
    const { list: _, ...listless } = draft();
    const bare = (await createBlast(ports, client.id, listless, {})) as Blast;
    expect(await scheduleBlast(ports, client.id, bare.id, 6000)).toBe('unready');
  });

  it('keep what was counted of them while others change them', async () => {
    house = await openHouse();
    const { ports, client } = house;
    const { id } = await made();
    const stats = { total: { count: 113, open_total: 40 } };
    await Promise.all([
      saveStats(ports, client.id, id, stats),
      ...['a', 'b', 'c'].map((label) =>
        changeBlast(ports, client.id, id, (blast) => ({ ...blast, labels: [...blast.labels, label] })),
      ),
    ]);
    const blast = await findBlast(ports, client.id, id);
    expect(blast?.stats).toEqual(stats);
    expect(blast?.labels.toSorted()).toEqual(['a', 'b', 'c']);
    expect(await saveStats(ports, client.id, 7, stats)).toBe(false);
    expect(await findBlast(ports, 'someone else', id)).toBeUndefined();
  });
});
