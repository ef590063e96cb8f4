// The worker of AWS against a stand-in with DynamoDB's latency: what a row costs in time, CPU, requests and units.
import { createReadStream } from 'node:fs';
import { join } from 'node:path';
import { accountedRows, type Job, type Outcome } from '../../functions/jobs/job.ts';
import type { Client } from '../../functions/jobs/ports.ts';
import { costOf } from '../../functions/jobs/reports/receipt.ts';
import { type AwsCosts, AwsMeter, costFigures, requestsOf, type UnitLimits } from './aws-costs.ts';
import { latency } from './aws-terms.ts';
import { Engine } from './engine.ts';
import { expectSame, type Figure, figure, rate, type Section } from './figures.ts';
import { withFolder } from './folder.ts';
import { writePeople } from './people.ts';
import { StubProcess } from './stub-process.ts';

const list = 'Bench';

class Bench {
  readonly #meter: AwsMeter;
  readonly #engine: Engine;
  readonly #client: Client;
  readonly #rows: number;

  constructor(stub: StubProcess, engine: Engine, client: Client, rows: number) {
    this.#meter = new AwsMeter(stub);
    this.#engine = engine;
    this.#client = client;
    this.#rows = rows;
  }

  /** Imports a file whose rows all have the same outcome. */
  async import(what: string, file: string, outcome: Outcome, limits: UnitLimits, more = {}): Promise<Figure[]> {
    const key = `uploads/bench/${what.replaceAll(' ', '-')}`;
    await this.#engine.ports.files.put(key, createReadStream(file));
    const upload = { key, filename: 'people.csv' };
    const planned = await this.#meter.measured(() =>
      this.#engine.plan(this.#client, { type: 'import', params: { list, ...more }, upload }),
    );
    const { result: job, costs } = await this.#meter.measured(() => this.#engine.work(planned.result.id));
    this.#expectEnd(what, job, { [outcome]: this.#rows });
    expectSame(`${what}: accounted rows`, accountedRows(job.counts), this.#rows);
    const label = `import, ${what}`;
    return [
      ...costFigures(label, this.#rows, costs, { read: 510, ...limits }),
      rate(`${label}: with the planner`, this.#rows, planned.costs.seconds + costs.seconds),
      figure(`${label}: planner, CPU`, planned.costs.cpu / this.#rows, 'us/row'),
      figure(`${label}: planner, requests`, (1000 * requestsOf(planned.costs)) / this.#rows, 'per 1,000 rows'),
      receiptFigure(label, job, [planned.costs, costs]),
      figure(`${label}: cost on the receipt`, (1e6 * costOf(job.usage)) / this.#rows, 'USD per 1,000,000 rows'),
    ];
  }

  async export(): Promise<Figure[]> {
    const { result: job, costs } = await this.#meter.measured(async () => {
      const { id } = await this.#engine.plan(this.#client, { type: 'export_list_data', params: { list } });
      return this.#engine.work(id);
    });
    this.#expectEnd('export', job, { exported: this.#rows });
    return costFigures('export', this.#rows, costs);
  }

  #expectEnd(what: string, { state, failure, counts }: Job, wanted: Job['counts']): void {
    expectSame(`${what}: end`, [state, failure?.message], ['completed', undefined]);
    expectSame(`${what}: counts`, Object.fromEntries(Object.entries(counts).filter(([, count]) => count)), wanted);
  }
}

/** Whether the receipt tells what the stand-in counted: all but the ledger's own reads and writes. */
const receiptFigure = (label: string, { usage }: Job, costs: readonly AwsCosts[]): Figure => {
  const units = costs.map(({ counted }) => counted.units);
  const counted = units.reduce((sum, { rows, engine }) => sum + rows.read + rows.write + engine.read + engine.write, 0);
  return figure(`${label}: units on the receipt`, (100 * (usage.readUnits + usage.writeUnits)) / counted, '% of all');
};

const run = (rows: number, large: boolean): Promise<Section> =>
  withFolder(async (folder) => {
    const [first, second] = [join(folder, 'people.csv'), join(folder, 'changed.csv')];
    writePeople(first, rows, { wide: large });
    if (!large) writePeople(second, rows, { edition: 1 });
    const stub = await StubProcess.start();
    try {
      const engine = new Engine(stub.address);
      const bench = new Bench(stub, engine, await engine.client(), rows);
      const dryRun = await bench.import('dry run', first, 'created', { read: 1010, write: 0 }, { mode: 'plan' });
      const others = async () => [
        ...(await bench.import('new rows', first, 'created', { write: 2010 })),
        ...(await bench.import('unchanged rows', first, 'unchanged', { write: 0 })),
        ...(await bench.import('changed rows', second, 'updated', {})),
        ...(await bench.export()),
      ];
      const figures = [...dryRun, ...(large ? [] : await others())];
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
process.send?.(await run(Number(process.argv[2]), process.argv[3] === 'large'));
process.disconnect?.();
