// Hands the rows of a chunk to the type's work batch by batch, as many at once as the store likes, until it is told to stop.
import type { Entry, JobContext, RowWork } from './define.ts';
import type { Person, Tally } from './tally.ts';
import type { Verdict, Watch } from './watch.ts';

type Context = JobContext<unknown, unknown>;
type Work = RowWork<unknown, unknown, Entry>;

export class Batches {
  /** Why no further batch was begun; undefined while all is well. */
  left: Extract<Verdict, 'time' | 'pause'> | undefined;
  readonly #context: Context;
  readonly #work: Work;
  readonly #tally: Tally;
  readonly #watch: Watch;
  readonly #running = new Set<Promise<void>>();
  #waiting: Person[] = [];
  #failure: { error: unknown } | undefined;

  constructor(context: Context, work: Work, tally: Tally, watch: Watch) {
    this.#context = context;
    this.#work = work;
    this.#tally = tally;
    this.#watch = watch;
  }

  /** Takes one person. No key may come twice. A promise only when the caller must wait; then ask for `left`. */
  add(person: Person): Promise<void> | undefined {
    this.#waiting.push(person);
    return this.#waiting.length < this.#context.ports.profiles.batch ? undefined : this.#begin();
  }

  /** Waits for everything; nothing is still being written when it throws. */
  async close(): Promise<void> {
    const open = this.#waiting.length > 0 || this.#tally.waits;
    if (open && !this.#failure && !this.left) await this.#begin();
    await Promise.all(this.#running);
    if (this.#failure) throw this.#failure.error;
  }

  async #begin(): Promise<void> {
    const people = this.#waiting;
    this.#waiting = [];
    const verdict = await this.#watch.verdict(this.#tally.rows, this.#tally.rejections);
    if (verdict === 'time' || verdict === 'pause') {
      this.left = verdict;
      return;
    }
    this.#tally.commit();
    if (people.length === 0) return;
    const run: Promise<void> = this.#run(people, verdict)
      .catch((error: unknown) => {
        this.#failure ??= { error };
      })
      .finally(() => this.#running.delete(run));
    this.#running.add(run);
    while (this.#running.size >= this.#context.ports.profiles.parallel) await Promise.race(this.#running);
    if (this.#failure) await this.close();
  }

  async #run(people: readonly Person[], verdict: 'go' | 'tell'): Promise<void> {
    const context = this.#context;
    const entries = people.map(({ entry }) => entry);
    const each = <T>(results: readonly T[], take: (result: T, person: Person) => void): void => {
      if (results.length !== people.length) throw new Error('not one outcome for each entry');
      for (const [index, person] of people.entries()) take(results[index] as T, person);
    };
    if (verdict === 'tell')
      each(await this.#work.look(context, entries), (forecast, person) => this.#tally.told(forecast, person));
    else if (context.job.mode === 'plan')
      each(await this.#work.look(context, entries), (forecast, person) => this.#tally.planned(forecast, person));
    else each(await this.#work.apply(context, entries), (outcome, person) => this.#tally.person(outcome, person));
  }
}
