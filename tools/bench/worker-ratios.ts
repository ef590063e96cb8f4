// The worker on AWS beside a plain loop that did the same work in the same run: every figure as a ratio, which another machine moves less.
import { type Figure, figure, type Section, WrongResult } from './figures.ts';

/** The afternoon's loops, by the name that their process is started with. */
export const loopNames = { updates: 'one update a row', puts: 'batches of puts' } as const;
export type Loop = keyof typeof loopNames;

const works = ['import, new rows', 'import, unchanged rows', 'export'];

/** AWS asks as much for five read units as for one write unit. */
const readsPerWrite = 5;

const value = ({ title, figures }: Section, what: string, otherwise?: number): number => {
  const found = figures.find((each) => each.what === what)?.value ?? otherwise;
  if (found === undefined) throw new WrongResult(`"${title}" has no figure "${what}"`);
  return found;
};

/** Price of the units of all tables, in write units. */
const priceOf = (section: Section, work: string): number => {
  const units = (of: 'read' | 'write'): number =>
    value(section, `${work}: ${of} units`) + value(section, `${work}: ${of} units of jobs, lists, clients`, 0);
  return units('write') + units('read') / readsPerWrite;
};

const ratiosOf = (work: string, worker: Section, loop: Section): Figure[] => {
  const times = (what: string, ours: number, theirs: number): Figure =>
    figure(`${work}: ${what}`, ours / theirs, 'times');
  /** A figure of the worker with what its planner adds to it; exports have no planner of their own. */
  const whole = (what: string): number =>
    value(worker, `${work}: ${what}`) + value(worker, `${work}: planner, ${what}`, 0);
  const speed = value(worker, `${work}: with the planner`, value(worker, work));
  return [
    times('rows/s', speed, value(loop, work)),
    times('CPU', whole('CPU'), value(loop, `${work}: CPU`)),
    times('peak memory', value(worker, `${work}: peak memory`), value(loop, `${work}: peak memory`)),
    times('requests', whole('requests'), value(loop, `${work}: requests`)),
    times('price of the units', priceOf(worker, work), priceOf(loop, work)),
  ];
};

/** How many times a plain loop's figures the worker's are. Throws WrongResult when one of them is missing. */
export const workerRatios = (worker: Section, loop: Section, loopName: string): Section => ({
  title: `The worker on AWS against ${loopName}`,
  notes: [
    'The worker with its planner, over the plain loop. More is better for rows/s, less for all else.',
    'Price: a read unit is a fifth of a write unit; the few units that planning takes, whatever the rows, are left out.',
  ],
  figures: works.flatMap((work) => ratiosOf(work, worker, loop)),
});
