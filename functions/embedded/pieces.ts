// Large joined objects are kept as their pieces: hard links to the parts, read one after another, so that joining copies nothing.
import { randomBytes } from 'node:crypto';
import { link, mkdir, open, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { FileGone } from '../jobs/ports.ts';
import { bytesOf } from './file-bytes.ts';

/** Where the pieces of an object lie, and how long each is. */
export interface Pieces {
  folder: string;
  sizes: number[];
}

const piecesFolder = 'joined';

const piecePath = (home: string, { folder }: Pieces, index: number): string =>
  join(home, piecesFolder, folder, String(index));

export const sizeOf = ({ sizes }: Pieces): number => sizes.reduce((sum, size) => sum + size, 0);

/** Links the files at `paths` together; undefined where the file system has no links. Throws FileGone for a missing one. */
export const linkPieces = async (
  home: string,
  paths: readonly string[],
  sizes: number[],
): Promise<Pieces | undefined> => {
  const pieces: Pieces = { folder: randomBytes(12).toString('hex'), sizes };
  await mkdir(join(home, piecesFolder, pieces.folder), { recursive: true, mode: 0o700 });
  try {
    for (const [index, path] of paths.entries()) await link(path, piecePath(home, pieces, index));
    const folder = await open(join(home, piecesFolder, pieces.folder), 'r');
    await folder.sync().finally(() => folder.close());
    return pieces;
  } catch (error) {
    await removePieces(home, pieces);
    const { code } = error as NodeJS.ErrnoException;
    if (code === 'ENOENT') throw new FileGone('a part is not there');
    if (['EPERM', 'ENOTSUP', 'EOPNOTSUPP', 'EXDEV', 'EMLINK', 'ENOSYS', 'EISDIR'].includes(code ?? ''))
      return undefined;
    throw error;
  }
};

/** Bytes [start, end) of the whole. */
export async function* bytesOfPieces(
  home: string,
  pieces: Pieces,
  start: number,
  end: number,
): AsyncGenerator<Uint8Array> {
  let at = 0;
  for (const [index, size] of pieces.sizes.entries()) {
    const [from, to] = [Math.max(start - at, 0), Math.min(end - at, size)];
    at += size;
    if (from >= to) continue;
    const file = await open(piecePath(home, pieces, index), 'r').catch(() => {
      throw new FileGone('a piece of the object is not there');
    });
    try {
      yield* bytesOf(file, from, to);
    } finally {
      await file.close();
    }
  }
}

export const removePieces = (home: string, { folder }: Pieces): Promise<void> =>
  rm(join(home, piecesFolder, folder), { recursive: true, force: true });
