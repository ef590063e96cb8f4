// One object out of many: large ones copied inside S3, small ones gathered in memory until they make a part.
import type { S3Client } from '@aws-sdk/client-s3';
import { FileGone, type FileInfo } from '../jobs/ports.ts';
import { inOrder } from './flow.ts';
import type { Place } from './object-key.ts';
import { headObject, readObject } from './object-reader.ts';
import { type Headers, leastPart, ObjectWriter } from './object-writer.ts';

const MiB = 1024 * 1024;
const heads = 16;
/** Bytes of small objects that are read ahead, and how many at most. */
const aheadBytes = 16 * MiB;
const aheadObjects = 16;

type Part = Place & FileInfo;

/** Makes the object. Throws FileGone when a part is missing. */
export const joinObjects = async (
  s3: S3Client,
  to: Place,
  from: readonly Place[],
  headers: Headers,
): Promise<FileInfo> => {
  const parts: Part[] = [];
  const sized = inOrder(from, heads, async (place) => ({ place, info: await headObject(s3, place) }));
  for await (const { place, info } of sized) {
    if (!info) throw new FileGone('a part is not there');
    if (info.size > 0) parts.push({ ...place, ...info });
  }
  const total = parts.reduce((sum, { size }) => sum + size, 0);
  // An object has at most 10,000 parts: a copy takes one and may send another ahead of it, the rest is gathered.
  // S3 copies a range only out of objects larger than the least part.
  const leastCopy = Math.max(leastPart + 1, Math.ceil(total / 3900));
  const largestSmall = parts.reduce((most, { size }) => (size < leastCopy ? Math.max(most, size) : most), 1);
  const readAhead = Math.max(1, Math.min(aheadObjects, Math.floor(aheadBytes / largestSmall)));
  const writer = new ObjectWriter(s3, to, headers, Math.max(8 * MiB, Math.ceil(total / 2000)));
  try {
    const pieces = inOrder(parts, readAhead, async (part) => ({
      part,
      bytes: part.size < leastCopy ? await whole(s3, part, 0, part.size) : undefined,
    }));
    for await (const { part, bytes } of pieces) {
      if (bytes) for (const piece of bytes) await writer.write(piece);
      else await copyOver(s3, writer, part, leastCopy);
    }
    return await writer.close();
  } catch (error) {
    await writer.abort();
    throw error;
  }
};

/** Copies a large part; what is held before it is first filled up from its beginning. */
const copyOver = async (s3: S3Client, writer: ObjectWriter, part: Part, leastCopy: number): Promise<void> => {
  let start = 0;
  if (writer.held > 0 && writer.held < leastPart) {
    start = Math.min(part.size, leastPart - writer.held);
    if (part.size - start < leastCopy) start = part.size;
    for await (const piece of readObject(s3, part, { start: 0, end: start, etag: part.etag }))
      await writer.write(piece);
  }
  if (start < part.size) await writer.copy(part, start, part.size);
};

const whole = async (s3: S3Client, part: Part, start: number, end: number): Promise<Uint8Array[]> => {
  const pieces: Uint8Array[] = [];
  for await (const piece of readObject(s3, part, { start, end, etag: part.etag })) pieces.push(piece);
  return pieces;
};
