// No job takes an opt-out or a bounce back unless a row, or the job itself, holds the exact word none.
import fc from 'fast-check';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { Optout, Profile } from '../../functions/jobs/profile.ts';
import { type House, openHouse } from '../helpers/house.ts';
import { importFile, settled, submitJob, updated } from '../helpers/jobs.ts';
import { addPerson, personOf } from '../helpers/people.ts';

const strictness = { none: 0, blast: 1, basic: 2, all: 3 };
const email = 'ada@example.com';

let house: House;
let number = 0;
beforeAll(async () => {
  house = await openHouse();
});
afterAll(() => house.close());

/** Values that somebody may take for consent, but never the word itself. */
const consentLike = fc.oneof(
  fc.constantFrom<unknown>('all', 'basic', 'blast', 'None', 'NONE', ' none', 'none ', 'no', 'in', 'false', '0', ''),
  fc.constantFrom<unknown>(null, false, true, 0, 1, [], {}, ['none'], { none: 1 }),
  fc.string().filter((text) => text !== 'none'),
);
/** Mostly what is taken, so that rows get as far as the profile. */
const word = fc.oneof(
  { weight: 4, arbitrary: fc.constantFrom<unknown>('all', 'basic', 'blast') },
  { weight: 1, arbitrary: consentLike },
);
const members = fc.oneof(
  fc.record({ optout: word }),
  fc.record({ optout_email: word }),
  fc.dictionary(
    fc.constantFrom('optout_time', 'status', 'email_status', 'consents', 'engagement', 'optoutTemplates'),
    consentLike,
  ),
  fc.record({ vars: fc.dictionary(fc.constantFrom('optout', 'status'), consentLike) }),
);
const templates = fc.oneof(
  { weight: 4, arbitrary: fc.constant(undefined) },
  { weight: 1, arbitrary: fc.dictionary(fc.constantFrom('T', 'U'), fc.constantFrom<unknown>(0, 1, false, '0', null)) },
  { weight: 1, arbitrary: fc.array(fc.constantFrom('T', 'U')) },
);
const row = fc.oneof(
  fc
    .tuple(members, templates, fc.boolean())
    .map(([more, optout_templates, byId]) =>
      JSON.stringify({ ...(byId ? { id: 'X', key: 'extid' } : { email }), ...more, optout_templates }),
    ),
  fc.constant(email),
  fc.string({ maxLength: 30 }).map((text) => text.replaceAll('none', '')),
);
const rows = fc.array(row, { maxLength: 6 }).map((list) => list.join('\n'));
const jobs = fc.array(
  fc.oneof(
    fc.record({ type: fc.constant('import' as const), rows }),
    fc.record({ type: fc.constant('update' as const), rows, update: fc.option(members, { nil: undefined }) }),
    fc.record({ type: fc.constant('query' as const), update: members }),
  ),
  { minLength: 1, maxLength: 3 },
);
type Work = (typeof jobs extends fc.Arbitrary<infer T> ? T : never)[number];

const run = async (work: Work): Promise<void> => {
  try {
    if (work.type === 'import')
      await settled(
        house,
        await importFile(house, `email,optout,optout_email,status\n${work.rows}\n${email},none,none,valid`),
      );
    else if (work.type === 'update') await updated(house, work.rows, work.update ? { update: work.update } : {});
    else await settled(house, await submitJob(house, 'update', { query: {}, update: work.update }));
  } catch (error) {
    // Refused, or an input that no job can use: nothing may have been written then either.
    if (!(error instanceof Error)) throw error;
  }
};

describe('consent', () => {
  it('is never lessened by any rows of any jobs without the exact word none', async () => {
    const start = fc.record({
      optout: fc.constantFrom<Optout>('all', 'basic', 'blast'),
      status: fc.constantFrom<NonNullable<Profile['status']>>('softbounce', 'hardbounce'),
    });
    await fc.assert(
      fc.asyncProperty(start, jobs, async (said, works) => {
        // A client of its own for each run: the same base, told apart by nothing but the id.
        const id = `client-${number++}`;
        house.client = {
          ...house.client,
          id,
          username: id,
          apiKey: `key ${id}`,
          organization: number + 1,
          admin: false,
        };
        await house.ports.clients.put(house.client);
        await addPerson(house, email, { ...said, optoutAt: 1, optoutTemplates: ['T'], keys: { extid: 'X' } });
        let before = await personOf(house, email);
        for (const work of works) {
          await run(work);
          const after = await personOf(house, email);
          expect(strictness[after.optout ?? 'none']).toBeGreaterThanOrEqual(strictness[before.optout ?? 'none']);
          expect(after.status).toBe(said.status);
          expect(after.optoutTemplates).toContain('T');
          before = after;
        }
      }),
      { numRuns: 60 },
    );
  });

  it('is given back by the exact word in a line or in the job, and the change keeps job, line and time', async () => {
    const person = await addPerson(house, 'bob@example.com', { optout: 'all', optoutAt: 1, status: 'hardbounce' });
    const weaker = await updated(house, '{"email":"bob@example.com","optout":"blast"}\n');
    expect(weaker.counts).toEqual({ unchanged: 1 });
    const back = await updated(house, 'x@example.com\n{"email":"bob@example.com","optout":"none"}\n');
    const now = await personOf(house, 'bob@example.com');
    expect(now.optout).toBeUndefined();
    expect(now.status).toBe(person.status);
    expect(now.consents).toEqual([{ from: 'all', to: 'none', at: back.startedAt, job: back.id, line: 2 }]);
    const all = await settled(
      house,
      await submitJob(house, 'update', { emails: 'bob@example.com', update: { optout: 'all' } }),
    );
    const both = await updated(house, '{"email":"bob@example.com","optout":"all"}', { update: { optout: 'none' } });
    expect(both.counts).toEqual({ unchanged: 1 });
    expect((await personOf(house, 'bob@example.com')).consents?.at(-1)).toMatchObject({ to: 'all', job: all.id });
  });

  it('of two rows about one person in one job is the stricter one, unless the later says none', async () => {
    const wish = (...words: string[]) =>
      words.map((optout) => JSON.stringify({ email: 'eve@example.com', optout })).join('\n');
    await updated(house, wish('all', 'blast'));
    expect(await personOf(house, 'eve@example.com')).toMatchObject({ optout: 'all' });
    await updated(house, wish('all', 'none'));
    expect((await personOf(house, 'eve@example.com')).optout).toBeUndefined();
  });
});
