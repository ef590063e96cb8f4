// What people and mailboxes said about mail outlives every import.
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { Profile } from '../../functions/jobs/profile.ts';
import { type House, openHouse } from '../helpers/house.ts';
import { exported, imported } from '../helpers/jobs.ts';
import { addPerson, personOf } from '../helpers/people.ts';

const optoutAt = Date.UTC(2024, 1, 3, 4, 5, 6);
const statusAt = Date.UTC(2024, 2, 4, 5, 6, 7);

type Case = [what: string, said: Partial<Profile>, cells: string];
const cases: Case[] = [
  ['is out of all mail', { optout: 'all', optoutAt }, 'optout,"2024/02/03 04:05:06",Valid,'],
  ['is out of campaigns', { optout: 'blast', optoutAt }, 'dormant,"2024/02/03 04:05:06",Valid,'],
  ['is out of all but the basics', { optout: 'basic', optoutAt }, 'dormant,"2024/02/03 04:05:06",Valid,'],
  ['bounced for good', { status: 'hardbounce', statusAt }, 'hardbounce,,Hardbounce,"2024/03/04 05:06:07"'],
  ['bounced once', { status: 'softbounce', statusAt }, 'dormant,,Softbounce,"2024/03/04 05:06:07"'],
  [
    'is out of all mail and bounced for good',
    { optout: 'all', optoutAt, status: 'hardbounce', statusAt },
    'hardbounce,"2024/02/03 04:05:06",Hardbounce,"2024/03/04 05:06:07"',
  ],
];

describe('an import', () => {
  let house: House;
  beforeEach(async () => {
    house = await openHouse();
  });
  afterEach(() => house.close());

  it.each(cases)('brings who %s into the list and leaves that as it is', async (_what, said, cells) => {
    const { id: old } = await house.ports.lists.ensure(house.client.id, 'Old', 1);
    const stats = { opens: 3, messages: 9 };
    const before = await addPerson(house, 'ada@example.com', {
      vars: { city: 'Oslo', kept: 'yes' },
      lists: { [old]: 1 },
      source: 'web',
      stats,
      ...said,
    });
    const file =
      'email,city,optout,optout_email,optout_time,status,email_status,engagement,source\nAda@example.com,Bergen,none,none,,valid,Valid,engaged,shop\n';
    for (const outcome of ['updated', 'unchanged']) {
      const job = await imported(house, file, { list: 'New' });
      expect(job.counts).toEqual({ [outcome]: 1 });
    }
    const now = await personOf(house, 'ada@example.com');
    const list = await house.ports.lists.find(house.client.id, 'New');
    const { vars, lists, changedBy, ...rest } = now;
    const { vars: _vars, lists: _lists, changedBy: _changedBy, ...restBefore } = before;
    expect(rest).toEqual({ ...restBefore, source: 'shop' });
    expect(vars).toEqual({
      city: 'Bergen',
      kept: 'yes',
      optout: 'none',
      optout_email: 'none',
      status: 'valid',
      email_status: 'Valid',
      engagement: 'engaged',
    });
    expect(Object.keys(lists).toSorted()).toEqual([old, list?.id].toSorted());
    expect(lists[old]).toBe(1);
    expect(changedBy).not.toBe(before.changedBy);
    const fields = { engagement: 1, optout_time: 1, email_status: 1, email_status_time: 1 };
    for (const name of ['Old', 'New']) {
      const [, line, ...more] = await exported(house, name, { fields });
      expect(line?.split(',').slice(2).join(',')).toBe(cells);
      expect(more).toEqual([]);
    }
  });

  it('of addresses alone leaves it as it is too', async () => {
    await addPerson(house, 'ada@example.com', { optout: 'all', optoutAt, status: 'hardbounce', statusAt });
    const job = await imported(house, 'ada@example.com\n', { list: 'New' });
    expect(job.counts).toEqual({ updated: 1 });
    expect(await personOf(house, 'ada@example.com')).toMatchObject({
      optout: 'all',
      optoutAt,
      status: 'hardbounce',
      statusAt,
    });
  });
});
