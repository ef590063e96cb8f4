// The stand-in for AWS as its user sees it: a process that is started, asked for its counts, ended.
import { type ChildProcess, fork } from 'node:child_process';
import { once } from 'node:events';
import type { Counted, StubAddress, StubHears, StubSays } from './aws-terms.ts';

export class StubProcess {
  readonly address: StubAddress;
  readonly #process: ChildProcess;

  private constructor(child: ChildProcess, address: StubAddress) {
    this.#process = child;
    this.address = address;
  }

  static async start(): Promise<StubProcess> {
    const child = fork(new URL('./aws-stub.ts', import.meta.url), ['serve'], { execArgv: [] });
    const [news] = (await heard(child)) as [StubSays];
    if (news.kind !== 'ready') throw new Error('the stand-in for AWS did not start');
    return new StubProcess(child, news.address);
  }

  /** What was counted since the last time. */
  async counted(): Promise<Counted> {
    const answer = heard(this.#process);
    this.#process.send({ kind: 'count' } satisfies StubHears);
    const [news] = (await answer) as [StubSays];
    if (news.kind !== 'counted') throw new Error('the stand-in for AWS started twice');
    return news.counted;
  }

  async stop(): Promise<void> {
    const gone = once(this.#process, 'exit');
    this.#process.disconnect();
    await gone;
  }
}

/** The next message, or an error when the process ends before it. */
const heard = async (child: ChildProcess): Promise<unknown[]> => {
  const over = new AbortController();
  const ended = once(child, 'exit', { signal: over.signal }).then(([code]) => {
    throw new Error(`the stand-in for AWS ended with ${code}`);
  });
  try {
    return await Promise.race([once(child, 'message', { signal: over.signal }), ended]);
  } finally {
    over.abort();
  }
};
