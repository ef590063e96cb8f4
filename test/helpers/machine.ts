// The system as `npm start` runs it: a child process on a folder of its own, which tests may kill.
import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { createInterface } from 'node:readline';
import { demoClient } from '../../functions/server/demo-client.ts';
import { createSailthruClient, type SailthruJob } from './sailthru-client.ts';

const main = new URL('../../functions/server/main.ts', import.meta.url).pathname;

export interface Machine {
  url: string;
  /** What it printed, errors among it. */
  lines: string[];
  process: ChildProcess;
  client: ReturnType<typeof createSailthruClient>;
  /** Ends it as the kernel or a power cut would. */
  kill(): Promise<void>;
  /** Ends it as Ctrl-C does; the exit code. */
  stop(): Promise<number | null>;
}

export interface StartOptions {
  /** Gets the process before it is ready. */
  spawned?: (child: ChildProcess) => void;
  /** No file may grow beyond so many bytes: what is written there fails, as it does on a full disk. */
  largestFile?: number;
}

/** Starts the system; resolves when it says that it is ready. */
export const startMachine = async (
  home: string,
  env: Record<string, string> = {},
  { spawned, largestFile }: StartOptions = {},
): Promise<Machine> => {
  const command = [process.execPath, main];
  // The shell counts in blocks of 512 bytes.
  if (largestFile !== undefined)
    command.unshift('/bin/sh', '-c', 'ulimit -f "$0" && exec "$@"', String(Math.floor(largestFile / 512)));
  const [program = '', ...args] = command;
  const child = spawn(program, args, {
    env: { ...process.env, PORT: '0', STEVEDORE_HOME: home, ...env },
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  spawned?.(child);
  const lines: string[] = [];
  createInterface({ input: child.stderr }).on('line', (line) => lines.push(line));
  const url = await new Promise<string>((resolve, reject) => {
    child.once('close', (code) => reject(new Error(`ended with ${code} before it was ready: ${lines.join(' | ')}`)));
    createInterface({ input: child.stdout }).on('line', (line) => {
      lines.push(line);
      const ready = /ready on (\S+)/.exec(line);
      if (ready?.[1]) resolve(ready[1]);
    });
  });
  const end = async (signal: NodeJS.Signals): Promise<number | null> => {
    if (child.exitCode !== null || child.signalCode !== null) return child.exitCode;
    child.kill(signal);
    const [code] = await once(child, 'exit');
    return code as number | null;
  };
  return {
    url,
    lines,
    process: child,
    client: createSailthruClient(demoClient.apiKey, demoClient.secret, url),
    kill: async () => {
      await end('SIGKILL');
    },
    stop: () => end('SIGTERM'),
  };
};

/** Asks until `condition` holds; what was last answered then. */
export const until = async <T>(ask: () => Promise<T>, condition: (answer: T) => boolean, everyMs = 25): Promise<T> => {
  for (;;) {
    const answer = await ask();
    if (condition(answer)) return answer;
    await new Promise((resolve) => setTimeout(resolve, everyMs));
  }
};

/** Asks for a job until it ended. */
export const untilEnded = (client: Machine['client'], id: string): Promise<SailthruJob> =>
  until(
    () => client.job(id),
    (job) => job.status !== 'pending' && job.status !== 'running',
  );
