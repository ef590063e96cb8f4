// `stevedore export`: a list as CSV.
import { randomUUID } from 'node:crypto';
import { type Command, Option } from 'commander';
import { download } from '../download.ts';
import { usageError } from '../exit.ts';
import { jobText } from '../job-text.ts';
import { openSession } from '../session.ts';
import { endingOf, endWith, settle } from '../settle.ts';
import { waitForEnd } from '../wait.ts';
import { type OrderOptions, orderParams, withOrderOptions } from './orders.ts';

interface Options extends OrderOptions {
  fields?: string;
  hash?: string;
  output?: string;
}

/** `opens,clicks,vars.city,vars.plan` as the API takes it; `vars` alone is all variables. */
export const fieldsOf = (text: string): Record<string, unknown> => {
  const names = text.split(',').map((name) => name.trim());
  if (names.includes('')) throw usageError('--fields takes names separated by commas, variables as vars.NAME');
  const vars = names.filter((name) => name.startsWith('vars.')).map((name) => name.slice('vars.'.length));
  const columns = names.filter((name) => !name.startsWith('vars.'));
  // `vars` alone would hide the ones that are named.
  const chosen = vars.length > 0 ? columns.filter((name) => name !== 'vars') : columns;
  return {
    ...Object.fromEntries(chosen.map((name) => [name, 1])),
    ...(vars.length > 0 && { vars: Object.fromEntries(vars.map((name) => [name, 1])) }),
  };
};

export const addExport = (program: Command): void => {
  withOrderOptions(
    program
      .command('export')
      .summary('write the members of a list as CSV')
      .description('Exports a list. With -o waits for the end and brings the file here.')
      .argument('<list>', 'name or id of the list')
      .option('-f, --fields <names>', 'columns, separated by commas; variables as vars.NAME, all of them as vars')
      .addOption(new Option('--hash <algorithm>', 'of the column Email Hash').choices(['md5', 'sha256']))
      .option('-o, --output <file>', 'where to write it; - is stdout'),
  ).action(async (list: string, options: Options, command: Command) => {
    const session = openSession(command);
    const { output } = options;
    if (output === '-' && session.out.json)
      throw usageError('With --json stdout is for JSON: write the file elsewhere');
    const job = await session.connection.door.submit({
      type: 'export_list_data',
      list,
      ...(options.fields !== undefined && { fields: fieldsOf(options.fields) }),
      ...(options.hash !== undefined && { hash_algo: options.hash }),
      ...orderParams(options),
      idempotency_key: randomUUID(),
    });
    if (output === undefined) return settle(session, job, options);
    session.out.note(`Job ${job.id}`);
    const ended = await waitForEnd(session, job.id);
    if (ended.files.export) await download(session, ended, 'export', output);
    if (output === '-' && ended.state === 'completed') session.out.note(jobText(ended));
    else session.out.result(ended, () => jobText(ended));
    endWith(endingOf(ended, false));
  });
};
