// A process that does a whole road of jobs and kills itself on the way, as the kernel or a power switch would.
// Its one argument is JSON, its answers are lines of JSON.
import { writeSync } from 'node:fs';
import { openHome } from '../../functions/embedded/home.ts';
import { resume, sweep } from '../../functions/jobs/sweep.ts';
import { openHouse } from './house.ts';
import { roadHouse, roads } from './roads.ts';
import { countDurable, countPosts, type OnStep } from './steps.ts';

export interface Run {
  road: string;
  home: string;
  /** Where postbacks go. */
  hook: string;
}

export interface Orders {
  /** What a process that died has left: to be brought to its end. */
  finish?: Run;
  /** What to begin, or to go on with, and right before which step to die, counted from 0. */
  begin?: Run & { dieAt: number; again?: boolean };
}

/** What a run ended with; of one that was to die, that it did not, and how many steps it had. */
export type Answer = { finished: unknown } | { alive: unknown; steps: number } | { step: string };

const say = (answer: Answer): void => {
  writeSync(1, `${JSON.stringify(answer)}\n`);
};

const { finish, begin } = JSON.parse(process.argv[2] ?? '{}') as Orders;

const run = async ({ road, home, hook }: Run, again: boolean, onStep?: OnStep): Promise<unknown> => {
  const held = openHome(home);
  const house = await openHouse({
    home,
    ...roadHouse,
    ...(onStep && { wrap: (ports) => ({ ...ports, hooks: countPosts(ports.hooks, onStep) }) }),
  });
  // As a start of the server does.
  house.ports.messages.reviveInFlight();
  await resume(house.ports);
  await sweep(house.ports);
  const facts = await roads[road]?.(house, hook, again);
  await house.close();
  held.close();
  return facts;
};

if (finish) say({ finished: await run(finish, true) });
if (begin) {
  let steps = 0;
  const onStep = (name: string): void => {
    if (steps++ !== begin.dieAt) return;
    say({ step: name });
    process.kill(process.pid, 'SIGKILL');
  };
  countDurable(onStep);
  say({ alive: await run(begin, begin.again ?? false, onStep), steps });
}
