// The stages of one import, seen from outside: upload and planning, then tenths of the rows, each with its own memory and speed.
import { type Figure, figure, rate } from './figures.ts';
import type { ProcessCosts } from './process-costs.ts';
import type { JobAnswer } from './system.ts';

const tenths = 10;

interface Mark {
  rows: number;
  seconds: number;
  cpu: number;
}

/** To be told each answer about the job; it takes the peaks of memory apart by restarting `costs`. */
export class Stages {
  readonly #costs: ProcessCosts;
  readonly #marks: Mark[] = [];
  #plannedMiB = 0;
  #restMiB = 0;
  #asked: number | undefined;

  constructor(costs: ProcessCosts) {
    this.#costs = costs;
  }

  look(job: JobAnswer | undefined, accounted: number): void {
    this.#costs.sample();
    if (!job) return;
    this.#asked ??= performance.now();
    const rows = Number(job.rows ?? Number.NaN);
    if (Number.isNaN(rows)) return;
    const mark = { rows: accounted, seconds: performance.now() / 1000, cpu: this.#costs.cpuSeconds() };
    const last = this.#marks.at(-1);
    if (!last) {
      this.#plannedMiB = this.#costs.peakMiB();
      this.#costs.restart();
    }
    if (!last || accounted - last.rows >= rows / tenths || accounted === rows) this.#marks.push(mark);
  }

  /** The most memory of all stages, in MiB. */
  peakMiB(): number {
    this.#restMiB = this.#costs.peakMiB();
    return Math.max(this.#plannedMiB, this.#restMiB);
  }

  /** Planning, and how speed falls with size. */
  figures(label: string): Figure[] {
    const [first] = this.#marks;
    if (!first) return [];
    const steps = this.#marks.slice(1).flatMap((mark, index) => {
      const before = this.#marks[index] ?? mark;
      const rows = mark.rows - before.rows;
      if (rows === 0) return [];
      return [
        rate(`${label}: up to row ${mark.rows.toLocaleString('en-US')}`, rows, mark.seconds - before.seconds),
        figure(
          `${label}: up to row ${mark.rows.toLocaleString('en-US')}, CPU`,
          ((mark.cpu - before.cpu) / rows) * 1e6,
          'us/row',
        ),
      ];
    });
    return [
      figure(`${label}: planning`, first.seconds - (this.#asked ?? 0) / 1000, 's'),
      figure(`${label}: peak memory until planned`, this.#plannedMiB, 'MiB'),
      figure(`${label}: peak memory from then on`, this.#restMiB, 'MiB'),
      ...steps,
    ];
  }
}
