// Kills the running system at random moments of one import, again and again, then counts: `npm run torture -- --kills 200`.
import type { ChildProcess } from 'node:child_process';
import { createWriteStream, mkdtempSync, rmSync } from 'node:fs';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { pipeline } from 'node:stream/promises';
import { setTimeout as sleep } from 'node:timers/promises';
import { isDeepStrictEqual, parseArgs } from 'node:util';
import { randomFrom } from '../test/helpers/chaos.ts';
import { type Machine, startMachine, until } from '../test/helpers/machine.ts';
import type { SailthruJob } from '../test/helpers/sailthru-client.ts';
import { sampleRows } from './sample.ts';
import { checkAll, hasEnded, list } from './torture/check.ts';

const usage = 'npm run torture -- [--kills 200] [--rows 1000000] [--seed 1]';
/** Of so many kills one hits a process that is still starting. */
const duringStart = 8;
/** The longest that a first life may last, in milliseconds; lives grow while they are too short to plan the job. */
const firstLife = 1_000;

/** Starts the system and kills it after so many milliseconds, ready or not. */
const killInStart = async (home: string, afterMs: number): Promise<void> => {
  const spawned = (child: ChildProcess) => {
    setTimeout(() => child.kill('SIGKILL'), afterMs);
  };
  const dying = startMachine(home, {}, { spawned });
  const machine = await dying.catch(() => undefined);
  await machine?.kill();
};

const accounted = (job: SailthruJob): number =>
  ['created', 'updated', 'unchanged', 'duplicate', 'rejected', 'not_processed'].reduce(
    (sum, name) => sum + Number(job[name] ?? 0),
    0,
  );

/** How long lives may last, so that the job lasts about as long as there are kills left: learned from the lives before. */
class Pace {
  #alive = 0;
  #longest = firstLife;

  /** Milliseconds that the next life may last at most. */
  next(done: number, rows: number, kills: number): number {
    if (done === 0) {
      this.#longest *= 1.1;
      return this.#longest;
    }
    return (2 * (rows - done) * (this.#alive / done)) / kills;
  }

  lived(ms: number): void {
    this.#alive += ms;
  }
}

interface Torture {
  kills: number;
  rows: number;
  seed: number;
}

const torture = async ({ kills, rows, seed }: Torture): Promise<boolean> => {
  const folder = mkdtempSync(join(tmpdir(), 'stevedore-torture-'));
  const home = join(folder, 'state');
  const postbacks: string[] = [];
  const hook = createServer((request, response) => {
    postbacks.push(String(request.headers['webhook-id']));
    request.resume();
    response.end();
  }).listen(0, '127.0.0.1');
  let machine: Machine | undefined;
  try {
    const file = join(folder, 'people.csv');
    await pipeline(sampleRows({ rows, seed }), createWriteStream(file));
    const random = randomFrom(seed);
    const pace = new Pace();
    const began = performance.now();
    const killed = { running: 0, starting: 0, planning: 0 };
    const longestStart = { ms: 0 };

    const restart = async (): Promise<Machine> => {
      const start = performance.now();
      machine = await startMachine(home);
      longestStart.ms = Math.max(longestStart.ms, performance.now() - start);
      return machine;
    };
    await restart();
    const url = `http://127.0.0.1:${(hook.address() as AddressInfo).port}/`;
    const order = { job: 'import', list, file, postback_url: url, report_email: 'owner@example.com' };
    const { job_id: id } = await (machine as unknown as Machine).client.post(order);
    let job = await (machine as unknown as Machine).client.job(id);
    for (let dead = 0; dead < kills && !hasEnded(job); dead++) {
      const life = random() * pace.next(accounted(job), rows, kills - dead);
      await sleep(life);
      pace.lived(life);
      await machine?.kill();
      killed[accounted(job) === 0 ? 'planning' : 'running']++;
      while (dead + 1 < kills && random() < 1 / duringStart) {
        await killInStart(home, random() * longestStart.ms);
        killed.starting++;
        dead++;
      }
      job = await (await restart()).client.job(id);
      if (dead % 20 === 19) console.log(`${dead + 1} kills, ${accounted(job)} of ${rows} rows accounted`);
    }
    const all = killed.running + killed.starting + killed.planning;
    const early = hasEnded(job);
    const last = machine as unknown as Machine;
    job = await until(() => last.client.job(id), hasEnded);
    const seconds = Math.round((performance.now() - began) / 1000);
    const checks = await checkAll({ machine: last, home, postbacks }, job, { rows, seed });
    const wrong = checks.filter(({ found, expected }) => !isDeepStrictEqual(found, expected));
    console.log(
      `${all} kills (${killed.running} while chunks ran, ${killed.planning} before, ${killed.starting} during a start) in ${seconds} s`,
    );
    for (const { what, found, expected } of checks)
      console.log(`  ${what}: ${JSON.stringify(found)}${wrong.length ? `, expected ${JSON.stringify(expected)}` : ''}`);
    if (early && all < kills) console.log(`The import ended before all ${kills} kills: take more --rows.`);
    console.log(wrong.length === 0 ? 'Exact.' : `WRONG: ${wrong.map(({ what }) => what).join('; ')}`);
    return wrong.length === 0 && all >= kills;
  } finally {
    await machine?.kill();
    hook.closeAllConnections();
    hook.close();
    rmSync(folder, { recursive: true, force: true });
  }
};

const readArguments = (): Torture => {
  const { values } = parseArgs({
    options: {
      kills: { type: 'string', default: '200' },
      rows: { type: 'string', default: '1000000' },
      seed: { type: 'string', default: '1' },
    },
  });
  const numbers = { kills: Number(values.kills), rows: Number(values.rows), seed: Number(values.seed) };
  if (!Object.values(numbers).every((number) => Number.isSafeInteger(number) && number > 0))
    throw new Error('kills, rows and seed are whole numbers above 0');
  return numbers;
};

try {
  if (!(await torture(readArguments()))) process.exitCode = 1;
} catch (error) {
  console.error(`${error instanceof Error ? error.message : error}\nusage: ${usage}`);
  process.exitCode = 2;
}
