// Promises about whom the history of campaigns belongs to, when people have other keys, later addresses, or become one.
import { afterEach, describe, expect, it } from 'vitest';
import { changePerson, forgetPerson } from '../../functions/jobs/people/one-person.ts';
import { type Profile, shardCount, sidOf } from '../../functions/jobs/profile.ts';
import { recipientsOf } from '../../functions/jobs/recipients/recipient.ts';
import { addBlast, importEvents, type Line } from '../helpers/campaigns.ts';
import { type House, openHouse } from '../helpers/house.ts';
import { addPerson } from '../helpers/people.ts';

let house: House;
afterEach(() => house.close());

const [ada, bob] = ['ada@example.com', 'bob@example.com'];
const line = (blast_id: number, event: string, second: number, more: Line = {}): Line => ({
  email: ada,
  blast_id,
  event,
  time: 1717243200 + second,
  ...more,
});

const bySid = async (sid: string): Promise<Profile | undefined> =>
  (await house.ports.profiles.read(house.client.id, [sid], { fresh: true }))[0];

const peopleOf = async (blast: number): Promise<unknown[]> => {
  const found: unknown[] = [];
  for await (const page of recipientsOf(house.ports, house.client.id, blast, { from: 0, to: shardCount }))
    for (const { sid, happenings } of page)
      found.push([sid, happenings.open?.first.length ?? 0, happenings.send?.first.length ?? 0]);
  return found;
};

describe('events of a person', () => {
  it('belong to whoever has the key, the profile id or the later address that a line names', async () => {
    house = await openHouse();
    const blast = await addBlast(house.ports, house.client);
    const { sid } = await addPerson(house, ada);
    await changePerson(house, { name: 'email', value: ada }, { keys: { extid: '4711', email: bob } });
    const job = await importEvents(house, [
      line(blast, 'open', 1),
      line(blast, 'open', 2, { email: bob }),
      line(blast, 'open', 3, { email: undefined, id: '4711', key: 'extid' }),
      line(blast, 'open', 4, { email: undefined, id: sid }),
      line(blast, 'open', 5, { email: undefined, id: bob, key: 'email' }),
      line(blast, 'open', 6, { email: undefined, id: '4712', key: 'extid' }),
    ]);
    expect(job.counts).toEqual({ created: 5, rejected: 1 });
    expect(job.reasons).toEqual({ 'there is no such person, and no address to create one with': 1 });
    expect((await bySid(sid))?.stats).toMatchObject({ opens: 5 });
    expect(await peopleOf(blast)).toEqual([[sid, 5, 0]]);
  });

  it('are put together when two people turn out to be one', async () => {
    house = await openHouse();
    const [one, other] = [await addBlast(house.ports, house.client), await addBlast(house.ports, house.client)];
    await importEvents(house, [
      line(one, 'send', 0),
      line(one, 'open', 1),
      line(one, 'open', 1, { email: bob }),
      line(one, 'open', 2, { email: bob }),
      line(other, 'send', 0, { email: bob }),
    ]);
    const stays = sidOf(house.client.id, ada);
    await changePerson(house, { name: 'email', value: ada }, { keys: { email: bob }, onConflict: 'merge' });
    expect(await bySid(sidOf(house.client.id, bob))).toBeUndefined();
    expect(await peopleOf(one)).toEqual([[stays, 2, 1]]);
    expect(await peopleOf(other)).toEqual([[stays, 0, 1]]);
    expect((await bySid(stays))?.stats).toMatchObject({ opens: 2, messages: 2 });
  });

  it('are forgotten with the person', async () => {
    house = await openHouse();
    const blast = await addBlast(house.ports, house.client);
    await importEvents(house, [line(blast, 'send', 0), line(blast, 'open', 1), line(blast, 'send', 0, { email: bob })]);
    await forgetPerson(house, { name: 'email', value: ada });
    expect(await peopleOf(blast)).toEqual([[sidOf(house.client.id, bob), 0, 1]]);
  });
});
