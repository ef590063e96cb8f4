// The profile file: where servers are, and with which key and secret to call them. Readable by its owner only.
import { readFileSync, statSync } from 'node:fs';
import { z } from 'zod';
import { CliError } from './exit.ts';
import { writePrivately } from './paths.ts';

const profile = z.strictObject({ url: z.url({ protocol: /^https?$/ }), key: z.string().min(3) });
const profiles = z.record(z.string(), profile);
/** `key` is `KEY:SECRET`. */
type Profile = z.infer<typeof profile>;
export type Profiles = Readonly<Record<string, Profile>>;

/** The profiles of the file; none when it is not there. Throws when others may read it, or when it is not right. */
export const readProfiles = (path: string): Profiles => {
  let text: string;
  try {
    const open = statSync(path).mode & 0o077;
    if (open && process.platform !== 'win32')
      throw new CliError('usage', `${path} holds secrets and others may read it: chmod 600 ${path}`);
    text = readFileSync(path, 'utf8');
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return {};
    throw error;
  }
  try {
    return profiles.parse(JSON.parse(text));
  } catch {
    // What is in the file is secret: no word of it is shown.
    throw new CliError(
      'usage',
      `${path} is not a profile file: {"<name>": {"url": "https://...", "key": "KEY:SECRET"}}`,
    );
  }
};

export const writeProfiles = (path: string, all: Profiles): void =>
  writePrivately(path, `${JSON.stringify(profiles.parse(all), null, 2)}\n`);
