// `stevedore sample`: a made-up file of people to try things out with.
import { createWriteStream } from 'node:fs';
import { pipeline } from 'node:stream/promises';
import type { Command } from 'commander';
import { type SampleOptions, sampleCounts, sampleRows } from '../../sample.ts';
import { usageError } from '../exit.ts';
import { number } from '../output.ts';
import { outOf } from '../session.ts';
import { whole } from './numbers.ts';

interface Options {
  seed: number;
  new?: boolean;
  crlf?: boolean;
  output?: string;
}

export const addSample = (program: Command): void => {
  program
    .command('sample')
    .summary('make a file of made-up people')
    .description(
      'Writes a CSV of made-up people: the same for the same seed, with repeats and mistakes as real files have.',
    )
    .argument('<rows>', 'how many, without the header', whole(100_000_000))
    .option('--seed <n>', 'other people', whole(0xffffffff), 1)
    .option('--new', 'no repeats and no mistakes')
    .option('--crlf', 'lines end in CRLF')
    .option('-o, --output <file>', 'where to write it instead of stdout')
    .action(async (rows: number, { seed, new: fresh, crlf, output }: Options, command: Command) => {
      const out = outOf(command);
      if (out.json && output === undefined) throw usageError('With --json stdout is for JSON: give -o as well');
      const options: SampleOptions = { rows, seed, mix: fresh ? 'new' : 'mixed', crlf: crlf ?? false };
      await pipeline(sampleRows(options), output === undefined ? process.stdout : createWriteStream(output));
      const counts = sampleCounts(options);
      const text = `${number(counts.distinctValid)} people, ${number(counts.duplicate)} repeats, ${number(counts.rejected)} broken rows`;
      if (output !== undefined) out.result({ path: output, ...counts }, () => `${output}: ${text}`);
      else out.note(text);
    });
};
