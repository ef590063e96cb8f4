// The world of one schedule: who acts in it, what they wait for, and the one place where a step is made.

import { RetryLater } from '../../functions/jobs/errors.ts';
import type { Job, JobId, Millis } from '../../functions/jobs/job.ts';
import type { Glance, Message } from '../../functions/jobs/ports.ts';
import type { Profile } from '../../functions/jobs/profile.ts';
import { Coverage } from './coverage.ts';
import { Random } from './random.ts';
import { type Settings, settingsOf } from './settings.ts';

/** Someone who runs the engine's code: a worker with its message, the sweeper, a caller. */
export interface Actor {
  name: string;
  kind: 'worker' | 'bury' | 'sweep' | 'control' | 'submit';
  message?: Message;
  /** Makes no step before this. */
  frozenUntil: Millis;
  /** Finished or dead: nothing of it happens any more. */
  over: boolean;
  /** The last look at the job, until a batch was begun on it. */
  glance?: Glance;
  /** Whether anything went wrong with it that it may have to be repeated for. */
  disturbed: boolean;
}

/** A call of a port that waits: first for its effect, then for its answer. */
interface Call {
  actor: Actor;
  name: string;
  effect: () => unknown;
  answer?: { value: unknown } | { error: unknown };
  resolve: (value: unknown) => void;
  reject: (error: unknown) => void;
}

/** Thrown by a store as it could be in life. */
export class Disturbance extends Error {
  override readonly name = 'Disturbance';
}

export class World {
  now: Millis = 1_750_000_000_000;
  steps = 0;
  readonly random: Random;
  readonly settings: Settings;
  readonly seen = new Coverage();
  readonly actors = new Set<Actor>();
  readonly violations: string[] = [];
  readonly trace: string[] | undefined;
  readonly #names = new Map<string, string>();
  #calls: Call[] = [];
  #last: Actor | undefined;

  constructor(seed: number, { settings = {}, traced = false }: { settings?: Partial<Settings>; traced?: boolean }) {
    this.random = new Random(seed);
    this.settings = { ...settingsOf(this.random), ...settings };
    this.trace = traced ? [] : undefined;
  }

  get calm(): boolean {
    return this.steps >= this.settings.faultsUntil;
  }

  /** A fault of this kind happens now. */
  fault(kind: keyof Settings): boolean {
    const happens = !this.calm && this.random.chance(this.settings[kind] as number);
    if (happens) this.seen.add(`fault ${kind}`);
    return happens;
  }

  violate(what: string): void {
    this.violations.push(what);
    this.note(`VIOLATION ${what}`);
  }

  note(text: string): void {
    this.trace?.push(
      `${String(this.steps).padStart(5)} ${((this.now - 1_750_000_000_000) / 1000).toFixed(2)}s ${text}`,
    );
  }

  /** A short name for an id that differs in every run. */
  nameOf(id: JobId): string {
    const known = this.#names.get(id) ?? `job${this.#names.size + 1}`;
    this.#names.set(id, known);
    return known;
  }

  /** A call of a port by `actor`: its effect and its answer are two steps. Never settles when the actor dies before. */
  call<T>(actor: Actor, name: string, effect: () => T): Promise<T> {
    return new Promise<T>((resolve, reject) => {
      if (!actor.over) this.#calls.push({ actor, name, effect, resolve: resolve as (value: unknown) => void, reject });
    });
  }

  /** Starts an actor. `done` hears how it ended, unless it dies. */
  start(actor: Actor, run: () => Promise<unknown>, done: (error?: unknown) => void): void {
    this.actors.add(actor);
    this.note(`${actor.name} begins`);
    const over = (error?: unknown): void => {
      if (actor.over) return;
      actor.over = true;
      this.actors.delete(actor);
      this.note(`${actor.name} ${error === undefined ? 'is done' : `fails: ${String(error)}`}`);
      this.#judge(error);
      done(error);
    };
    run().then(
      () => over(),
      (error: unknown) => over(error ?? new Error('nothing')),
    );
  }

  /** Errors that no fault explains are faults of the engine. */
  #judge(error: unknown): void {
    if (error === undefined || error instanceof Disturbance || error instanceof RetryLater) return;
    const text = String(error);
    this.seen.add(`error ${text.slice(0, 80)}`);
    if (error instanceof TypeError || error instanceof RangeError || /not one outcome|does not have/.test(text))
      this.violate(`unexpected: ${error instanceof Error ? error.stack : text}`);
  }

  /** The actor vanishes with all that it waits for. */
  kill(actor: Actor): void {
    actor.over = true;
    actor.disturbed = true;
    this.actors.delete(actor);
    this.#calls = this.#calls.filter((call) => call.actor !== actor);
    this.note(`${actor.name} CRASHES`);
  }

  /** Calls that may go on now. */
  #ready(): Call[] {
    return this.#calls.filter(({ actor }) => actor.frozenUntil <= this.now);
  }

  get canStep(): boolean {
    return this.#calls.some(({ actor }) => actor.frozenUntil <= this.now);
  }

  /** When the first frozen actor goes on; undefined when none is frozen. */
  get thaws(): Millis | undefined {
    const times = [...this.actors].map(({ frozenUntil }) => frozenUntil).filter((at) => at > this.now);
    return times.length > 0 ? Math.min(...times) : undefined;
  }

  /** Makes one step of one waiting call; gives its actor back. */
  step(): Actor | undefined {
    const ready = this.#ready();
    if (ready.length === 0) return undefined;
    const own = this.random.chance(this.settings.stick) ? ready.filter(({ actor }) => actor === this.#last) : [];
    const call = this.random.pick(own.length > 0 ? own : ready);
    this.#last = call.actor;
    if (call.answer) {
      this.#calls.splice(this.#calls.indexOf(call), 1);
      if ('error' in call.answer) call.reject(call.answer.error);
      else call.resolve(call.answer.value);
      return call.actor;
    }
    call.answer = this.#effectOf(call);
    return call.actor;
  }

  #effectOf(call: Call): NonNullable<Call['answer']> {
    const line = `${call.actor.name} ${call.name}`;
    if (this.fault('error')) {
      call.actor.disturbed = true;
      this.note(`${line} FAILS`);
      return { error: this.random.chance(0.3) ? new RetryLater(1, 'throttled') : new Disturbance('no answer') };
    }
    try {
      const value = call.effect();
      this.note(this.trace ? `${line} -> ${brief(value)}` : line);
      if (!this.fault('lostAnswer')) return { value };
      call.actor.disturbed = true;
      this.note(`${line} ANSWER LOST`);
      return { error: new Disturbance('the answer got lost') };
    } catch (error) {
      this.note(`${line} throws ${String(error)}`);
      return { error };
    }
  }
}

/** A value as the trace shows it: of jobs only what matters for how they move. */
const brief = (value: unknown): string => {
  if (Array.isArray(value)) return `[${value.map(brief).join(', ')}]`.slice(0, 200);
  if (typeof value !== 'object' || value === null) return String(value);
  if (value instanceof Uint8Array) return `${value.length} bytes`;
  if ('job' in value && 'accounted' in value) return `${String(value.accounted)} ${brief(value.job)}`;
  if ('done' in value && 'state' in value) {
    const { state, phase, stop, done, chunks, reached, counts } = value as Job;
    return JSON.stringify({ state, phase, stop, done: done.join(' '), chunks, reached, counts });
  }
  if ('sid' in value) {
    const { email, vars, createdBy, changedBy } = value as Profile;
    return JSON.stringify({ email, vars, createdBy, changedBy });
  }
  return JSON.stringify(value).slice(0, 160);
};
