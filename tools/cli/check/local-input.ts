// Files in which the input of a job is a file of this machine, read where it lies and never copied.
import { createReadStream } from 'node:fs';
import { stat } from 'node:fs/promises';
import { FileGone, type Files } from '../../../functions/jobs/ports.ts';

const inputKey = 'uploads/check/input';

/** `files`, and under `localInput.key` the file at `path`. `read` is told how many bytes of it were read in all. */
export const localInput = (files: Files, path: string, read: (bytes: number) => void = () => undefined): Files => {
  const infoOf = async () => {
    const { size, mtimeMs } = await stat(path);
    return { size, etag: `${size}-${mtimeMs}` };
  };
  let total = 0;
  async function* bytes({ start = 0, end, etag }: { start?: number; end?: number; etag?: string } = {}) {
    const info = await infoOf();
    if (etag !== undefined && etag !== info.etag) throw new FileGone();
    const last = Math.min(end ?? info.size, info.size) - 1;
    if (last < start) return;
    for await (const block of createReadStream(path, { start, end: last, highWaterMark: 256 * 1024 })) {
      const piece = block as Buffer;
      total += piece.length;
      read(total);
      yield piece;
    }
  }
  return {
    ...files,
    get: (key, options) => (key === inputKey ? bytes(options) : files.get(key, options)),
    head: (key) => (key === inputKey ? infoOf() : files.head(key)),
    // The person's own file: no job's end takes it away.
    remove: (keys) => files.remove(keys.filter((key) => key !== inputKey)),
  };
};
localInput.key = inputKey;
