// The real system in a process of its own, on a folder of its own: started, asked for jobs through its HTTP door, stopped.
import { type ChildProcess, spawn } from 'node:child_process';
import { createHash } from 'node:crypto';
import { once } from 'node:events';
import { openAsBlob } from 'node:fs';
import { createInterface } from 'node:readline';
import { setTimeout as wait } from 'node:timers/promises';
import { demoClient } from '../../functions/server/demo-client.ts';
import { WrongResult } from './figures.ts';

/** A job as the API answers it. */
export type JobAnswer = Record<string, unknown> & { job_id: string; status: string };

/** One job, from its request to its end. */
export interface Run {
  job: JobAnswer;
  /** Seconds until the request was answered: for an import, the upload. */
  asked: number;
  /** Seconds from then to the end of the job. */
  worked: number;
}

/** Milliseconds between two looks at a job: a hundredth of its time so far, within bounds. */
const pollEvery = { least: 20, most: 250 };
const startTime = 30_000;
const jobTime = 30 * 60_000;

const main = new URL('../../functions/server/main.ts', import.meta.url);

export class System {
  readonly pid: number;
  readonly #process: ChildProcess;
  readonly #url: string;

  private constructor(child: ChildProcess, url: string) {
    this.#process = child;
    this.#url = url;
    this.pid = child.pid ?? 0;
  }

  /** Starts the server on any free port; `nodeOptions` go to its process, such as `--cpu-prof`. */
  static async start(home: string, nodeOptions: readonly string[]): Promise<System> {
    const env = { ...process.env, PORT: '0', HOST: '127.0.0.1', STEVEDORE_HOME: home };
    const child = spawn(process.execPath, [...nodeOptions, main.pathname], {
      env,
      stdio: ['ignore', 'pipe', 'inherit'],
    });
    // Should the bench be ended from outside, its server does not stay behind.
    const end = () => child.kill('SIGKILL');
    process.once('exit', end);
    child.once('exit', () => process.off('exit', end));
    try {
      return new System(child, await readyUrl(child));
    } catch (error) {
      child.kill('SIGKILL');
      throw error;
    }
  }

  /** Asks for a job and waits until it ended. `watch` is called at every look, with the answer when there is one yet. */
  async run(params: Record<string, unknown>, file?: string, watch: (job?: JobAnswer) => void = () => {}): Promise<Run> {
    const start = performance.now();
    const form = new FormData();
    for (const [name, value] of Object.entries(signed(params))) form.set(name, value);
    if (file !== undefined) form.set('file', await openAsBlob(file), 'people.csv');
    const { job_id } = await this.#call(new Request(`${this.#url}/job`, { method: 'POST', body: form }));
    const asked = performance.now();
    const job = await this.#ended(job_id, watch);
    const ended = performance.now();
    return { job, asked: (asked - start) / 1000, worked: (ended - asked) / 1000 };
  }

  async #ended(id: string, watch: (job: JobAnswer) => void): Promise<JobAnswer> {
    for (const start = Date.now(); Date.now() - start < jobTime; ) {
      const job = await this.#call(new Request(`${this.#url}/job?${new URLSearchParams(signed({ job_id: id }))}`));
      watch(job);
      if (job.status !== 'pending' && job.status !== 'running') return job;
      await wait(Math.min(pollEvery.most, Math.max(pollEvery.least, (Date.now() - start) / 100)));
    }
    throw new WrongResult('the job does not end');
  }

  async #call(request: Request): Promise<JobAnswer> {
    const response = await fetch(request);
    const answer = (await response.json()) as JobAnswer;
    if (!response.ok)
      throw new WrongResult(`${request.method} /job answered ${response.status}: ${JSON.stringify(answer)}`);
    return answer;
  }

  /** Ends the process as an operator would. */
  async stop(): Promise<void> {
    if (this.#process.exitCode !== null) return;
    const gone = once(this.#process, 'exit');
    this.#process.kill('SIGTERM');
    await gone;
  }
}

const readyUrl = async (child: ChildProcess): Promise<string> => {
  if (!child.stdout) throw new Error('no output to read');
  const timer = setTimeout(() => child.kill('SIGKILL'), startTime);
  const lines = createInterface(child.stdout);
  try {
    for await (const line of lines) {
      const url = /^Stevedore is ready on (\S+)$/.exec(line)?.[1];
      if (url !== undefined) return url;
    }
    throw new WrongResult('the system did not start');
  } finally {
    clearTimeout(timer);
    // Whatever it still says must not fill the pipe.
    child.stdout.resume();
  }
};

const signed = (params: Record<string, unknown>): Record<string, string> => {
  const values = { api_key: demoClient.apiKey, format: 'json', json: JSON.stringify(params) };
  const text = demoClient.secret + Object.values(values).sort().join('');
  return { ...values, sig: createHash('md5').update(text).digest('hex') };
};
