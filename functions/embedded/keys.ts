// The key file of a home folder: made at the first start, read by every thread; each use has its own key out of it.
import { hkdfSync, randomBytes } from 'node:crypto';
import {
  chmodSync,
  closeSync,
  fsyncSync,
  linkSync,
  mkdirSync,
  openSync,
  readFileSync,
  rmSync,
  writeSync,
} from 'node:fs';
import { join, resolve } from 'node:path';

const keyBytes = 32;

type Purpose = 'client secrets' | 'links' | 'uploads';

/** The key for one purpose, 32 bytes. Makes `<home>/secret.key` when there is none. */
export const keyFor = (home: string, purpose: Purpose): Buffer =>
  Buffer.from(hkdfSync('sha256', masterKey(home), '', `stevedore ${purpose}`, keyBytes));

const remembered = new Map<string, Buffer>();

/** The same key, read once in this process: for what is checked on every request. */
export const rememberedKey = (home: string, purpose: Purpose): Buffer => {
  const path = resolve(home);
  const name = `${purpose} ${path}`;
  const key = remembered.get(name) ?? keyFor(path, purpose);
  remembered.set(name, key);
  return key;
};

const masterKey = (home: string): Buffer => {
  const path = join(home, 'secret.key');
  const key = readKey(path) ?? makeKey(home, path);
  if (key.length !== keyBytes)
    throw new Error(`${path} is damaged: put back the file from a backup, or the stored client secrets cannot be read`);
  return key;
};

const readKey = (path: string): Buffer | undefined => {
  try {
    return readFileSync(path);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return undefined;
    throw error;
  }
};

/** Writes the whole key beside its place and links it there, so that of two threads one wins and no half key is ever seen. */
const makeKey = (home: string, path: string): Buffer => {
  mkdirSync(home, { recursive: true, mode: 0o700 });
  const temporary = `${path}.${randomBytes(6).toString('hex')}`;
  const file = openSync(temporary, 'wx', 0o600);
  try {
    writeSync(file, randomBytes(keyBytes));
    fsyncSync(file);
    linkSync(temporary, path);
    chmodSync(path, 0o600);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'EEXIST') throw error;
  } finally {
    closeSync(file);
    rmSync(temporary, { force: true });
  }
  return readFileSync(path);
};
