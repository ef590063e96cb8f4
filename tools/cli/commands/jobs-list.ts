// `stevedore jobs list`: the jobs of the client, whichever door they came through; unfinished ones first, then the newest.
import type { Command } from 'commander';
import type { ConsoleClient, JobSummary } from '../door/client.ts';
import { jobsTable } from '../job-text.ts';
import { openSession } from '../session.ts';
import { whole } from './numbers.ts';

interface Options {
  state?: string;
  type?: string;
  since?: string;
  until?: string;
  text?: string;
  limit: number;
}

/** Most jobs that the server gives at once. */
const pageSize = 100;

export const addJobsList = (jobs: Command): void => {
  jobs
    .command('list')
    .description('Lists jobs. With --json each job is one line.')
    .option('--state <states>', 'only these, separated by commas')
    .option('--type <type>', 'only this job type')
    .option('--since <time>', 'made at or after this time: ISO 8601 or Unix seconds')
    .option('--until <time>', 'made before it')
    .option('--text <text>', 'only jobs whose name holds it')
    .option('-n, --limit <n>', 'at most so many', whole(100_000), 25)
    .action(async ({ limit, ...filter }: Options, command: Command) => {
      const { connection, out } = openSession(command);
      const { found, more } = await gather(connection.door, filter, limit);
      if (out.json) for (const job of found) out.value(job);
      else if (found.length === 0) out.note('No jobs. To make one: stevedore import people.csv --list Main --wait');
      else out.result(found, () => jobsTable(found));
      if (more) out.note(`There are more: -n ${limit * 4}`);
    });
};

/** The first `limit` jobs that the filter lets through, page after page: a page may hold few of them, or none. */
const gather = async (
  door: ConsoleClient,
  filter: Record<string, string>,
  limit: number,
): Promise<{ found: JobSummary[]; more: boolean }> => {
  const found: JobSummary[] = [];
  let after: string | undefined;
  do {
    const size = Math.min(pageSize, limit - found.length);
    const page = await door.list({ ...filter, limit: String(size), ...(after !== undefined && { after }) });
    found.push(...page.jobs);
    after = page.next;
  } while (after !== undefined && found.length < limit);
  return { found, more: after !== undefined };
};
