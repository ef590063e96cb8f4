// The options that set what a client is and how it is served.
import { type Command, InvalidArgumentError, Option } from 'commander';
import type { Client, ClientSettings } from '../../../functions/jobs/client.ts';
import { whole } from '../commands/numbers.ts';

export interface SettingOptions {
  name?: string;
  organization?: number;
  admin?: boolean;
  dialect?: ClientSettings['dialect'];
  timeZone?: string;
  exportHours?: number;
  guardFormulas?: boolean;
}

const hours = (text: string): number => {
  const value = Number(text);
  if (!(value > 0 && value <= 24)) throw new InvalidArgumentError('It is more than 0 and at most 24.');
  return value;
};

export const withSettings = (command: Command): Command =>
  command
    .option('--name <name>', 'by which the append API knows it (its id)')
    .option('--organization <n>', 'by which the GreenArrow API knows it (the next free one)', whole(2 ** 31))
    .option('--admin', 'may look at all organizations; only in organization 1')
    .option('--no-admin', 'may not, which is usual')
    .addOption(
      new Option('--dialect <word>', 'strict: only the statuses pending, completed and error').choices([
        'documented',
        'strict',
      ]),
    )
    .option('--time-zone <zone>', 'IANA zone in which dates are shown and read (UTC)')
    .option('--export-hours <n>', 'how long links to exports live (2)', hours)
    .option('--guard-formulas', 'neutralise cells that a spreadsheet would run')
    .option('--no-guard-formulas', 'leave them as they are, which is usual');

/** The client as it was, with what the options set. */
export const withOptions = <C extends Partial<Client>>(before: C, options: SettingOptions) => {
  const { name, organization, admin, dialect, timeZone, exportHours, guardFormulas } = options;
  const settings: Partial<ClientSettings> = {
    ...before.settings,
    ...(dialect !== undefined && { dialect }),
    ...(timeZone !== undefined && { timeZone }),
    ...(exportHours !== undefined && { exportHours }),
    ...(guardFormulas !== undefined && { guardFormulas }),
  };
  return {
    ...before,
    ...(name !== undefined && { username: name }),
    ...(organization !== undefined && { organization }),
    ...(admin !== undefined && { admin }),
    settings,
  };
};
