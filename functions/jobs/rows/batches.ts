// Hands the rows of a chunk to the type's work batch by batch, as many at once as the store likes, until it is told to stop.
import type { Applied, Entry, JobContext, RowWork } from '../define.ts';
import type { Tally } from './tally.ts';
import type { Verdict, Watch } from './watch.ts';

type Context = JobContext<unknown, unknown>;
type Work = RowWork<unknown, unknown, Entry>;

/** Entries of one batch; of each how many rows it is made of, and the line of the last. */
class Batch {
  readonly entries: Entry[] = [];
  readonly rows: number[] = [];
  readonly lines: number[] = [];
}

export class Batches {
  /** Why no further batch was begun; undefined while all is well. */
  left: Extract<Verdict, 'time' | 'pause'> | undefined;
  readonly #context: Context;
  readonly #work: Work;
  readonly #tally: Tally;
  readonly #watch: Watch;
  readonly #running = new Set<Promise<void>>();
  #waiting = new Batch();
  #begun = 0;
  #failure: { error: unknown } | undefined;

  constructor(context: Context, work: Work, tally: Tally, watch: Watch) {
    this.#context = context;
    this.#work = work;
    this.#tally = tally;
    this.#watch = watch;
  }

  /** Takes one person's entry. No key may come twice. A promise only when the caller must wait; then ask for `left`. */
  add(entry: Entry, rows: number, line: number): Promise<void> | undefined {
    const { entries, rows: counts, lines } = this.#waiting;
    entries.push(entry);
    counts.push(rows);
    lines.push(line);
    return entries.length < this.#context.ports.profiles.batch ? undefined : this.#begin();
  }

  /** Waits for everything; nothing is still being written when it throws. */
  async close(): Promise<void> {
    const open = this.#waiting.entries.length > 0 || this.#tally.waits;
    if (open && !this.#failure && !this.left) await this.#begin();
    await Promise.all(this.#running);
    if (this.#failure) throw this.#failure.error;
  }

  async #begin(): Promise<void> {
    const batch = this.#waiting;
    this.#waiting = new Batch();
    const verdict = await this.#watch.verdict(this.#tally.rows, this.#tally.rejections);
    if (verdict === 'time' || verdict === 'pause') {
      this.left = verdict;
      return;
    }
    this.#tally.commit();
    if (batch.entries.length === 0) return;
    const run: Promise<void> = this.#run(batch, verdict, this.#begun++)
      .catch((error: unknown) => {
        this.#failure ??= { error };
      })
      .finally(() => this.#running.delete(run));
    this.#running.add(run);
    while (this.#running.size >= this.#context.ports.profiles.parallel) await Promise.race(this.#running);
    if (this.#failure) await this.close();
  }

  #count(became: Applied, entry: Entry, rows: number): void {
    if (typeof became === 'string') this.#tally.person(became, rows);
    else if ('outcome' in became) this.#tally.person(became.outcome, rows);
    else if ('skip' in became) this.#tally.skip(became.skip, rows);
    else this.#tally.refuse(became.reject, entry, rows);
  }

  async #run({ entries, rows, lines }: Batch, verdict: 'go' | 'tell', number: number): Promise<void> {
    const context = this.#context;
    const tally = this.#tally;
    const expectAll = (results: readonly unknown[]) => {
      if (results.length !== entries.length) throw new Error('not one outcome for each entry');
    };
    if (verdict === 'go' && context.job.mode !== 'plan') {
      const applied = await this.#work.apply(context, entries);
      expectAll(applied);
      for (let index = 0; index < applied.length; index++) {
        this.#count(applied[index] as Applied, entries[index] as Entry, rows[index] ?? 1);
      }
      if (this.#work.output) tally.texts[number] = applied.map(textOf);
      return;
    }
    const forecasts = await this.#work.look(context, entries);
    expectAll(forecasts);
    for (const [index, forecast] of forecasts.entries()) {
      if (forecast.outcome === 'rejected')
        tally.refuse(forecast.reason ?? 'it cannot be applied', entries[index] as Entry, rows[index] ?? 1);
      else if (forecast.outcome === 'skipped' && forecast.reason !== undefined)
        tally.skip(forecast.reason, rows[index] ?? 1);
      else if (verdict === 'tell') tally.told(forecast, entries[index] as Entry, rows[index] ?? 1);
      else tally.planned(forecast, rows[index] ?? 1, lines[index] ?? 0);
    }
  }
}

const textOf = (became: Applied): string => (typeof became === 'string' ? '' : (became.text ?? ''));
