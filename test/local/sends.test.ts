// Promises about sends that fall due: told at least once, under one id, never after they were taken back, and to nobody who does not want them.
import { afterEach, describe, expect, it } from 'vitest';
import type { Ports, RecordWrite } from '../../functions/jobs/ports.ts';
import type { ProfilePatch } from '../../functions/jobs/profile.ts';
import { sweepSends } from '../../functions/jobs/sends/release.ts';
import type { Send } from '../../functions/jobs/sends/send.ts';
import { dueKey, systemClient } from '../../functions/jobs/sends/send-index.ts';
import { cancelSend, findSend } from '../../functions/jobs/sends/sends.ts';
import type { House, HouseOptions } from '../helpers/house.ts';
import { imported } from '../helpers/jobs.ts';
import { indexed, minute, sendsIn, toldSends } from '../helpers/sends.ts';
import { closeHouses, smallHouse } from '../helpers/small-house.ts';

afterEach(closeHouses);

const ids = (sends: readonly Send[]): string[] => sends.map(({ id }) => id).sort();
const stateOf = async (house: House, send: Send | undefined): Promise<string | undefined> =>
  (await findSend(house.ports, house.client.id, send?.id ?? ''))?.state;

/** Makes the n-th call of a port's function fail: before it does anything, or when all is done. */
const failing = (when: 'before' | 'after', matches: (writes: readonly RecordWrite[]) => boolean): HouseOptions => {
  let left = 1;
  return {
    wrap: (ports) => {
      const { records } = ports;
      const write: Ports['records']['write'] = async (client, table, writes) => {
        const fails = left > 0 && matches(writes);
        if (fails) left--;
        if (fails && when === 'before') throw new Error('the store is away');
        const conflicts = await records.write(client, table, writes);
        if (fails) throw new Error('the answer got lost');
        return conflicts;
      };
      return { ...ports, records: { ...records, write } };
    },
  };
};
const movesTo =
  (state: string) =>
  (writes: readonly RecordWrite[]): boolean =>
    writes.some(({ value }) => value?.state === state);

describe('sends that fall due', () => {
  it('are told by the sweeper once their time has come, each once, and leave the indexes', async () => {
    const house = await smallHouse();
    const sends = await sendsIn(house, 10 * minute, 250);
    expect(await sweepSends(house.ports)).toBe(0);
    expect(await indexed(house)).toBe(500);
    house.advance(11 * minute);
    expect(await sweepSends(house.ports)).toBe(250);
    expect(toldSends(house).sort()).toEqual(ids(sends));
    expect(await stateOf(house, sends[0])).toBe('out');
    expect(await indexed(house)).toBe(0);
    expect(await sweepSends(house.ports)).toBe(0);
  });

  it('are told once when two sweepers look at the same time', async () => {
    const house = await smallHouse();
    const sends = await sendsIn(house, minute, 40);
    house.advance(2 * minute);
    await Promise.all([sweepSends(house.ports), sweepSends(house.ports), sweepSends(house.ports)]);
    expect(toldSends(house).sort()).toEqual(ids(sends));
  });

  it('are never told after they were taken back, whoever is faster', async () => {
    const house = await smallHouse();
    const sends = await sendsIn(house, minute, 60);
    house.advance(2 * minute);
    const [, ...found] = await Promise.all([
      sweepSends(house.ports),
      ...sends.map(({ id }) => cancelSend(house.ports, house.client.id, id)),
    ]);
    const back = sends.filter((_, index) => found[index]?.state === 'scheduled');
    expect(toldSends(house).sort()).toEqual(ids(sends.filter((send) => !back.includes(send))));
    for (const send of back) expect(await stateOf(house, send)).toBeUndefined();
    expect(await indexed(house)).toBe(0);
  });

  it('of one client do not wait for those of another that cannot be told', async () => {
    const house = await smallHouse({
      wrap: (ports) => {
        const { publish } = ports.events;
        const refuses: Ports['events']['publish'] = async (events) => {
          if (events.some(({ client }) => client === 'poor')) throw new Error('not taken');
          await publish(events);
        };
        return { ...ports, events: { publish: refuses } };
      },
    });
    await sendsIn(house, minute, 20, 'poor');
    const sends = await sendsIn(house, minute, 20);
    house.advance(2 * minute);
    await sweepSends(house.ports);
    expect(toldSends(house).sort()).toEqual(ids(sends));
    expect(house.logs.some(({ code, fields }) => code === 'sends.sweep_failed' && fields.client === 'poor')).toBe(true);
  });
});

describe('a send whose telling is disturbed', () => {
  it('at once is kept, and told by the sweeper under the same id', async () => {
    let away = true;
    const house = await smallHouse({
      wrap: (ports) => {
        const { publish } = ports.events;
        const events: Ports['events'] = {
          publish: async (all) => {
            if (away) throw new Error('the bus is away');
            await publish(all);
          },
        };
        return { ...ports, events };
      },
    });
    const sends = await sendsIn(house, 0, 2);
    expect(toldSends(house)).toEqual([]);
    away = false;
    await sweepSends(house.ports);
    // Whoever accepted it may still be telling it.
    expect(toldSends(house)).toEqual([]);
    house.advance(3 * minute);
    await sweepSends(house.ports);
    expect(toldSends(house).sort()).toEqual(ids(sends));
    expect(await stateOf(house, sends[0])).toBe('out');
  });

  it.each([
    ['before it is claimed', 'before', 'due', 1],
    ['right after it was claimed', 'after', 'due', 1],
    ['before it is noted that it was told', 'before', 'out', 2],
    ['right after that was noted', 'after', 'out', 1],
  ] as const)('%s is told by the next sweeper, under the same id', async (_name, when, state, times) => {
    const house = await smallHouse(failing(when, movesTo(state)));
    const [send] = await sendsIn(house, minute, 1);
    house.advance(2 * minute);
    await sweepSends(house.ports);
    for (let sweeps = 0; sweeps < 4; sweeps++) {
      house.advance(3 * minute);
      await sweepSends(house.ports);
    }
    expect(toldSends(house)).toEqual(Array.from({ length: times }, () => send?.id));
    expect(await stateOf(house, send)).toBe('out');
    expect(await indexed(house)).toBe(0);
  });

  it('leaves nothing that is told when it could not be kept', async () => {
    const house = await smallHouse(failing('before', movesTo('scheduled')));
    await expect(sendsIn(house, minute, 1)).rejects.toThrow('the store is away');
    expect(await indexed(house)).toBe(2);
    house.advance(2 * minute);
    await sweepSends(house.ports);
    // Its send may still be on its way to the store.
    expect(await indexed(house)).toBe(2);
    house.advance(120 * minute);
    await sweepSends(house.ports);
    expect(await indexed(house)).toBe(0);
    expect(toldSends(house)).toEqual([]);
  });
});

describe('the index of what is due', () => {
  it('may say too much: what is out is not told again', async () => {
    const house = await smallHouse();
    const [send] = (await sendsIn(house, 0, 1)) as [Send];
    await house.ports.records.write(systemClient, 'sends', [{ ...dueKey(house.client.id, send), value: {} }]);
    house.advance(5 * minute);
    await sweepSends(house.ports);
    expect(toldSends(house)).toEqual([send.id]);
    expect(await indexed(house)).toBe(0);
  });
});

describe('consent at the time of sending', () => {
  it.each<[string, ProfilePatch['more'] & object, string]>([
    ['wants nothing any more', { optout: 'all' }, 'all'],
    ['does not want the template any more', { optoutTemplates: ['welcome'] }, 'template'],
    ['proved a hardbounce', { status: 'hardbounce' }, 'hardbounce'],
  ])('spares a person who %s', async (_name, more, refused) => {
    const house = await smallHouse();
    await imported(house, 'email\nada@example.com\nbob@example.com\n');
    const [ada, bob] = await sendsIn(house, minute, ['ada@example.com', 'bob@example.com']);
    const change = { kind: 'update' as const, sid: ada?.sid ?? '', job: 'x', patch: { more } };
    expect(await house.ports.profiles.apply(house.client.id, [change])).toEqual([]);
    house.advance(2 * minute);
    await sweepSends(house.ports);
    expect(toldSends(house)).toEqual([bob?.id]);
    expect(await findSend(house.ports, house.client.id, ada?.id ?? '')).toMatchObject({ state: 'refused', refused });
    expect(await indexed(house)).toBe(0);
  });
});
