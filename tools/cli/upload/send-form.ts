// Sends a file by the form of an upload ticket: all fields, then the bytes as they come from the disk.
import { randomBytes } from 'node:crypto';
import { createReadStream } from 'node:fs';
import { Readable } from 'node:stream';
import type { UploadForm } from '../door/client.ts';

/** The form was not taken: the store's status and its code, such as `EntityTooLarge`. */
export class NotTaken extends Error {
  override readonly name = 'NotTaken';
  readonly status: number;
  readonly code: string;
  constructor(status: number, code: string) {
    super(`${status} ${code}`);
    this.status = status;
    this.code = code;
  }
}

/** The file is not the one that was announced. */
export class FileChanged extends Error {
  override readonly name = 'FileChanged';
}

export interface Outgoing {
  path: string;
  size: number;
  signal: AbortSignal;
  /** Told how many bytes of the file are on their way. */
  sent: (bytes: number) => void;
}

/** Resolves when the store has the whole file. Throws NotTaken, FileChanged, or whatever broke the connection. */
export const sendForm = async ({ url, fields }: UploadForm, { path, size, signal, sent }: Outgoing): Promise<void> => {
  const boundary = `stevedore-${randomBytes(16).toString('hex')}`;
  const part = (name: string, more = '') =>
    `--${boundary}\r\nContent-Disposition: form-data; name="${name}"${more}\r\n`;
  const lines = Object.entries(fields).map(([name, value]) => `${part(name)}\r\n${value}\r\n`);
  const file = part('file', '; filename="file"');
  const head = Buffer.from(`${lines.join('')}${file}Content-Type: application/octet-stream\r\n\r\n`);
  const tail = Buffer.from(`\r\n--${boundary}--\r\n`);
  const body = async function* () {
    yield head;
    let bytes = 0;
    if (size > 0)
      for await (const block of createReadStream(path, {
        end: size - 1,
        highWaterMark: 256 * 1024,
      }) as AsyncIterable<Buffer>) {
        yield block;
        bytes += block.length;
        sent(bytes);
      }
    if (bytes < size) throw new FileChanged();
    yield tail;
  };
  // Loaded only here. The store wants to know the length beforehand, which a stream in fetch would not tell.
  const { request } = await import('undici');
  const answer = await request(url, {
    method: 'POST',
    headers: {
      'content-type': `multipart/form-data; boundary=${boundary}`,
      'content-length': String(head.length + size + tail.length),
    },
    body: Readable.from(body(), { objectMode: false }),
    signal,
  });
  const text = await answer.body.text();
  if (answer.statusCode >= 200 && answer.statusCode < 300) return;
  throw new NotTaken(answer.statusCode, /<Code>(\w{1,64})<\/Code>/.exec(text)?.[1] ?? 'unknown');
};
