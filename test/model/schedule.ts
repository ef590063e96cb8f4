// One schedule: everything that happens from the first request until nothing is left to do, step by step as the seed says.
import { cancelJob, pauseJob, resumeJob, retryJob } from '../../functions/jobs/control.ts';
import { RetryLater } from '../../functions/jobs/errors.ts';
import { buryMessage, handleMessage } from '../../functions/jobs/handle.ts';
import { isEnded, type Job } from '../../functions/jobs/job.ts';
import { readPlan } from '../../functions/jobs/plan-record.ts';
import type { Message } from '../../functions/jobs/ports.ts';
import { submit } from '../../functions/jobs/submit.ts';
import { sweep } from '../../functions/jobs/sweep.ts';
import type { Coverage } from './coverage.ts';
import { checkEnd, checkForgotten } from './invariants.ts';
import { portsOf } from './ports.ts';
import type { Letter } from './queues.ts';
import { type Rules, soundRules } from './rules.ts';
import type { Settings } from './settings.ts';
import { Stage } from './stage.ts';
import { makeWorkload, type Order } from './workload.ts';
import type { Actor } from './world.ts';

/** More steps than any sound schedule takes. */
const mostSteps = 60_000;
const mostRetries = 2;
/** A job that wants a look sooner than this has a duty left. */
const dutiesWithin = 30 * 60_000;
/** Before a failed message comes again, by how often it was tried. */
const backoff = [1_000, 5_000, 30_000];

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
  #actors = 0;
  #retries = 0;

  constructor(stage: Stage, rules: Rules) {
    this.stage = stage;
    this.#rules = rules;
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
      this.#submit(this.#orders.shift() as Order);
      return true;
    }
    if (!world.calm && random.chance(settings.sweep) && this.#sweep()) return true;
    if (!world.calm && random.chance(settings.control) && this.#control()) return true;
    if (canTake && (!world.canStep || random.chance(0.1))) {
      await this.#take(random.pick(letters));
      return true;
    }
    const actor = world.step();
    if (actor) {
      if (!actor.over && world.fault('crash')) this.#crash(actor);
      else if (!actor.over && world.fault('freeze')) this.#freeze(actor);
      return true;
    }
    return this.#jump();
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
      this.#act('resume', held);
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
    return this.#sweep();
  }

  #nextDue(): number | undefined {
    const times = [...this.stage.jobs.jobs.values()].flatMap(({ due }) => (due === undefined ? [] : [due]));
    return times.length > 0 ? Math.min(...times) : undefined;
  }

  #unfinished(): Job[] {
    return [...this.stage.jobs.jobs.values()].filter((job) => !isEnded(job));
  }

  #actor(kind: Actor['kind'], what: string, message?: Message): Actor {
    const name = `${kind}${++this.#actors}${what && `(${what})`}`;
    return { name, kind, frozenUntil: 0, over: false, disturbed: false, ...(message && { message }) };
  }

  #submit({ client, request }: Order): void {
    const actor = this.#actor('submit', request.type);
    this.stage.world.start(
      actor,
      () => submit(portsOf(this.stage, actor), client, request),
      () => {},
    );
  }

  #sweep(): boolean {
    const { world } = this.stage;
    if (
      !this.#rules.sweeps ||
      [...world.actors].some(({ kind, frozenUntil }) => kind === 'sweep' && frozenUntil <= world.now)
    )
      return false;
    world.seen.add('take sweep');
    const actor = this.#actor('sweep', '');
    world.start(
      actor,
      () => sweep(portsOf(this.stage, actor)),
      () => {},
    );
    return true;
  }

  #control(): boolean {
    const { random, settings } = this.stage.world;
    const jobs = [...this.stage.jobs.jobs.values()];
    if (jobs.length === 0) return false;
    const job = random.pick(jobs);
    if (isEnded(job)) {
      if (this.#retries >= mostRetries) return false;
      this.#retries++;
      this.#act('retry', job);
      // Asked for twice it is one job.
      if (random.chance(0.3)) this.#act('retry', job);
      return true;
    }
    if (random.chance(settings.cancel)) this.#act('cancel', job);
    else this.#act(random.chance(job.state === 'paused' ? 0.9 : 0.2) ? 'resume' : 'pause', job);
    return true;
  }

  #act(wish: 'pause' | 'resume' | 'cancel' | 'retry', { id, client: owner }: Job): void {
    const { world, clients } = this.stage;
    const client = clients.get(owner);
    if (!client) return;
    const actor = this.#actor('control', `${wish} ${world.nameOf(id)}`);
    const acts = { pause: pauseJob, resume: resumeJob, cancel: cancelJob, retry: retryJob };
    world.start(
      actor,
      () => acts[wish](portsOf(this.stage, actor), client, id),
      (error) => world.seen.add(`control ${wish} ${error === undefined ? 'done' : 'refused'}`),
    );
  }

  async #take(letter: Letter): Promise<void> {
    const { world, queues } = this.stage;
    const { message } = letter;
    const what = `${message.kind}${message.kind === 'chunk' ? ` ${message.chunk}` : ''} ${world.nameOf(message.job)}`;
    const dead = letter.receives >= 4;
    const actor = this.#actor(dead ? 'bury' : 'worker', what, message);
    queues.take(letter, actor);
    world.seen.add(`take ${dead ? 'dead letter' : letter.receives > 1 ? 'again' : 'first'}`);
    // Half of the time it is a process that has not seen the plan.
    if (world.random.chance(0.5)) await forgetPlans();
    const ports = portsOf(this.stage, actor);
    let outOfTime = false;
    const budget = () => {
      outOfTime ||= world.fault('outOfTime');
      return outOfTime ? 0 : Number.POSITIVE_INFINITY;
    };
    const work = () =>
      dead ? buryMessage(ports, message) : handleMessage(ports, message, budget, letter.receives > 1);
    world.start(actor, work, (error) => {
      if (error === undefined) return queues.done(letter, actor);
      const wait = error instanceof RetryLater ? error.seconds * 1000 : (backoff[letter.receives - 1] ?? 30_000);
      queues.again(letter, actor, wait);
    });
    this.#held.set(actor, letter);
  }

  readonly #held = new Map<Actor, Letter>();

  /** Its message comes again, as after a worker that is gone. */
  #crash(actor: Actor): void {
    const { world, queues } = this.stage;
    world.kill(actor);
    world.seen.add(`crashed ${actor.kind}`);
    const letter = this.#held.get(actor);
    if (letter) queues.again(letter, actor, world.random.pick([0, 1_000, 60_000]));
  }

  /** Its message comes again while it sleeps, and it goes on afterwards. */
  #freeze(actor: Actor): void {
    const { world, queues } = this.stage;
    const sleep = world.random.whole(1_000, world.settings.sleep);
    actor.frozenUntil = world.now + sleep;
    actor.disturbed = true;
    world.note(`${actor.name} FREEZES for ${sleep / 1000} s`);
    const letter = this.#held.get(actor);
    if (letter) queues.again(letter, actor, world.random.whole(0, sleep));
  }
}

const describe = (job: Job): string =>
  JSON.stringify({ ...job, params: undefined, usage: undefined, times: undefined });

let strangers = 0;

/** Fills the engine's memory of plans with others, as in a process that has just begun. */
const forgetPlans = async (): Promise<void> => {
  const plan = Buffer.from('{"prepared":null,"first":0,"chunks":[]}');
  for (let index = 0; index < 16; index++)
    await readPlan(
      {
        files: {
          get: async function* () {
            yield plan;
          },
        } as never,
      },
      `stranger ${++strangers}`,
    );
};
