// `stevedore jobs`: look at jobs, and hold, cancel or retry them.
import { confirm, isCancel } from '@clack/prompts';
import type { Command } from 'commander';
import type { Action } from '../door/client.ts';
import { CliError } from '../exit.ts';
import { jobText } from '../job-text.ts';
import { openSession, type Session } from '../session.ts';
import { endingOf, endWith, settle } from '../settle.ts';
import { waitForEnd } from '../wait.ts';
import { idArgument } from './job-id.ts';
import { addJobsList } from './jobs-list.ts';

export const addJobs = (program: Command): void => {
  const jobs = program.command('jobs').summary('look at jobs; pause, resume, cancel, retry them');
  addJobsList(jobs);
  jobs
    .command('show')
    .description('Shows a job.')
    .addArgument(idArgument())
    .action(async (id: string, _options: object, command: Command) => {
      const { connection, out } = openSession(command);
      const job = await connection.door.job(id);
      out.result(job, () => jobText(job));
    });
  jobs
    .command('watch')
    .description('Follows a job to its end. With --json each change is one line.')
    .addArgument(idArgument())
    .option('--strict', 'end with 5 when rows were rejected')
    .action(async (id: string, { strict }: { strict?: boolean }, command: Command) => {
      const session = openSession(command);
      const job = await waitForEnd({ ...session, changed: session.out.value }, id);
      if (!session.out.json) session.out.result(job, () => jobText(job));
      endWith(endingOf(job, strict ?? false));
    });
  addAction(jobs, 'pause', 'Holds a job: nothing of it is done until it is resumed.');
  addAction(jobs, 'resume', 'Lets a paused job go on where it stopped.');
  addAction(jobs, 'cancel', 'Ends a job. What it has done stays done.').option('-y, --yes', 'do not ask');
  addAction(jobs, 'retry', 'Sends the rows again that were rejected or not processed, as a new job.').option(
    '-w, --wait',
    'wait for the end of the new job',
  );
  addAction(jobs, 'run', 'Carries out what a plan (--plan) foresaw, as a new job over the same file.').option(
    '-w, --wait',
    'wait for the end of the new job',
  );
};

interface ActionOptions {
  yes?: boolean;
  wait?: boolean;
}

const addAction = (jobs: Command, action: Action, description: string): Command =>
  jobs
    .command(action)
    .description(description)
    .addArgument(idArgument())
    .action(async (id: string, options: ActionOptions, command: Command) => {
      const session = openSession(command);
      if (action === 'cancel' && !options.yes) await makeSure(session, id);
      const job = await session.connection.door.act(id, action);
      if (action === 'retry' || action === 'run') await settle(session, job, options);
      else session.out.result(job, () => jobText(job));
    });

/** A job that is cancelled does not come back: a person is asked, a script has said what it wants. */
const makeSure = async ({ connection, out }: Session, id: string): Promise<void> => {
  if (!out.watched || !process.stdin.isTTY) return;
  const { name } = await connection.door.job(id);
  const sure = await confirm({ message: `Cancel "${name}"?`, initialValue: false, output: process.stderr });
  if (isCancel(sure) || !sure) throw new CliError('failed', 'Nothing was cancelled');
};
