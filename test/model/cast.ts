// Who acts in a schedule, how each is set going, and what becomes of its message when it ends, dies or falls asleep.
import { cancelJob, pauseJob, resumeJob, retryJob } from '../../functions/jobs/control.ts';
import { RetryLater } from '../../functions/jobs/errors.ts';
import { buryMessage, handleMessage } from '../../functions/jobs/handle.ts';
import { isEnded, type Job } from '../../functions/jobs/job.ts';
import { readPlan } from '../../functions/jobs/planning/plan-record.ts';
import type { Files, Message } from '../../functions/jobs/ports.ts';
import { uploadArrived } from '../../functions/jobs/schedule.ts';
import { submit } from '../../functions/jobs/submit.ts';
import { sweep } from '../../functions/jobs/sweep.ts';
import { portsOf } from './ports.ts';
import type { Letter } from './queues.ts';
import type { Rules } from './rules.ts';
import type { Stage } from './stage.ts';
import type { Order } from './workload.ts';
import type { Actor } from './world.ts';

const mostRetries = 2;
/** Milliseconds before a failed message comes again, by how often it was tried. */
const backoff = [1_000, 5_000, 30_000];

export class Cast {
  readonly #stage: Stage;
  readonly #rules: Rules;
  readonly #held = new Map<Actor, Letter>();
  #actors = 0;
  #retries = 0;

  constructor(stage: Stage, rules: Rules) {
    this.#stage = stage;
    this.#rules = rules;
  }

  submit({ client, request }: Order): void {
    const actor = this.#actor('submit', request.type);
    this.#stage.world.start(
      actor,
      () => submit(portsOf(this.#stage, actor), client, request),
      () => {},
    );
  }

  /** Somebody puts the file that a job waits for; its event comes once, twice or never. */
  upload(key: string, text: string): void {
    const { world, files } = this.#stage;
    files.put(key, Buffer.from(text));
    for (let events = world.random.pick([0, 1, 1, 2]); events > 0; events--) {
      const actor = this.#actor('submit', 'uploaded');
      world.start(
        actor,
        () => uploadArrived(portsOf(this.#stage, actor), key),
        () => {},
      );
    }
  }

  /** False when the sweeper is at work, or never comes. */
  sweep(): boolean {
    const { world } = this.#stage;
    const awake = [...world.actors].some(({ kind, frozenUntil }) => kind === 'sweep' && frozenUntil <= world.now);
    if (!this.#rules.sweeps || awake) return false;
    world.seen.add('take sweep');
    const actor = this.#actor('sweep', '');
    world.start(
      actor,
      () => sweep(portsOf(this.#stage, actor)),
      () => {},
    );
    return true;
  }

  /** A person does something to some job; false when there is nothing to do. */
  control(): boolean {
    const { random, settings } = this.#stage.world;
    const jobs = [...this.#stage.jobs.jobs.values()];
    if (jobs.length === 0) return false;
    const job = random.pick(jobs);
    if (isEnded(job)) {
      if (this.#retries >= mostRetries) return false;
      this.#retries++;
      this.act('retry', job);
      // Asked for twice it is one job.
      if (random.chance(0.3)) this.act('retry', job);
      return true;
    }
    if (random.chance(settings.cancel)) this.act('cancel', job);
    else this.act(random.chance(job.state === 'paused' ? 0.9 : 0.2) ? 'resume' : 'pause', job);
    return true;
  }

  act(wish: 'pause' | 'resume' | 'cancel' | 'retry', { id, client: owner }: Job): void {
    const { world, clients } = this.#stage;
    const client = clients.get(owner);
    if (!client) return;
    const actor = this.#actor('control', `${wish} ${world.nameOf(id)}`);
    const acts = { pause: pauseJob, resume: resumeJob, cancel: cancelJob, retry: retryJob };
    world.start(
      actor,
      () => acts[wish](portsOf(this.#stage, actor), client, id),
      (error) => world.seen.add(`control ${wish} ${error === undefined ? 'done' : 'refused'}`),
    );
  }

  /** A worker takes a message, or buries it. */
  async take(letter: Letter): Promise<void> {
    const { world, queues } = this.#stage;
    const { message } = letter;
    const what = `${message.kind}${message.kind === 'chunk' ? ` ${message.chunk}` : ''} ${world.nameOf(message.job)}`;
    const dead = queues.isDead(letter);
    const actor = this.#actor(dead ? 'bury' : 'worker', what, message);
    world.seen.add(`take ${dead ? 'dead letter' : letter.receives > 0 ? 'again' : 'first'}`);
    queues.take(letter, actor);
    this.#held.set(actor, letter);
    // Half of the time it is a process that has not seen the plan.
    if (world.random.chance(0.5)) await forgetPlans();
    const ports = portsOf(this.#stage, actor);
    let outOfTime = false;
    const timeLeft = () => {
      outOfTime ||= world.fault('outOfTime');
      return outOfTime ? 0 : Number.POSITIVE_INFINITY;
    };
    const work = () =>
      dead ? buryMessage(ports, message) : handleMessage(ports, message, timeLeft, letter.receives > 1);
    world.start(actor, work, (error) => {
      if (error === undefined) return queues.done(letter, actor);
      const wait = error instanceof RetryLater ? error.seconds * 1000 : (backoff[letter.receives - 1] ?? 30_000);
      queues.again(letter, actor, wait);
    });
  }

  /** Its message comes again, as after a worker that is gone. */
  crash(actor: Actor): void {
    const { world, queues } = this.#stage;
    world.kill(actor);
    world.seen.add(`crashed ${actor.kind}`);
    const letter = this.#held.get(actor);
    if (letter) queues.again(letter, actor, world.random.pick([0, 1_000, 60_000]));
  }

  /** Its message comes again while it sleeps, and it goes on afterwards. */
  freeze(actor: Actor): void {
    const { world, queues } = this.#stage;
    const sleep = world.random.whole(1_000, world.settings.sleep);
    actor.frozenUntil = world.now + sleep;
    actor.disturbed = true;
    world.note(`${actor.name} FREEZES for ${sleep / 1000} s`);
    const letter = this.#held.get(actor);
    if (letter) queues.again(letter, actor, world.random.whole(0, sleep));
  }

  #actor(kind: Actor['kind'], what: string, message?: Message): Actor {
    const name = `${kind}${++this.#actors}${what && `(${what})`}`;
    return { name, kind, frozenUntil: 0, over: false, disturbed: false, ...(message && { message }) };
  }
}

let strangers = 0;

/** Fills the engine's memory of plans with others, as in a process that has just begun. */
const forgetPlans = async (): Promise<void> => {
  const plan = Buffer.from('{"prepared":null,"first":0,"chunks":[]}');
  async function* get() {
    yield plan;
  }
  for (let index = 0; index < 16; index++)
    await readPlan({ files: { get } as unknown as Files }, `stranger ${++strangers}`);
};
