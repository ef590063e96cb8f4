// The bench's ratios are the worker's whole work over the loop's, and a figure that is missing is never taken for nothing.
import { expect, test } from 'vitest';
import { type Figure, figure, type Section } from '../../tools/bench/figures.ts';
import { workerRatios } from '../../tools/bench/worker-ratios.ts';

const works = ['import, new rows', 'import, unchanged rows', 'export'];
const costs = { rate: 1000, CPU: 100, 'peak memory': 300, requests: 50, 'read units': 0, 'write units': 2000 };
const sectionOf = (title: string, perWork: Record<string, number>): Section => ({
  title,
  notes: [],
  figures: works.flatMap((work) =>
    Object.entries(perWork).map(
      ([what, value]): Figure => figure(what === 'rate' ? work : `${work}: ${what}`, value, ''),
    ),
  ),
});
const loop = sectionOf('loop', costs);
const worker = {
  ...costs,
  'with the planner': 500,
  'planner, CPU': 20,
  'planner, requests': 5,
  'read units': 500,
  'write units of jobs, lists, clients': 10,
  'read units of jobs, lists, clients': 50,
};
const ratiosOf = (one: Section, other: Section) =>
  Object.fromEntries(workerRatios(one, other, 'a loop').figures.map(({ what, value }) => [what, value]));

test('a ratio counts what the planner takes and the units of all tables', () => {
  expect(ratiosOf(sectionOf('worker', worker), loop)).toMatchObject({
    'import, new rows: rows/s': 0.5,
    'import, new rows: CPU': 1.2,
    'import, new rows: peak memory': 1,
    'import, new rows: requests': 1.1,
    'import, new rows: price of the units': (2000 + 10 + (500 + 50) / 5) / 2000,
  });
});

test('work without a planner of its own is compared as it is', () => {
  expect(new Set(Object.values(ratiosOf(loop, loop)))).toEqual(new Set([1]));
});

test('a ratio without one of its figures is an error', () => {
  const { requests: _, ...less } = costs;
  expect(() => ratiosOf(loop, sectionOf('less', less))).toThrow('"less" has no figure "import, new rows: requests"');
});
