// The options that all orders share, and what they become on the wire.
import { type Command, Option } from 'commander';
import type { SettleOptions } from '../settle.ts';
import { amount } from './numbers.ts';

export interface OrderOptions extends SettleOptions {
  beginsAt?: string;
  reportEmail?: string;
  postbackUrl?: string;
}

export interface RowOptions extends OrderOptions {
  plan?: boolean;
  maxErrors?: number;
  maxErrorPct?: number;
  fresh?: boolean;
}

/** Of every job. */
export const withOrderOptions = (command: Command): Command =>
  command
    .option('--begins-at <time>', "not before this date (in the client's zone) or Unix time; at most 6 days ahead")
    .option('--report-email <address>', 'who gets a mail at the end')
    .option('--postback-url <url>', 'what gets a signed message at the end')
    .option('-w, --wait', 'wait for the end')
    .addOption(new Option('--strict', 'with --wait: end with 5 when rows were rejected').implies({ wait: true }));

/** Of jobs over rows. */
export const withRowOptions = (command: Command): Command =>
  withOrderOptions(command)
    .option('--plan', 'a dry run: everything is read and matched, nothing is written')
    .option('--max-errors <n>', 'stop when more rows than this are rejected', amount)
    .option('--max-error-pct <n>', 'stop when a larger share of rows than this is rejected', amount)
    .option('--fresh', 'begin the upload anew, under a new job, even when an earlier one was not over');

export const orderParams = (options: RowOptions): Record<string, unknown> => ({
  ...(options.beginsAt !== undefined && { begins_at: options.beginsAt }),
  ...(options.reportEmail !== undefined && { report_email: options.reportEmail }),
  ...(options.postbackUrl !== undefined && { postback_url: options.postbackUrl }),
  ...(options.plan && { mode: 'plan' }),
  ...(options.maxErrors !== undefined && { max_errors: options.maxErrors }),
  ...(options.maxErrorPct !== undefined && { max_error_pct: options.maxErrorPct }),
});
