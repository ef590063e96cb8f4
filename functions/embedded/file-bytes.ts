// The bytes of one open file, and what tells it from another.
import type { FileHandle } from 'node:fs/promises';
import { FileGone, type FileInfo } from '../jobs/ports.ts';

const bufferBytes = 256 * 1024;

/** Size, time of the last write and inode: a replaced file is another inode, even within one tick of the clock. */
export const infoOf = async (file: FileHandle): Promise<FileInfo> => {
  const { size, mtimeNs, ino } = await file.stat({ bigint: true });
  return { size: Number(size), etag: [size, mtimeNs, ino].map((part) => part.toString(36)).join('-') };
};

export async function* bytesOf(
  file: FileHandle,
  start: number,
  end: number,
  blockBytes = bufferBytes,
): AsyncGenerator<Uint8Array> {
  for (let at = start; at < end; ) {
    const buffer = Buffer.allocUnsafe(Math.min(blockBytes, end - at));
    const { bytesRead } = await file.read(buffer, 0, buffer.length, at);
    if (bytesRead === 0) throw new FileGone('the object became shorter');
    at += bytesRead;
    yield buffer.subarray(0, bytesRead);
  }
}
