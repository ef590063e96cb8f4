// `stevedore rejected`: the rows of a job that did not go in, with their reasons, to be mended and sent again.
import { type Command, Option } from 'commander';
import { download, type FileKind } from '../download.ts';
import { usageError } from '../exit.ts';
import { bytesText } from '../output.ts';
import { openSession } from '../session.ts';
import { idArgument } from './job-id.ts';

interface Options {
  output?: string;
  kind: FileKind;
}

const kinds: Record<string, FileKind> = { rejected: 'rejected', 'not-processed': 'notProcessed', changes: 'changes' };

export const addRejected = (program: Command): void => {
  program
    .command('rejected')
    .summary('bring the rejected rows of a job here')
    .description('Writes the rejected rows of a job, as CSV with line and reason, to stdout or to a file.')
    .addArgument(idArgument())
    .option('-o, --output <file>', 'where to write them instead of stdout')
    .addOption(
      new Option('--kind <kind>', 'another file of the job: of a stopped one, of a plan')
        .choices(Object.keys(kinds))
        .default('rejected' as FileKind)
        .argParser((name: string) => {
          const kind = kinds[name];
          if (!kind) throw usageError(`--kind is one of ${Object.keys(kinds).join(', ')}`);
          return kind;
        }),
    )
    .action(async (id: string, { output, kind }: Options, command: Command) => {
      const session = openSession(command);
      const { out, connection } = session;
      const job = await connection.door.job(id);
      const file = job.files[kind];
      if (!file) {
        out.value(null);
        return out.note(`Job ${id} has no such file: its state is ${job.state}`);
      }
      if (output !== undefined || !out.json) await download(session, job, kind, output ?? '-');
      out.value({ job: id, kind, ...file, ...(output !== undefined && { path: output }) });
      if (output !== undefined) out.note(`${output}: ${bytesText(file.size)}`);
    });
};
