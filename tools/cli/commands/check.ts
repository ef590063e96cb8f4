// `stevedore check`: what the cloud would say of a file, without sending it anywhere.
import { createWriteStream } from 'node:fs';
import { stat } from 'node:fs/promises';
import { pipeline } from 'node:stream/promises';
import type { Command } from 'commander';
import { Refusal } from '../../../functions/jobs/errors.ts';
import type { Job } from '../../../functions/jobs/job.ts';
import type { Checked } from '../check/engine.ts';
import { exitCodes, usageError } from '../exit.ts';
import { onInterrupt } from '../interrupt.ts';
import { bytesText, number, plain } from '../output.ts';
import { createBar } from '../progress.ts';
import { outOf } from '../session.ts';
import { endWith } from '../settle.ts';

interface Options {
  type: string;
  signupDates?: boolean;
  timeZone: string;
  output?: string;
}

/** What is said of a file, and is the same whoever is in the user base. */
interface Verdict {
  rows: number;
  /** People in the valid rows. */
  people: number;
  duplicate: number;
  rejected: number;
  reasons: Readonly<Record<string, number>>;
  warnings: readonly string[];
  /** Why the whole file would be refused. */
  failure?: string;
}

export const addCheck = (program: Command): void => {
  program
    .command('check')
    .summary('say what the cloud would make of a file, without sending it')
    .description(
      "Reads a file as the cloud would, with the cloud's own parser: the same verdicts, the same reasons, no network.",
    )
    .argument('<file>')
    .option('-t, --type <type>', 'the job that it is meant for', 'import')
    .option('--signup-dates', 'as import would be told')
    .option('--time-zone <zone>', "the client's zone, in which dates are read", 'UTC')
    .option('-o, --output <file>', 'where to write the rows that would be rejected')
    .action(async (path: string, options: Options, command: Command) => {
      const out = outOf(command);
      const info = await stat(path).catch(() => undefined);
      if (!info?.isFile()) throw usageError(`There is no file ${path}`);
      onInterrupt().addEventListener('abort', () => process.exit(exitCodes.left));
      const bar = createBar(out);
      const read = (bytes: number) => bar.show('Reading', Math.min(bytes, info.size), info.size, bytesText(bytes));
      // No name of a list can be wrong here: none is sent.
      const params = { list: 'check', ...(options.signupDates && { signup_dates: true }) };
      const { type, timeZone, output } = options;
      // Loaded only here: every other command would wait for the engine.
      const { checkFile } = await import('../check/engine.ts');
      try {
        await checkFile({ path, type, params, timeZone, read }, async (checked) => {
          bar.clear();
          const verdict = verdictOf(checked.job);
          if (output !== undefined) await pipeline(checked.rejected, createWriteStream(output));
          out.result({ file: path, ...verdict }, () => verdictText(path, verdict, checked));
          endWith(verdict.failure !== undefined ? 'failed' : verdict.rejected > 0 ? 'rejected' : 'done');
        });
      } catch (error) {
        throw error instanceof Refusal || error instanceof RangeError ? usageError(error.message) : error;
      } finally {
        bar.clear();
      }
    });
};

/** Of the job's counts those that do not depend on who is there already. */
const verdictOf = ({ rows = 0, counts, reasons, warnings, failure }: Job): Verdict => {
  const { duplicate = 0, rejected = 0 } = counts;
  const people = failure ? 0 : rows - duplicate - rejected;
  return { rows, people, duplicate, rejected, reasons, warnings, ...(failure && { failure: failure.message }) };
};

const verdictText = (path: string, verdict: Verdict, { first }: Checked): string => {
  if (verdict.failure !== undefined) return `${path} would be refused whole: ${plain(verdict.failure)}`;
  const lines = [`${path}: ${number(verdict.rows)} rows`];
  const say = (count: number, what: string) => count > 0 && lines.push(`  ${number(count).padStart(13)} ${what}`);
  say(verdict.people, 'people');
  say(verdict.duplicate, 'duplicates: merged, the last row wins');
  say(verdict.rejected, 'would be rejected');
  for (const [reason, count] of Object.entries(verdict.reasons).sort(([, one], [, other]) => other - one))
    lines.push(`  ${' '.repeat(13)} ${number(count)} because ${plain(reason)}`);
  for (const warning of verdict.warnings) lines.push(`  Note: ${plain(warning)}`);
  for (const { line, reason, cells } of first.rows)
    lines.push(`  line ${line}: ${plain(reason)}: ${plain(cells.join(', ')).slice(0, 100)}`);
  return lines.join('\n');
};
