// Orders a job and brings its file: a broken upload begins again under the same job, for as long as the job waits for it.
import { stat } from 'node:fs/promises';
import { resolve } from 'node:path';
import type { Connection } from '../connection.ts';
import { type JobAnswer, Unreachable } from '../door/client.ts';
import { CliError } from '../exit.ts';
import { pause } from '../interrupt.ts';
import { bytesText, type Out } from '../output.ts';
import { createBar } from '../progress.ts';
import { type Memory, remember } from './remember.ts';
import { FileChanged, NotTaken, sendForm } from './send-form.ts';

/** Seconds before each further try. */
const waits = [1, 2, 5, 10, 20];
/** Looks, a second apart, whether a file that was sent whole but never answered has arrived. */
const looks = 5;

export interface Errand {
  connection: Connection;
  out: Out;
  signal: AbortSignal;
  /** Where begun uploads are remembered. */
  folder: string;
  /** Begins anew, whatever was begun before. */
  fresh: boolean;
}

type Order = Record<string, unknown> & { type: string };

/** Orders `order` with the file at `path`; the job, whose file has arrived. */
export const bringFile = async (errand: Errand, order: Order, path: string): Promise<JobAnswer> => {
  const info = await stat(path).catch(() => undefined);
  if (!info?.isFile()) throw new CliError('usage', `There is no file ${path}`);
  const { size, mtimeMs } = info;
  const file = { path: resolve(path), size, modified: mtimeMs };
  const whole: Order = { ...order, upload: { filename: path.split(/[\\/]/).at(-1) ?? '', size } };
  const { url, credentials } = errand.connection;
  const identity = { url, apiKey: credentials.key, ...file, order: whole };
  const memory = remember(errand.folder, identity, errand.fresh);
  const job = await begin(errand, whole, memory);
  if (isOver(job)) {
    // Cancelled, or given up when the hour was over: this is a new wish.
    memory.forget();
    return bringFile({ ...errand, fresh: true }, order, path);
  }
  if (memory.job !== undefined) errand.out.note(`Going on with job ${job.id}, which waits for its file.`);
  memory.keep(job.id);
  await bring(errand, whole, memory, job, file);
  memory.forget();
  return job;
};

const begin = ({ connection }: Errand, order: Order, { idempotencyKey }: Memory): Promise<JobAnswer> =>
  connection.door.submit({ ...order, idempotency_key: idempotencyKey });

const isOver = ({ state, startedAt }: JobAnswer): boolean =>
  (state === 'failed' || state === 'cancelled') && startedAt === undefined;

interface LocalFile {
  path: string;
  size: number;
  modified: number;
}

const bring = async (
  errand: Errand,
  order: Order,
  memory: Memory,
  first: JobAnswer,
  file: LocalFile,
): Promise<void> => {
  let job = first;
  for (let attempt = 0; ; attempt++) {
    if (!job.upload) return;
    const end = await attemptOnce(errand, job, file);
    if (end === 'taken') return;
    const wait = waits[attempt];
    if (wait === undefined)
      throw new CliError('unreachable', `The upload broke ${waits.length + 1} times (${end}). ${comeBack(job)}`);
    errand.out.note(`The upload broke (${end}): again in ${wait} s, from the beginning.`);
    await pause(wait * 1000, errand.signal);
    if (errand.signal.aborted) throw left(job);
    // A new form, for what is left of the hour; none when the file had arrived after all.
    job = await begin(errand, order, memory).catch((error: unknown) => {
      if (error instanceof Unreachable) return job;
      throw error;
    });
  }
};

/** `taken`, or in a word what went wrong. */
const attemptOnce = async (errand: Errand, job: JobAnswer, file: LocalFile): Promise<string> => {
  const bar = createBar(errand.out);
  let bytes = 0;
  const sent = (now: number) => {
    bytes = now;
    bar.show('Upload', now, file.size, `${bytesText(now)} of ${bytesText(file.size)}`);
  };
  try {
    if (job.upload) await sendForm(job.upload, { ...file, signal: errand.signal, sent });
    const after = await stat(file.path);
    if (after.size !== file.size || after.mtimeMs !== file.modified) throw new FileChanged();
    return 'taken';
  } catch (error) {
    if (errand.signal.aborted) throw left(job);
    if (error instanceof FileChanged) throw await changed(errand, job);
    if (error instanceof NotTaken) {
      if (error.status === 409) return 'taken';
      if (error.code.startsWith('EntityToo')) throw await changed(errand, job);
      return error.message;
    }
    if (bytes === file.size && (await hasArrived(errand, job))) return 'taken';
    return (error as NodeJS.ErrnoException).code ?? 'the connection was lost';
  } finally {
    bar.clear();
  }
};

/** What was sent whole may have arrived, though no answer came: sent twice, it could meet a job that reads the first already. */
const hasArrived = async ({ connection, signal }: Errand, { id }: JobAnswer): Promise<boolean> => {
  for (let look = 0; look < looks; look++) {
    await pause(1000, signal);
    const job = await connection.door.job(id).catch(() => undefined);
    if (job && !job.upload) return true;
  }
  return false;
};

/** The job would wait an hour for a file that is no more. */
const changed = async ({ connection }: Errand, { id }: JobAnswer): Promise<CliError> => {
  await connection.door.act(id, 'cancel').catch(() => undefined);
  return new CliError('failed', `The file changed while it was sent: job ${id} is cancelled. Run the command again.`);
};

const left = (job: JobAnswer): CliError => new CliError('left', comeBack(job));

const comeBack = ({ id, upload }: JobAnswer): string =>
  `Job ${id} waits for its file until ${upload?.expires ?? 'its hour is over'}: run the same command again to bring it.`;
