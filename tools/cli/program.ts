// The command `stevedore`: its subcommands, the options that all have, and how errors become exit codes.
import { Command, CommanderError } from 'commander';
import { addCheck } from './commands/check.ts';
import { addClients } from './commands/clients.ts';
import { addExport } from './commands/export.ts';
import { addImport } from './commands/import.ts';
import { addJobs } from './commands/jobs.ts';
import { addProfiles } from './commands/profiles.ts';
import { addRejected } from './commands/rejected.ts';
import { addSample } from './commands/sample.ts';
import { addUpdate } from './commands/update.ts';
import { Refused, Unreachable } from './door/client.ts';
import { CliError, exitCodes } from './exit.ts';
import { createOut } from './output.ts';

const exitCodeHelp = `
Exit codes: 0 done, 1 the job ended otherwise than completed, 2 not understood, 3 the server refused,
4 the server cannot be reached, 5 rows were rejected (check, --strict), 130 left: the job goes on.`;

const createProgram = (): Command => {
  const program = new Command('stevedore')
    .description('Bulk jobs on a user base, on one machine or on a deployed stack.')
    .option('--url <url>', 'where the server is, or STEVEDORE_URL (http://127.0.0.1:3000)')
    .option('--key <key:secret>', 'as whom; better in STEVEDORE_KEY or a profile: others can see it here')
    .option('--profile <name>', 'a server of ~/.config/stevedore/profiles.json')
    .option('--json', 'results as JSON on stdout and nothing else there')
    .configureHelp({ showGlobalOptions: true })
    .configureOutput({ writeErr: () => undefined })
    .addHelpText('after', exitCodeHelp)
    .exitOverride();
  for (const add of [
    addImport,
    addExport,
    addUpdate,
    addJobs,
    addRejected,
    addCheck,
    addClients,
    addProfiles,
    addSample,
  ])
    add(program);
  inherit(program);
  return program;
};

/** Subcommands made by `command()` copy these settings at that time; nested ones need the same. */
const inherit = (command: Command): void => {
  for (const child of command.commands) {
    child.copyInheritedSettings(command);
    inherit(child);
  }
};

/** Runs the command line; the exit code. */
export const run = async (args: readonly string[]): Promise<void> => {
  // A reader such as `head` that has seen enough is no error.
  process.stdout.on('error', (error: NodeJS.ErrnoException) => {
    if (error.code === 'EPIPE') process.exit(process.exitCode ?? exitCodes.done);
    throw error;
  });
  try {
    await createProgram().parseAsync(args, { from: 'user' });
  } catch (error) {
    const known = cliErrorOf(error);
    if (!known) return;
    createOut(args.includes('--json')).error(known);
    process.exitCode = exitCodes[known.ending];
  }
};

/** Undefined for what is no error: help that was asked for. */
const cliErrorOf = (error: unknown): CliError | undefined => {
  if (error instanceof CliError) return error;
  if (error instanceof CommanderError) {
    if (error.exitCode === 0) return undefined;
    if (error.code === 'commander.help') return new CliError('usage', 'Say what to do: stevedore --help');
    return new CliError('usage', error.message.replace(/^error: /, ''));
  }
  if (error instanceof Unreachable)
    return new CliError('unreachable', `The server cannot be reached: ${error.message}`);
  if (error instanceof Refused) return new CliError('refused', `${error.message}${clockHint(error)}`, error.code);
  return new CliError('failed', error instanceof Error ? error.message : String(error));
};

const clockHint = ({ code, ahead }: Refused): string =>
  code === 'unauthorized' && Math.abs(ahead) > 240_000
    ? `. The clock of this machine is ${Math.round(Math.abs(ahead) / 60_000)} minutes ${ahead > 0 ? 'ahead of' : 'behind'} the server's`
    : '';
