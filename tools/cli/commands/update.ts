// `stevedore update`: changes people who are already there, chosen by a file, by addresses or by a query.
import { type Command, Option } from 'commander';
import { usageError } from '../exit.ts';
import { openSession } from '../session.ts';
import { settle } from '../settle.ts';
import { orderParams, type RowOptions, withRowOptions } from './orders.ts';
import { orderRows } from './rows.ts';

interface Options extends RowOptions {
  emails?: string;
  query?: Record<string, unknown>;
  update?: Record<string, unknown>;
  set?: Record<string, unknown>;
  unset?: string[];
  addTo?: string[];
  removeFrom?: string[];
  optout?: string;
}

const jsonObject = (text: string): Record<string, unknown> => {
  try {
    const value: unknown = JSON.parse(text);
    if (typeof value === 'object' && value !== null && !Array.isArray(value)) return value as Record<string, unknown>;
  } catch {
    // Said below.
  }
  throw usageError('It must be a JSON object, in quotes of the shell');
};

const assignment = (text: string, before: Record<string, unknown> = {}): Record<string, unknown> => {
  const at = text.indexOf('=');
  if (at < 1) throw usageError('--set takes NAME=VALUE');
  return { ...before, [text.slice(0, at)]: text.slice(at + 1) };
};

const collect = (text: string, before: string[] = []): string[] => [...before, text];

/** What is to be changed, as the job type `update` takes it. */
export const updateOf = ({ update, set, unset, addTo, removeFrom, optout }: Options): Record<string, unknown> => {
  const lists = [...(addTo ?? []).map((name) => [name, 1]), ...(removeFrom ?? []).map((name) => [name, 0])];
  return {
    ...update,
    ...(set && { vars: set }),
    ...(unset && { delete_vars: unset }),
    ...(lists.length > 0 && { lists: Object.fromEntries(lists) }),
    ...(optout !== undefined && { optout }),
  };
};

export const addUpdate = (program: Command): void => {
  withRowOptions(
    program
      .command('update')
      .summary('change many people at once')
      .description('Changes the people of a file (addresses, or one JSON object a line), of --emails, or of --query.')
      .argument('[file]', 'a file here, or a URL that the server fetches')
      .option('--emails <addresses>', 'separated by commas')
      .option('--query <json>', 'who matches it', jsonObject)
      .option('--set <name=value>', 'set a variable; may be repeated', assignment)
      .option('--unset <name>', 'delete a variable; may be repeated', collect)
      .option('--add-to <list>', 'may be repeated', collect)
      .option('--remove-from <list>', 'may be repeated', collect)
      .addOption(new Option('--optout <level>').choices(['all', 'basic', 'blast', 'none']))
      .option('--update <json>', 'the whole change as the API takes it', jsonObject),
  ).action(async (file: string | undefined, options: Options, command: Command) => {
    const session = openSession(command);
    const order = { type: 'update', update: updateOf(options), ...orderParams(options) };
    const rows = { file, emails: options.emails, query: options.query };
    await settle(session, await orderRows(session, order, rows, options.fresh ?? false), options);
  });
};
