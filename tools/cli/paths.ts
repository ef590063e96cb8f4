// Where the command line keeps what it remembers: the folders of the XDG base directory specification.
import { mkdirSync, renameSync, writeFileSync } from 'node:fs';
import { homedir } from 'node:os';
import { dirname, join } from 'node:path';

type Env = Readonly<Record<string, string | undefined>>;

/** Credentials, for this user only. */
export const profilesPath = (env: Env): string =>
  join(env.XDG_CONFIG_HOME || join(homedir(), '.config'), 'stevedore', 'profiles.json');

/** Uploads that were begun and are not over. */
export const uploadsFolder = (env: Env): string =>
  join(env.XDG_STATE_HOME || join(homedir(), '.local', 'state'), 'stevedore', 'uploads');

/** Writes a file that only this user may read, whole or not at all. */
export const writePrivately = (path: string, content: string): void => {
  mkdirSync(dirname(path), { recursive: true, mode: 0o700 });
  const temporary = `${path}.${process.pid}.tmp`;
  writeFileSync(temporary, content, { mode: 0o600 });
  renameSync(temporary, path);
};
