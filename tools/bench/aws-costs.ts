// What work against the stand-in for AWS costs: time, CPU and memory of this process, requests, units of DynamoDB.
import type { Counted } from './aws-terms.ts';
import { type Figure, figure, rate } from './figures.ts';
import { ProcessCosts } from './process-costs.ts';
import type { StubProcess } from './stub-process.ts';

export interface AwsCosts {
  seconds: number;
  /** CPU microseconds of this process. */
  cpu: number;
  peakMiB: number;
  counted: Counted;
  /** CPU seconds of the stand-in. */
  stubCpu: number;
}

/** Bounds for the units of the tables of rows, per 1,000 rows. */
export interface UnitLimits {
  read?: number;
  write?: number;
}

/** Measures work that this process does, one after the other. */
export class AwsMeter {
  readonly #stub: StubProcess;
  readonly #memory = new ProcessCosts(process.pid);

  constructor(stub: StubProcess) {
    this.#stub = stub;
  }

  async measured<R>(work: () => Promise<R>): Promise<{ result: R; costs: AwsCosts }> {
    const before = await this.#stub.counted();
    this.#memory.restart();
    const [start, usage] = [performance.now(), process.cpuUsage()];
    const result = await work();
    const { user, system } = process.cpuUsage(usage);
    const seconds = (performance.now() - start) / 1000;
    this.#memory.sample();
    const counted = await this.#stub.counted();
    const stubCpu = counted.cpu - before.cpu;
    return { result, costs: { seconds, cpu: user + system, peakMiB: this.#memory.peakMiB(), counted, stubCpu } };
  }
}

/** Speed, CPU, memory, requests and units as figures, the same for all that are to be compared. */
export const costFigures = (label: string, rows: number, costs: AwsCosts, limits: UnitLimits = {}): Figure[] => [
  rate(label, rows, costs.seconds),
  figure(`${label}: CPU`, costs.cpu / rows, 'us/row'),
  figure(`${label}: peak memory`, costs.peakMiB, 'MiB'),
  figure(`${label}: share of the time that the stand-in computed`, (100 * costs.stubCpu) / costs.seconds, '%'),
  ...unitFigures(label, rows, costs.counted, limits),
];

const sumOf = (counts: readonly (readonly [string, number])[]): number =>
  counts.reduce((sum, [, count]) => sum + count, 0);

/** Requests of all services. */
export const requestsOf = ({ counted }: AwsCosts): number => sumOf(Object.entries(counted.requests));

const unitFigures = (label: string, rows: number, { requests, units }: Counted, limits: UnitLimits): Figure[] => {
  const perThousand = (what: string, count: number, atMost?: number) =>
    figure(`${label}: ${what}`, (1000 * count) / rows, 'per 1,000 rows', atMost === undefined ? undefined : { atMost });
  const all = Object.entries(requests).sort(([, one], [, other]) => other - one);
  const many = all.filter(([, count]) => 1000 * count >= rows);
  const engine = [
    perThousand('read units of jobs, lists, clients', units.engine.read),
    perThousand('write units of jobs, lists, clients', units.engine.write),
  ];
  return [
    perThousand('read units', units.rows.read, limits.read),
    perThousand('write units', units.rows.write, limits.write),
    // A plain loop has no such tables.
    ...engine.filter(({ value }) => value > 0),
    perThousand('requests', sumOf(all)),
    ...many.map(([name, count]) => perThousand(`  ${name}`, count)),
    perThousand('  others', sumOf(all) - sumOf(many)),
  ];
};
