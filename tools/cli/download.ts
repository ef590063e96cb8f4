// Brings a file of a job to this machine, whole or not at all: a broken transfer goes on where it broke, by a new link.
import { open, rename, rm } from 'node:fs/promises';
import type { Connection } from './connection.ts';
import type { JobAnswer } from './door/client.ts';
import { CliError } from './exit.ts';
import { pause } from './interrupt.ts';
import { bytesText, type Out } from './output.ts';
import { createBar } from './progress.ts';

export type FileKind = keyof JobAnswer['files'];

/** Seconds before each further try. */
const waits = [1, 2, 5, 10];

export interface Transfer {
  connection: Connection;
  out: Out;
  signal: AbortSignal;
}

/** Where blocks go. */
type Sink = (block: Uint8Array) => Promise<unknown>;

/** Writes the job's file to `path`, or to stdout for `-`. The job must have it. */
export const download = async (transfer: Transfer, job: JobAnswer, kind: FileKind, path: string): Promise<void> => {
  if (path === '-') return pull(transfer, job, kind, toStdout);
  const temporary = `${path}.${process.pid}.part`;
  const file = await open(temporary, 'wx', 0o600).catch((error: NodeJS.ErrnoException) => {
    throw new CliError('failed', `Cannot write ${path}: ${error.code}`);
  });
  try {
    await pull(transfer, job, kind, (block) => file.writeFile(block));
    await file.close();
    await rename(temporary, path);
  } catch (error) {
    await file.close();
    await rm(temporary, { force: true });
    throw error;
  }
};

const toStdout: Sink = (block) =>
  new Promise<void>((resolve, reject) => {
    process.stdout.write(block, (error) => (error ? reject(error) : resolve()));
  });

const pull = async ({ connection, out, signal }: Transfer, first: JobAnswer, kind: FileKind, sink: Sink) => {
  const bar = createBar(out);
  const size = first.files[kind]?.size ?? 0;
  let written = 0;
  let job = first;
  const take = async (block: Uint8Array) => {
    await sink(block);
    written += block.length;
    bar.show('Download', written, size, `${bytesText(written)} of ${bytesText(size)}`);
  };
  try {
    for (let attempt = 0; written < size; attempt++) {
      const url = job.files[kind]?.url;
      if (url === undefined) throw new CliError('failed', `The file of job ${job.id} is gone: its time is over`);
      const broke = await stream(url, written, signal, take);
      if (signal.aborted) throw new CliError('left', `The file stays with job ${job.id} until its time is over`);
      if (written >= size) return;
      const wait = waits[attempt];
      if (wait === undefined) throw new CliError('unreachable', `The download broke: ${broke ?? 'it ended early'}`);
      await pause(wait * 1000, signal);
      // A new link: the old one may have ended meanwhile.
      job = await connection.door.job(job.id);
    }
  } finally {
    bar.clear();
  }
};

/** Takes what lies at the link behind `from`; in a word why it broke, undefined when it came to its end. */
const stream = async (url: string, from: number, signal: AbortSignal, take: Sink): Promise<string | undefined> => {
  let response: Response;
  try {
    response = await fetch(url, { signal, headers: from > 0 ? { range: `bytes=${from}-` } : {} });
  } catch (error) {
    return ((error as Error).cause as NodeJS.ErrnoException | undefined)?.code ?? 'no answer';
  }
  const reader = response.body?.getReader();
  if (response.status !== (from > 0 ? 206 : 200) || !reader) {
    await reader?.cancel();
    return `status ${response.status}`;
  }
  for (;;) {
    // Only what the network throws may be tried again: what `take` throws is about this machine.
    const next = await reader.read().catch(() => undefined);
    if (next === undefined) return 'the connection was lost';
    if (next.done) return undefined;
    await take(next.value);
  }
};
