// What is told with an object when it is downloaded: its type and its name. Kept in a small file under `<home>/meta`.
import { randomBytes } from 'node:crypto';
import { mkdirSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { pathOf } from './file-names.ts';
import type { Pieces } from './pieces.ts';

export interface FileMeta {
  contentType?: string;
  filename?: string;
  /** For a large joined object, whose own file is empty. */
  pieces?: Pieces;
}

const metaPath = (home: string, key: string): string => pathOf(join(home, 'meta'), key);

/** Sets what is known of an object, before the object itself is put in its place. */
export const writeMeta = (home: string, key: string, meta: FileMeta): void => {
  const path = metaPath(home, key);
  if (Object.values(meta).every((value) => value === undefined)) {
    rmSync(path, { force: true });
    return;
  }
  const temporary = join(home, 'tmp', randomBytes(12).toString('hex'));
  mkdirSync(dirname(path), { recursive: true });
  mkdirSync(dirname(temporary), { recursive: true });
  writeFileSync(temporary, JSON.stringify(meta));
  renameSync(temporary, path);
};

export const readMeta = (home: string, key: string): FileMeta => {
  try {
    return JSON.parse(readFileSync(metaPath(home, key), 'utf8')) as FileMeta;
  } catch {
    // A file that a person put there has none, and a damaged one must not stop a download.
    return {};
  }
};

export const removeMeta = (home: string, key: string): void => rmSync(metaPath(home, key), { force: true });
