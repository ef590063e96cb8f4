// Reads an object as a stream, and goes on where it was when the stream breaks.
import { GetObjectCommand, HeadObjectCommand, type S3Client, S3ServiceException } from '@aws-sdk/client-s3';
import { FileGone, type FileInfo } from '../jobs/ports.ts';
import { backoff } from './flow.ts';
import type { Place } from './object-key.ts';

/** Breaks in a row without a byte between them, before giving up. */
const patience = 5;

export interface Range {
  start?: number;
  end?: number;
  etag?: string;
}

/** Not there, another one by now, or shorter than it was. */
const isGone = (error: unknown): boolean =>
  error instanceof S3ServiceException && [404, 412, 416].includes(error.$metadata.httpStatusCode ?? 0);

export const headObject = async (s3: S3Client, place: Place): Promise<FileInfo | undefined> => {
  try {
    const { ContentLength, ETag } = await s3.send(new HeadObjectCommand(place));
    return { size: ContentLength ?? 0, etag: String(ETag) };
  } catch (error) {
    if (isGone(error)) return undefined;
    throw error;
  }
};

/** Bytes [start, end) of the object. Throws FileGone. */
export async function* readObject(s3: S3Client, place: Place, range: Range = {}): AsyncGenerator<Uint8Array> {
  const { start = 0, end } = range;
  if (end !== undefined && end <= start) return;
  let { etag } = range;
  let at = start;
  for (let fruitless = 0; ; ) {
    const opened = await open(s3, place, at, end, etag);
    // From here on it must be the same object.
    etag ??= opened.etag;
    const stop = at + opened.length;
    try {
      for await (const bytes of opened.body) {
        at += bytes.length;
        fruitless = 0;
        yield bytes;
      }
      if (at >= stop) return;
    } catch (error) {
      if (at >= stop) return;
      if (fruitless >= patience) throw error;
    }
    fruitless += 1;
    if (fruitless > patience) throw new Error('an object that breaks off again and again');
    await backoff(fruitless);
  }
}

const open = async (s3: S3Client, place: Place, start: number, end: number | undefined, etag: string | undefined) => {
  // An empty object has no range at all.
  const whole = start === 0 && end === undefined;
  try {
    const answer = await s3.send(
      new GetObjectCommand({
        ...place,
        ...(!whole && { Range: `bytes=${start}-${end === undefined ? '' : end - 1}` }),
        ...(etag !== undefined && { IfMatch: etag }),
      }),
    );
    const body = (answer.Body ?? []) as AsyncIterable<Uint8Array>;
    return { body, length: answer.ContentLength ?? 0, etag: answer.ETag };
  } catch (error) {
    if (isGone(error)) throw new FileGone('the object is not there or is another one');
    throw error;
  }
};
