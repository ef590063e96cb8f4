// A container service on this machine: the very file that its image is made of, in a process with exactly its own environment.
import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import type { ContainerSpec } from './template.ts';

export interface Container {
  url: string;
  /** Ends it as a deployment does; its exit code. */
  stop(): Promise<number | null>;
}

/** `extra` is what the service, or the bench, sets. Resolves when it says that it listens. */
export const startContainer = async (
  spec: ContainerSpec,
  extra: Record<string, string>,
  output: (text: string) => void,
): Promise<Container> => {
  const child: ChildProcess = spawn(process.execPath, [join(spec.folder, 'index.mjs')], {
    env: { ...spec.environment, ...extra, HOST: '127.0.0.1', PORT: '0' },
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  const port = await new Promise<number>((resolve, reject) => {
    child.once('exit', (code) => reject(new Error(`the container ended with ${code} before it listened`)));
    if (child.stdout)
      createInterface({ input: child.stdout }).on('line', (line) => {
        output(`${line}\n`);
        if (line.includes('"door.open"')) resolve(Number(JSON.parse(line).port));
      });
  });
  return {
    url: `http://127.0.0.1:${port}`,
    async stop() {
      if (child.exitCode !== null) return child.exitCode;
      child.kill('SIGTERM');
      const [code] = await once(child, 'exit');
      return code as number | null;
    },
  };
};
