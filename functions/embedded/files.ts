// Objects as plain files under the home folder: written beside their place, flushed, then renamed into it.
import { randomBytes } from 'node:crypto';
import { constants } from 'node:fs';
import { type FileHandle, lstat, mkdir, open, readdir, rename, rm, rmdir } from 'node:fs/promises';
import { dirname, join, relative } from 'node:path';
import { Refusal } from '../jobs/errors.ts';
import { FileGone, type FileInfo, type Files } from '../jobs/ports.ts';
import { countUsage } from '../jobs/usage.ts';
import { bytesOf, infoOf } from './file-bytes.ts';
import { type FileMeta, readMeta, removeMeta, writeMeta } from './file-meta.ts';
import { areas, keyOf, pathOf } from './file-names.ts';
import { signLink } from './links.ts';
import { bytesOfPieces, linkPieces, type Pieces, removePieces, sizeOf } from './pieces.ts';
import { signPutLink } from './put-links.ts';
import { signTicket } from './tickets.ts';

const bufferBytes = 256 * 1024;
/** Joining moves whole files: larger steps, fewer of them. */
const joinBytes = 2 * 1024 * 1024;
/** From this size on a joined object is kept as its pieces. */
const piecesFrom = 8 * 1024 * 1024;

/** Objects under `<home>/{uploads,exports,jobs}`; `baseUrl` is where the server's `/files/` and `/uploads` are reached. */
export const embeddedFiles = (home: string, baseUrl: () => string): Files => {
  const openObject = async (key: string): Promise<FileHandle> => {
    // A link in the drop folder must not lead elsewhere, a pipe must not hold this thread up.
    const flags = constants.O_RDONLY | constants.O_NOFOLLOW | constants.O_NONBLOCK;
    const file = await open(pathOf(home, key), flags).catch(missing);
    if (file && (await file.stat()).isFile()) return file;
    await file?.close();
    throw new FileGone('the object is not there');
  };

  const write = async (key: string, meta: FileMeta, fill: (file: FileHandle) => Promise<void>): Promise<FileInfo> => {
    const path = pathOf(home, key);
    const temporary = join(home, 'tmp', randomBytes(12).toString('hex'));
    await mkdir(dirname(temporary), { recursive: true });
    const file = await open(temporary, 'wx', 0o600);
    try {
      await fill(file).then(() => file.sync());
      const info = await infoOf(file);
      const { pieces: before } = readMeta(home, key);
      writeMeta(home, key, meta);
      await moveTo(temporary, path);
      if (before) await removePieces(home, before);
      return info;
    } catch (error) {
      await rm(temporary, { force: true });
      throw error;
    } finally {
      await file.close();
    }
  };

  /** An object's file, and its pieces when it is an empty file that stands for them. */
  const opened = async (key: string): Promise<{ file: FileHandle; info: FileInfo; pieces?: Pieces }> => {
    const file = await openObject(key);
    const info = await infoOf(file);
    const { pieces } = info.size === 0 ? readMeta(home, key) : {};
    return pieces ? { file, info: { ...info, size: sizeOf(pieces) }, pieces } : { file, info };
  };

  const copyParts = (key: string, parts: readonly string[], meta: FileMeta): Promise<FileInfo> =>
    write(key, meta, async (whole) => {
      for (const part of parts) {
        const file = await openObject(part);
        try {
          for await (const piece of bytesOf(file, 0, (await infoOf(file)).size, joinBytes))
            await writeAll(whole, piece);
        } finally {
          await file.close();
        }
      }
    });

  return {
    async put(key, body, options = {}) {
      const { maxBytes = Number.POSITIVE_INFINITY, ...meta } = options;
      return write(key, meta, async (file) => {
        for await (const piece of gathered(body, maxBytes)) await writeAll(file, piece);
      });
    },

    async *get(key, options = {}) {
      const { file, info, pieces } = await opened(key);
      try {
        if (options.etag !== undefined && options.etag !== info.etag) throw new FileGone('the object is another one');
        const [start, end] = [options.start ?? 0, Math.min(options.end ?? info.size, info.size)];
        for await (const piece of pieces ? bytesOfPieces(home, pieces, start, end) : bytesOf(file, start, end)) {
          countUsage({ bytesRead: piece.length });
          yield piece;
        }
      } finally {
        await file.close();
      }
    },

    async head(key) {
      const found = await opened(key).catch((error: unknown) => {
        if (error instanceof FileGone) return undefined;
        throw error;
      });
      await found?.file.close();
      return found?.info;
    },

    async join(key, parts, meta) {
      const sizes: number[] = [];
      for (const part of parts) {
        const { file, info, pieces } = await opened(part);
        await file.close();
        if (pieces) throw new Error('a joined object cannot be joined again');
        sizes.push(info.size);
      }
      const size = sizes.reduce((sum, bytes) => sum + bytes, 0);
      const paths = parts.map((part) => pathOf(home, part));
      const pieces = size < piecesFrom ? undefined : await linkPieces(home, paths, sizes);
      if (!pieces) return copyParts(key, parts, meta);
      return { ...(await write(key, { ...meta, pieces }, async () => {})), size };
    },

    async link(key, expiresAt) {
      return signLink(home, baseUrl(), key, expiresAt);
    },

    async putLink(key, options) {
      return signPutLink(home, baseUrl(), key, options);
    },

    async ticket(key, options) {
      return signTicket(home, baseUrl(), key, options);
    },

    async list(prefix) {
      const folderKey = prefix.slice(0, prefix.lastIndexOf('/'));
      const isArea = (areas as readonly string[]).includes(folderKey);
      const folder = isArea ? join(home, folderKey) : pathOf(home, folderKey);
      const entries = (await readdir(folder, { recursive: true, withFileTypes: true }).catch(missing)) ?? [];
      const files = entries.filter((entry) => entry.isFile());
      const keys = files.map((entry) => keyOf(relative(home, join(entry.parentPath, entry.name))));
      return keys.filter((key) => key.startsWith(prefix)).sort();
    },

    async remove(keys) {
      const folders = new Set<string>();
      for (const key of keys) {
        const path = pathOf(home, key);
        if ((await lstat(path).catch(missing))?.isDirectory() === false) await rm(path, { force: true });
        // The folders under uploads/imports are people's own.
        if (!key.startsWith('uploads/imports/')) folders.add(dirname(path));
        const { pieces } = readMeta(home, key);
        removeMeta(home, key);
        if (pieces) await removePieces(home, pieces);
      }
      for (const folder of folders) await removeEmpty(home, folder);
    },
  };
};

/** Undefined for what is not there; anything else that went wrong is thrown on. */
const missing = (error: NodeJS.ErrnoException): undefined => {
  if (!['ENOENT', 'ENOTDIR', 'EISDIR', 'ELOOP', 'ENAMETOOLONG'].includes(error.code ?? '')) throw error;
};

/** The body in pieces that are worth a write. Small ones are copied, since their sender may use the memory again. */
async function* gathered(
  body: AsyncIterable<Uint8Array> | Uint8Array | string,
  maxBytes: number,
): AsyncGenerator<Uint8Array> {
  const buffer = Buffer.allocUnsafe(bufferBytes);
  let held = 0;
  let size = 0;
  for await (const piece of typeof body === 'string' || body instanceof Uint8Array ? [Buffer.from(body)] : body) {
    size += piece.length;
    if (size > maxBytes) throw new Refusal('too_large', `The file is larger than ${maxBytes} bytes`);
    countUsage({ bytesWritten: piece.length });
    if (held + piece.length > buffer.length && held > 0) {
      yield buffer.subarray(0, held);
      held = 0;
    }
    if (piece.length > buffer.length) yield piece;
    else {
      buffer.set(piece, held);
      held += piece.length;
    }
  }
  if (held > 0) yield buffer.subarray(0, held);
}

const writeAll = async (file: FileHandle, bytes: Uint8Array): Promise<void> => {
  for (let at = 0; at < bytes.length; ) at += (await file.write(bytes, at)).bytesWritten;
};

/** Renames a flushed file into its place, and flushes the place's name. */
const moveTo = async (temporary: string, path: string): Promise<void> => {
  for (let attempt = 1; ; attempt++) {
    await mkdir(dirname(path), { recursive: true, mode: 0o700 });
    try {
      await rename(temporary, path);
      break;
    } catch (error) {
      // Another thread may have removed the folder that had just become empty.
      if ((error as NodeJS.ErrnoException).code !== 'ENOENT' || attempt === 10) throw error;
    }
  }
  const folder = await open(dirname(path), 'r').catch(missing);
  // Windows opens no folders, and has no need to.
  await folder?.sync().finally(() => folder.close());
};

const removeEmpty = async (home: string, folder: string): Promise<void> => {
  for (let path = folder; relative(home, path).split(/[/\\]/).length > 1; path = dirname(path)) {
    const removed = await rmdir(path).then(
      () => true,
      () => false,
    );
    if (!removed) return;
  }
};
