// Promises about a process that is killed: wherever on its road that happens, the next one brings everything to the same end.
// STEVEDORE_DEATHS=all dies at every step of every road; without it, at some steps of the longer ones.
import { afterAll, beforeAll, expect, it } from 'vitest';
import { type Death, openDeaths } from '../helpers/deaths.ts';

const all = process.env.STEVEDORE_DEATHS === 'all';

let deaths: Awaited<ReturnType<typeof openDeaths>>;
beforeAll(async () => {
  deaths = await openDeaths();
});
afterAll(() => deaths.close());

const oneOf = ({ postbacks }: Pick<Death, 'postbacks'>) => {
  for (const { ids } of postbacks) expect(ids).toHaveLength(1);
};

it.each([
  ['import', 'an import and an export', 1],
  ['pause', 'a job that is paused and resumed', 16],
  ['cancel', 'a job that is cancelled and retried', 24],
])(
  'road "%s": %s come to the same end wherever the process is killed, with one mail, and one id for all postbacks of a job',
  async (road, _, every) => {
    const facts = await deaths.undisturbed(road);
    const found = await deaths.walk(road, { every: all ? 1 : every });
    expect(found.length).toBeGreaterThan(8);
    for (const death of found) {
      expect(death.facts, `killed at step ${death.at}: ${death.step}`).toEqual(facts);
      oneOf(death);
    }
  },
  1200_000,
);

it('an import and an export come to the same end although every process is killed after a few steps', async () => {
  const facts = await deaths.undisturbed('import');
  const found = await deaths.again('import', 22);
  expect(found.died).toBeGreaterThan(5);
  expect(found.facts).toEqual(facts);
  oneOf(found);
});
