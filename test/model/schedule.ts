// One schedule: everything that happens from the first request until nothing is left to do, step by step as the seed says.
import { isEnded, type Job } from '../../functions/jobs/job.ts';
import { Cast } from './cast.ts';
import type { Coverage } from './coverage.ts';
import { checkEnd, checkForgotten } from './invariants.ts';
import { type Rules, soundRules } from './rules.ts';
import type { Settings } from './settings.ts';
import { Stage } from './stage.ts';
import { fileOf, makeWorkload, type Order } from './workload.ts';

/** More steps than any sound schedule takes. */
const mostSteps = 60_000;
/** A job that wants a look sooner than this has a duty left. */
const dutiesWithin = 30 * 60_000;

export interface Outcome {
  seed: number;
  violations: readonly string[];
  steps: number;
  jobs: number;
  seen: Coverage;
  trace: readonly string[];
}

export interface Options {
  rules?: Rules;
  /** What is to be so whatever the seed says. */
  settings?: Partial<Settings>;
  traced?: boolean;
}

export const runSchedule = async (seed: number, options: Options = {}): Promise<Outcome> => {
  const rules = options.rules ?? soundRules;
  const run = new Run(new Stage(seed, rules, options), rules);
  await run.toTheEnd();
  const { world, jobs } = run.stage;
  return {
    seed,
    violations: world.violations,
    steps: world.steps,
    jobs: jobs.jobs.size,
    seen: world.seen,
    trace: world.trace ?? [],
  };
};

class Run {
  readonly stage: Stage;
  readonly #rules: Rules;
  readonly #orders: Order[];
  readonly #cast: Cast;
  /** Keys for which it is decided whether a file comes. */
  readonly #decided = new Set<string>();

  constructor(stage: Stage, rules: Rules) {
    this.stage = stage;
    this.#rules = rules;
    this.#cast = new Cast(stage, rules);
    this.#orders = makeWorkload(stage);
  }

  async toTheEnd(): Promise<void> {
    const { world } = this.stage;
    let checked = false;
    while (world.violations.length === 0) {
      if (world.steps++ > mostSteps) {
        world.violate(
          `stuck: ${this.#unfinished().map(describe).join('; ') || 'there is always something left to do'}`,
        );
        return;
      }
      await this.#settle();
      if (await this.#move()) continue;
      // Nothing moves by itself any more: the last jobs are let go on, then it is time to look at what came of it.
      if (this.#wakeUp()) continue;
      if (!checked) {
        checked = true;
        checkEnd(this.stage);
        continue;
      }
      if (this.#jumpToSweep()) continue;
      if (this.#rules.sweeps) checkForgotten(this.stage);
      return;
    }
  }

  /** Lets everything run that waits for nothing. */
  #settle(): Promise<void> {
    return new Promise((resolve) => setImmediate(resolve));
  }

  /** One thing happens; false when nothing can without the sweeper or a person. */
  async #move(): Promise<boolean> {
    const { world, queues } = this.stage;
    const { random, settings } = world;
    // Every step takes a little time.
    world.now += random.whole(0, 20);
    const letters = queues.visible();
    const busy = [...world.actors].filter(
      ({ kind, frozenUntil }) => kind !== 'control' && kind !== 'sweep' && frozenUntil <= world.now,
    );
    const canTake = letters.length > 0 && busy.length < settings.workers;
    if (this.#orders.length > 0 && (random.chance(0.02) || (!world.canStep && !canTake))) {
      this.#cast.submit(this.#orders.shift() as Order);
      return true;
    }
    if (random.chance(0.02) && this.#upload()) return true;
    if (!world.calm && random.chance(settings.sweep) && this.#cast.sweep()) return true;
    if (!world.calm && random.chance(settings.control) && this.#cast.control()) return true;
    if (canTake && (!world.canStep || random.chance(0.1))) {
      await this.#cast.take(random.pick(letters));
      return true;
    }
    const actor = world.step();
    if (actor) {
      if (!actor.over && world.fault('crash')) this.#cast.crash(actor);
      else if (!actor.over && world.fault('freeze')) this.#cast.freeze(actor);
      return true;
    }
    return this.#jump();
  }

  /** The file of a job that waits for one is put; false when none waits, or nobody ever brings it. */
  #upload(): boolean {
    const { world, jobs } = this.stage;
    const waiting = [...jobs.jobs.values()].find(({ ticket }) => ticket && !this.#decided.has(ticket.key));
    if (!waiting?.ticket) return false;
    this.#decided.add(waiting.ticket.key);
    // The form for it is good for an hour.
    if (waiting.ticket.expiresAt <= world.now || world.random.chance(0.2)) return false;
    this.#cast.upload(waiting.ticket.key, fileOf(waiting.ticket.filename));
    return true;
  }

  /** The clock goes on to the next message, or to the moment when a frozen worker wakes. */
  #jump(): boolean {
    const { world, queues } = this.stage;
    const times = [queues.next, world.thaws].filter((at): at is number => at !== undefined);
    // A job that is due before that does not wait for it.
    const due = this.#nextDue();
    if (times.length === 0 || (due !== undefined && due < Math.min(...times) && this.#rules.sweeps)) return false;
    world.now = Math.max(world.now, ...[Math.min(...times)]);
    return true;
  }

  /** When nothing else can move: the sweeper, or somebody who lets a held job go on. */
  #wakeUp(): boolean {
    const { world } = this.stage;
    const paused = this.#unfinished().filter(({ state }) => state === 'paused');
    const [held] = paused;
    if (held && !(world.settings.forgotten && this.#rules.sweeps)) {
      this.#cast.act('resume', held);
      return true;
    }
    // Duties are minutes ahead; what is further away is the end of a file's time.
    const open =
      this.#unfinished().length > 0 || (this.#nextDue() ?? Number.POSITIVE_INFINITY) < world.now + dutiesWithin;
    const waiting = world.thaws !== undefined || !this.stage.queues.empty;
    return (open || waiting) && this.#jumpToSweep();
  }

  #jumpToSweep(): boolean {
    const { world } = this.stage;
    const due = this.#nextDue();
    if (due === undefined || !this.#rules.sweeps) return false;
    world.now = Math.max(world.now, due);
    return this.#cast.sweep();
  }

  #nextDue(): number | undefined {
    const times = [...this.stage.jobs.jobs.values()].flatMap(({ due }) => (due === undefined ? [] : [due]));
    return times.length > 0 ? Math.min(...times) : undefined;
  }

  #unfinished(): Job[] {
    return [...this.stage.jobs.jobs.values()].filter((job) => !isEnded(job));
  }
}

const describe = (job: Job): string =>
  JSON.stringify({ ...job, params: undefined, usage: undefined, times: undefined });
