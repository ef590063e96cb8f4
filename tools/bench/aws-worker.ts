// The worker of AWS against a stand-in with DynamoDB's latency: what a row costs in time, CPU, requests and units.
import { createReadStream } from 'node:fs';
import { join } from 'node:path';
import { accountedRows, type Job, type Outcome } from '../../functions/jobs/job.ts';
import type { Client } from '../../functions/jobs/ports.ts';
import { type Counted, latency } from './aws-stub.ts';
import { Engine } from './engine.ts';
import { expectSame, type Figure, figure, rate, type Section } from './figures.ts';
import { withFolder } from './folder.ts';
import { writePeople } from './people.ts';
import { ProcessCosts } from './process-costs.ts';
import { StubProcess } from './stub-process.ts';

const list = 'Bench';

interface Costs {
  seconds: number;
  cpu: number;
  counted: Counted;
  stubCpu: number;
}

class Bench {
  readonly #stub: StubProcess;
  readonly #engine: Engine;
  readonly #client: Client;
  readonly #rows: number;
  readonly #memory = new ProcessCosts(process.pid);

  constructor(stub: StubProcess, engine: Engine, client: Client, rows: number) {
    this.#stub = stub;
    this.#engine = engine;
    this.#client = client;
    this.#rows = rows;
  }

  async #measured<R>(work: () => Promise<R>): Promise<{ result: R; costs: Costs }> {
    const before = await this.#stub.counted();
    this.#memory.restart();
    const [start, usage] = [performance.now(), process.cpuUsage()];
    const result = await work();
    const { user, system } = process.cpuUsage(usage);
    const seconds = (performance.now() - start) / 1000;
    const counted = await this.#stub.counted();
    return { result, costs: { seconds, cpu: user + system, counted, stubCpu: counted.cpu - before.cpu } };
  }

  /** Imports a file whose rows all have the same outcome. */
  async import(what: string, file: string, outcome: Outcome, limits: { write?: number }): Promise<Figure[]> {
    const key = `uploads/bench/${what.replaceAll(' ', '-')}`;
    await this.#engine.ports.files.put(key, createReadStream(file));
    const upload = { key, filename: 'people.csv' };
    const planned = await this.#measured(() =>
      this.#engine.plan(this.#client, { type: 'import', params: { list }, upload }),
    );
    const { result: job, costs } = await this.#measured(() => this.#engine.work(planned.result.id));
    this.#expectEnd(what, job, { [outcome]: this.#rows });
    expectSame(`${what}: accounted rows`, accountedRows(job.counts), this.#rows);
    const label = `import, ${what}`;
    return [
      ...this.#speed(label, costs),
      ...this.#units(label, costs, { read: 0.51, ...limits }),
      figure(`${label}: planner, CPU`, planned.costs.cpu / this.#rows, 'us/row'),
    ];
  }

  async export(): Promise<Figure[]> {
    const { result: job, costs } = await this.#measured(async () => {
      const { id } = await this.#engine.plan(this.#client, { type: 'export_list_data', params: { list } });
      return this.#engine.work(id);
    });
    this.#expectEnd('export', job, { exported: this.#rows });
    return [...this.#speed('export', costs), ...this.#units('export', costs, {})];
  }

  #expectEnd(what: string, { state, failure, counts }: Job, wanted: Job['counts']): void {
    expectSame(`${what}: end`, [state, failure?.message], ['completed', undefined]);
    expectSame(`${what}: counts`, Object.fromEntries(Object.entries(counts).filter(([, count]) => count)), wanted);
  }

  #speed(label: string, { seconds, cpu, stubCpu }: Costs): Figure[] {
    return [
      rate(label, this.#rows, seconds),
      figure(`${label}: CPU of the worker`, cpu / this.#rows, 'us/row'),
      figure(`${label}: peak memory of the worker`, this.#memory.peakMiB(), 'MiB'),
      figure(`${label}: share of the time that the stand-in computed`, (100 * stubCpu) / seconds, '%'),
    ];
  }

  #units(label: string, { counted: { requests, units } }: Costs, limits: { read?: number; write?: number }): Figure[] {
    const perRow = (units: number) => units / this.#rows;
    const perThousand = (count: number) => (1000 * count) / this.#rows;
    const bound = (limit: number | undefined) => (limit === undefined ? undefined : { atMost: limit });
    const many = Object.entries(requests).filter(([, count]) => perThousand(count) >= 1);
    const [total, named] = [Object.entries(requests), many].map((some) =>
      some.reduce((sum, [, count]) => sum + count, 0),
    );
    return [
      figure(`${label}: read units`, perRow(units.rows.read), 'per row', bound(limits.read)),
      figure(`${label}: write units`, perRow(units.rows.write), 'per row', bound(limits.write)),
      figure(`${label}: read units of jobs, lists, clients`, perThousand(units.engine.read), 'per 1,000 rows'),
      figure(`${label}: write units of jobs, lists, clients`, perThousand(units.engine.write), 'per 1,000 rows'),
      figure(`${label}: requests`, perThousand(total ?? 0), 'per 1,000 rows'),
      ...many
        .sort(([, one], [, other]) => other - one)
        .map(([name, count]) => figure(`${label}:   ${name}`, perThousand(count), 'per 1,000 rows')),
      figure(`${label}:   others`, perThousand((total ?? 0) - (named ?? 0)), 'per 1,000 rows'),
    ];
  }
}

const run = (rows: number): Promise<Section> =>
  withFolder(async (folder) => {
    const [first, second] = [join(folder, 'people.csv'), join(folder, 'changed.csv')];
    writePeople(first, rows);
    writePeople(second, rows, { edition: 1 });
    const stub = await StubProcess.start();
    try {
      const engine = new Engine(stub.address);
      const bench = new Bench(stub, engine, await engine.client(), rows);
      const figures = [
        ...(await bench.import('new rows', first, 'created', { write: 2.01 })),
        ...(await bench.import('unchanged rows', first, 'unchanged', { write: 0 })),
        ...(await bench.import('changed rows', second, 'updated', {})),
        ...(await bench.export()),
      ];
      const notes = [
        `${rows.toLocaleString('en-US')} rows, one worker that does one chunk of 10,000 at a time, as one Lambda function does; a job has up to 8.`,
        `DynamoDB answers reads after ${latency.read} ms and writes after ${latency.write} ms, S3 and SQS at once; plain HTTP, where AWS has TLS.`,
        'Time and CPU are those of the chunks with finisher; an export is measured whole.',
      ];
      return { title: 'The worker on AWS', notes, figures };
    } finally {
      await stub.stop();
    }
  });

// A process of its own, so that its CPU time and memory are its own. The SDK wants credentials; nobody checks these.
Object.assign(process.env, { AWS_ACCESS_KEY_ID: 'bench', AWS_SECRET_ACCESS_KEY: 'bench', AWS_REGION: 'us-east-1' });
process.send?.(await run(Number(process.argv[2])));
process.disconnect?.();
