// Promises about events that come in any order, again, in parts, or through workers that die: what is kept is the same.
import fc from 'fast-check';
import { afterEach, describe, expect, it } from 'vitest';
import { findBlast } from '../../functions/jobs/campaigns/blasts.ts';
import type { Ports, RecordTable } from '../../functions/jobs/ports.ts';
import { shardCount, sidOf } from '../../functions/jobs/profile.ts';
import { campaignsOf, recipientsOf } from '../../functions/jobs/recipients/recipient.ts';
import { addBlast, importEvents, type Line, submitEvents } from '../helpers/campaigns.ts';
import { type House, openHouse } from '../helpers/house.ts';
import { settled } from '../helpers/jobs.ts';
import { personOf } from '../helpers/people.ts';

let house: House;
afterEach(() => house.close());

const people = ['ada', 'bob', 'cyd'];
interface Told {
  person: string;
  /** Which of two campaigns. */
  campaign: 0 | 1;
  event: string;
  /** Seconds. */
  time: number;
  url?: string;
  device?: string;
}

/** All that is kept of these people and campaigns, and what was counted of them, whoever they are. */
const keptOf = async (domain: string, blasts: readonly number[]): Promise<unknown> => {
  const { ports, client } = house;
  const campaigns: unknown[] = [];
  const names = new Map(people.map((name) => [sidOf(client.id, `${name}@${domain}`), name]));
  for (const blast of blasts) {
    const got: unknown[] = [];
    for await (const page of recipientsOf(ports, client.id, blast, { from: 0, to: shardCount }))
      for (const { sid, happenings } of page) got.push([names.get(sid), happenings]);
    campaigns.push([got.sort(), (await findBlast(ports, client.id, blast))?.stats]);
  }
  const persons: unknown[] = [];
  for (const [sid, name] of names) {
    const own: unknown[] = [];
    for await (const page of campaignsOf(ports, client.id, sid)) own.push(...page);
    const { version: _, ...stats } = own.length === 0 ? {} : ((await personOf(house, `${name}@${domain}`)).stats ?? {});
    persons.push([name, own, stats]);
  }
  return { campaigns, persons };
};

const lineOf = ({ person, campaign, ...rest }: Told, domain: string, blasts: readonly number[]): Line => ({
  ...rest,
  email: `${person}@${domain}`,
  blast_id: blasts[campaign],
});

const twoBlasts = async (): Promise<number[]> => [
  await addBlast(house.ports, house.client),
  await addBlast(house.ports, house.client),
];

const told: fc.Arbitrary<Told> = fc.record(
  {
    person: fc.constantFrom(...people),
    campaign: fc.constantFrom(0, 1),
    event: fc.constantFrom('send', 'open', 'click', 'purchase'),
    time: fc.integer({ min: 1717200000, max: 1717200000 + 20 * 86400 }),
    url: fc.constantFrom('https://example.com/a', 'https://example.com/b'),
    device: fc.constantFrom('iPhone', 'Outlook', 'Gmail'),
  },
  { requiredKeys: ['person', 'campaign', 'event', 'time'] },
);

describe('events of campaigns', () => {
  it('leave the same behind in any order, told again, and split over any number of jobs', async () => {
    house = await openHouse({ batch: 7, tuning: { chunkRows: 10, inlineRows: 0 } });
    let run = 0;
    await fc.assert(
      fc.asyncProperty(
        fc.array(told, { minLength: 1, maxLength: 40 }),
        fc.array(fc.tuple(fc.nat(), fc.nat({ max: 2 })), { minLength: 60, maxLength: 60 }),
        async (events, plan) => {
          const [straight, shuffled] = [`s${run}.example.com`, `t${run++}.example.com`];
          const [one, other] = [await twoBlasts(), await twoBlasts()];
          await importEvents(
            house,
            events.map((event) => lineOf(event, straight, one)),
          );
          // Every event once, some again; each in one of three jobs, in an order of its own.
          const drawn = plan.map(([rank, job], index) => ({ rank, job, event: events[index % events.length] as Told }));
          const again = drawn.toSorted((left, right) => left.rank - right.rank);
          for (const part of [0, 1, 2]) {
            const lines = again.filter(({ job }) => job === part).map(({ event }) => lineOf(event, shuffled, other));
            if (lines.length > 0) await submitEvents(house.ports, house.client, lines);
          }
          await house.settle();
          expect(await keptOf(shuffled, other)).toEqual(await keptOf(straight, one));
        },
      ),
      { numRuns: 12 },
    );
  });
});

const history: Told[] = people.flatMap((person, index): Told[] => [
  { person, campaign: 0, event: 'send', time: 1717200000 + index },
  { person, campaign: 0, event: 'open', time: 1717200100 + index, device: 'iPhone' },
  { person, campaign: 1, event: 'click', time: 1717290000 + index, url: 'https://example.com/a' },
]);
const domain = 'example.com';

/** A house in which the `nth` call of a kind dies, once; before or after it did its work. */
const dyingHouse = async (
  kind: 'records' | 'profiles' | 'account',
  nth: number,
  after: boolean,
): Promise<() => boolean> => {
  let [calls, died, armed] = [0, false, false];
  const dying =
    <Args extends unknown[], R>(call: (...args: Args) => Promise<R>) =>
    async (...args: Args): Promise<R> => {
      const dies = armed && ++calls === nth;
      if (dies && !after) {
        died = true;
        throw new Error('the worker died');
      }
      const result = await call(...args);
      if (!dies) return result;
      died = true;
      throw new Error('the worker died');
    };
  house = await openHouse({
    tuning: { inlineRows: 0 },
    wrap: (ports) => {
      const { records, profiles, jobs } = ports;
      if (kind === 'records') {
        const write = dying(records.write.bind(records));
        const ofRecipients: Ports['records']['write'] = (client, table: RecordTable, writes) =>
          table === 'recipients' ? write(client, table, writes) : records.write(client, table, writes);
        return { ...ports, records: { ...records, write: ofRecipients } };
      }
      if (kind === 'profiles')
        return { ...ports, profiles: { ...profiles, apply: dying(profiles.apply.bind(profiles)) } };
      return { ...ports, jobs: { ...jobs, account: dying(jobs.account.bind(jobs)) } };
    },
  });
  armed = true;
  return () => died;
};

describe('a worker that dies while it brings events in', () => {
  it.each([
    ['before each write of recipients', 'records', false],
    ['after each write of recipients', 'records', true],
    ['before the profiles are written', 'profiles', false],
    ['after the profiles were written', 'profiles', true],
    ['before the chunk is accounted', 'account', false],
  ] as const)('%s: the next one leaves the same behind, and tells the same outcomes', async (_, kind, after) => {
    house = await openHouse();
    const clean = await twoBlasts();
    await importEvents(
      house,
      history.map((event) => lineOf(event, domain, clean)),
    );
    const wanted = await keptOf(domain, clean);
    await house.close();
    for (let nth = 1; ; nth++) {
      const died = await dyingHouse(kind, nth, after);
      const blasts = await twoBlasts();
      const submitted = await submitEvents(
        house.ports,
        house.client,
        history.map((event) => lineOf(event, domain, blasts)),
      );
      const job = await settled(house, submitted);
      if (!died()) {
        expect(nth).toBeGreaterThan(1);
        return;
      }
      expect(job).toMatchObject({ state: 'completed', counts: { created: 9 } });
      expect(await keptOf(domain, blasts)).toEqual(wanted);
      await house.close();
    }
  });
});
