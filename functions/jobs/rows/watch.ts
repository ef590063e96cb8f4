// A worker's eye on its job and on the clock: between two batches it says whether to go on.

import type { JobContext } from '../define.ts';
import { Stopped } from '../errors.ts';
import { accountedRows } from '../job.ts';
import type { Glance, TimeLeft } from '../ports.ts';
import { stopJob } from '../stop.ts';
import { overBudget } from './error-budget.ts';

/** With less time than this left, in milliseconds, no further batch is begun. */
const lastCall = 20_000;

/**
 * `go`: write the next batch. `time`: hand over what is left, another worker goes on. `pause`: hand over, and nobody goes on yet.
 * `tell`: write nothing more, only say what was done.
 */
export type Verdict = 'go' | 'time' | 'pause' | 'tell';

export class Watch {
  readonly #context: Pick<JobContext<unknown, unknown>, 'ports' | 'job'>;
  readonly #timeLeft: TimeLeft;
  readonly #tell: boolean;
  readonly #chunk: number;
  #glance: Glance;
  #lookedAt: number;

  /** `tell`: there is nothing to be written from the beginning. */
  constructor(
    context: Pick<JobContext<unknown, unknown>, 'ports' | 'job'>,
    chunk: number,
    { timeLeft, tell }: { timeLeft: TimeLeft; tell: boolean },
  ) {
    this.#context = context;
    this.#chunk = chunk;
    this.#timeLeft = timeLeft;
    this.#tell = tell;
    this.#glance = context.job;
    this.#lookedAt = performance.now();
  }

  /** What to do next, `rejected` of `rows` having been rejected by this worker. Throws Stopped when the job or the chunk is over. */
  async verdict(rows: number, rejected: number): Promise<Verdict> {
    const { ports, job } = this.#context;
    if (performance.now() - this.#lookedAt >= ports.tuning.lookEvery) {
      this.#lookedAt = performance.now();
      const glance = await ports.jobs.glance(job.id);
      if (!glance) throw new Stopped('the job is gone');
      this.#glance = glance;
    }
    const { state, stop, counts, done } = this.#glance;
    if (state !== 'running' && state !== 'paused') throw new Stopped('the job is over');
    // Whoever had the chunk's message before was only slow: what is left of it is another one's.
    if (done.includes(this.#chunk)) throw new Stopped('the chunk is accounted');
    if (stop) return 'tell';
    if (state === 'paused') return 'pause';
    if (this.#tell) return 'tell';
    if (overBudget(job.errorBudget, (counts.rejected ?? 0) + rejected, accountedRows(counts) + rows)) {
      await stopJob(ports, job.id, 'errors');
      this.#glance = { ...this.#glance, stop: 'errors' };
      return 'tell';
    }
    return this.#timeLeft() < lastCall ? 'time' : 'go';
  }
}

/** A stream that ends with Stopped once the job is no longer running. */
export async function* whileRunning<T>(
  { ports, job }: Pick<JobContext<unknown, unknown>, 'ports' | 'job'>,
  items: AsyncIterable<T>,
): AsyncGenerator<T> {
  let lookedAt = performance.now();
  for await (const item of items) {
    yield item;
    if (performance.now() - lookedAt < ports.tuning.lookEvery) continue;
    lookedAt = performance.now();
    const glance = await ports.jobs.glance(job.id);
    if (glance?.state !== 'running' || glance.stop) throw new Stopped('the job is not running');
  }
}
