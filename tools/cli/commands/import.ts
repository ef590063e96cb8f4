// `stevedore import`: people into a list, out of a file.
import type { Command } from 'commander';
import { openSession } from '../session.ts';
import { settle } from '../settle.ts';
import { orderParams, type RowOptions, withRowOptions } from './orders.ts';
import { orderRows } from './rows.ts';

interface Options extends RowOptions {
  list: string;
  signupDates?: boolean;
  emails?: string;
}

export const addImport = (program: Command): void => {
  withRowOptions(
    program
      .command('import')
      .summary('add the people of a file to a list')
      .description(
        'Adds people to a list. FILE is a CSV or a text of addresses, also gzipped, or an http(s) URL of one.',
      )
      .argument('[file]', 'a file here, or a URL that the server fetches')
      .requiredOption('-l, --list <name>', 'the list; it is made when it is missing')
      .option('--emails <addresses>', 'addresses in place of a file, separated by commas')
      .option('--signup-dates', 'the column signup_date says when people signed up'),
  ).action(async (file: string | undefined, options: Options, command: Command) => {
    const session = openSession(command);
    const { list, signupDates } = options;
    const order = { type: 'import', list, ...(signupDates && { signup_dates: true }), ...orderParams(options) };
    const job = await orderRows(session, order, { file, emails: options.emails }, options.fresh ?? false);
    await settle(session, job, options);
  });
};
