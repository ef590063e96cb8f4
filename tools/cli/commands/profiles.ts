// `stevedore profiles`: names for servers, so that no command has to repeat a URL and no shell history holds a secret.
import { isCancel, password } from '@clack/prompts';
import type { Command } from 'commander';
import { parseKey, resolveConnection } from '../connection.ts';
import { CliError, usageError } from '../exit.ts';
import { table } from '../output.ts';
import { profilesPath } from '../paths.ts';
import { readProfiles, writeProfiles } from '../profiles.ts';
import { type GlobalOptions, outOf } from '../session.ts';

export const addProfiles = (program: Command): void => {
  const profiles = program.command('profiles').summary('remember servers and keys by name');
  const path = () => profilesPath(process.env);
  profiles
    .command('save')
    .description(
      'Remembers --url and --key under a name; asks for the key when it is not given. `default` is used by itself.',
    )
    .argument('<name>')
    .action(async (name: string, _options: object, command: Command) => {
      const { url, key } = command.optsWithGlobals<GlobalOptions>();
      if (!/^[\w.-]{1,64}$/.test(name)) throw usageError('A name has letters, digits, dots, - and _');
      if (url === undefined) throw usageError('profiles save needs --url');
      const given = key ?? process.env.STEVEDORE_KEY ?? (await askKey());
      parseKey(given);
      const { url: checked } = resolveConnection({ url, key: given }, {}, {});
      writeProfiles(path(), { ...readProfiles(path()), [name]: { url: checked, key: given.trim() } });
      outOf(command).result({ name, url }, () => `Saved "${name}" in ${path()}`);
    });
  profiles
    .command('list')
    .description('Shows the profiles, without their secrets.')
    .action((_options: object, command: Command) => {
      const rows = Object.entries(readProfiles(path())).map(([name, { url, key }]) => ({
        name,
        url,
        key: parseKey(key).key,
      }));
      outOf(command).result(rows, () =>
        table(
          ['name', 'url', 'key'],
          rows.map(({ name, url, key }) => [name, url, key]),
        ),
      );
    });
  profiles
    .command('remove')
    .argument('<name>')
    .description('Forgets a profile.')
    .action((name: string, _options: object, command: Command) => {
      const { [name]: removed, ...rest } = readProfiles(path());
      if (!removed) throw usageError(`There is no profile "${name}"`);
      writeProfiles(path(), rest);
      outOf(command).result({ name }, () => `Forgot "${name}"`);
    });
};

const askKey = async (): Promise<string> => {
  if (!process.stdin.isTTY) throw usageError('profiles save needs --key KEY:SECRET, or STEVEDORE_KEY');
  const key = await password({ message: 'KEY:SECRET', output: process.stderr });
  if (isCancel(key)) throw new CliError('failed', 'Nothing was saved');
  return key;
};
