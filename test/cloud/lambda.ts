// Lambda on this machine: the deployed bundle of each function in threads with exactly its own environment, one event at a time each.
import { Worker } from 'node:worker_threads';
import type { FunctionSpec } from './template.ts';

/** Lambda takes at most so many bytes of JSON. */
const payloadLimit = 6 * 1024 * 1024;

/** One sandbox: ready for an event, or busy with one. */
class Sandbox {
  readonly #worker: Worker;
  #waiting: { resolve(answer: unknown): void; reject(error: Error): void } | undefined;
  dead = false;

  constructor(spec: FunctionSpec, environment: Record<string, string>, output: (text: string) => void) {
    this.#worker = new Worker(new URL('./lambda-worker.ts', import.meta.url), {
      workerData: spec,
      env: environment,
      execArgv: [],
      stdout: true,
      stderr: true,
    });
    for (const stream of [this.#worker.stdout, this.#worker.stderr])
      stream.on('data', (piece: Buffer) => output(piece.toString()));
    this.#worker.on('message', ({ answer, error }: { answer?: string; error?: string }) => {
      if (answer === undefined) this.#waiting?.reject(new Error(error));
      else this.#waiting?.resolve(JSON.parse(answer));
    });
    this.#worker.on('error', (error) => {
      output(`${spec.name} died: ${error.message}\n`);
      void this.end();
    });
  }

  run(payload: string): Promise<unknown> {
    const { promise, resolve, reject } = Promise.withResolvers<unknown>();
    this.#waiting = { resolve, reject };
    this.#worker.postMessage(payload);
    return promise;
  }

  /** Whatever it was doing is gone. */
  async end(): Promise<void> {
    this.dead = true;
    await this.#worker.terminate();
    this.#waiting?.reject(new Error('the sandbox ended'));
  }
}

export interface Invocation {
  /** Ends the sandbox after so many milliseconds, as when memory runs out. */
  dieAfter?: number;
}

export class LambdaFunction {
  readonly #spec: FunctionSpec;
  readonly #make: () => Sandbox;
  readonly #all = new Set<Sandbox>();
  readonly #idle: Sandbox[] = [];

  /** `extra` is what the service itself sets. Sandboxes start when events come. */
  constructor(spec: FunctionSpec, extra: Record<string, string>, output: (text: string) => void) {
    this.#spec = spec;
    this.#make = () => new Sandbox(spec, { ...spec.environment, ...extra }, output);
  }

  /** The handler's answer. Throws when it threw, ran out of its time, or its sandbox died. */
  async invoke(event: unknown, { dieAfter = this.#spec.timeoutSeconds * 1000 }: Invocation = {}): Promise<unknown> {
    const payload = JSON.stringify(event);
    if (payload.length > payloadLimit) throw new Error('RequestTooLarge');
    const sandbox = this.#idle.pop() ?? this.#make();
    this.#all.add(sandbox);
    const death = setTimeout(() => void sandbox.end(), dieAfter);
    try {
      return await sandbox.run(payload);
    } finally {
      clearTimeout(death);
      if (sandbox.dead) this.#all.delete(sandbox);
      else this.#idle.push(sandbox);
    }
  }

  async stop(): Promise<void> {
    await Promise.all([...this.#all].map((sandbox) => sandbox.end()));
  }
}
