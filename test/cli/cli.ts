// Runs the command line as its users do: a process of its own, with a home of its own.
import { type ChildProcess, spawn } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { startMachine } from '../helpers/machine.ts';

const main = new URL('../../tools/stevedore.ts', import.meta.url).pathname;

export interface Ended {
  code: number | null;
  stdout: string;
  stderr: string;
}

export interface Running {
  child: ChildProcess;
  ended: Promise<Ended>;
  /** Resolves once it has said this on stderr. */
  said(what: RegExp): Promise<RegExpExecArray>;
}

/** Starts it. Nothing of the environment that could name another server comes through. */
export const startCli = (args: readonly string[], env: Record<string, string>): Running => {
  const { STEVEDORE_URL, STEVEDORE_KEY, STEVEDORE_HOME, ...rest } = process.env;
  const child = spawn(process.execPath, [main, ...args], {
    env: { ...rest, ...env },
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  let [stdout, stderr] = ['', ''];
  let heard: () => void = () => undefined;
  child.stdout.on('data', (block) => {
    stdout += String(block);
  });
  child.stderr.on('data', (block) => {
    stderr += String(block);
    heard();
  });
  const ended = new Promise<Ended>((resolve) => {
    child.once('close', (code) => resolve({ code, stdout, stderr }));
  });
  return {
    child,
    ended,
    said: (what) =>
      new Promise((resolve, reject) => {
        const look = () => {
          const found = what.exec(stderr);
          if (found) resolve(found);
        };
        heard = look;
        look();
        void ended.then(() => reject(new Error(`it ended and never said ${what}: ${stderr}`)));
      }),
  };
};

/** A folder, a running machine, and the command line against it. */
export const openBench = async (machineEnv: Record<string, string> = {}) => {
  const folder = mkdtempSync(join(tmpdir(), 'stevedore-cli-'));
  let machine = await startMachine(join(folder, 'state'), machineEnv);
  const env = {
    STEVEDORE_URL: machine.url,
    XDG_STATE_HOME: join(folder, 'xdg-state'),
    XDG_CONFIG_HOME: join(folder, 'xdg-config'),
  };
  const start = (args: readonly string[], more: Record<string, string> = {}) => startCli(args, { ...env, ...more });
  return {
    folder,
    get machine() {
      return machine;
    },
    env,
    /** Stops the machine and starts it again on the same folder. */
    async restart(more: Record<string, string>): Promise<void> {
      await machine.stop();
      machine = await startMachine(join(folder, 'state'), { ...machineEnv, ...more });
    },
    start,
    run: (...args: string[]): Promise<Ended> => start(args).ended,
    /** The one object that a command with --json wrote. */
    async json(...args: string[]) {
      const { stdout, stderr, code } = await start([...args, '--json']).ended;
      const lines = stdout.trimEnd().split('\n');
      if (lines.length !== 1 || stdout === '') throw new Error(`not one line on stdout: ${stdout}${stderr}`);
      return { code, stderr, value: JSON.parse(stdout) };
    },
    async close(): Promise<void> {
      await machine.kill();
      rmSync(folder, { recursive: true, force: true });
    },
  };
};

export type Bench = Awaited<ReturnType<typeof openBench>>;

/** The values of a command with --json that writes one on each line. */
export const linesOf = (stdout: string) =>
  stdout
    .split('\n')
    .filter((line) => line !== '')
    .map((line) => JSON.parse(line));
