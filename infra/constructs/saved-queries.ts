// Queries over the logs that on-call needs at night: saved, so that nobody has to write them then.
import { LogGroup, QueryDefinition, QueryString } from 'aws-cdk-lib/aws-logs';
import type { Construct } from 'constructs';
import type { LaneSpec } from '../lanes.ts';
import type { Stage } from '../stage.ts';

/** The logs of every function of the stage, by name. */
export const logGroupsOf = (stage: Stage, lanes: readonly LaneSpec[]): string[] =>
  ['api', ...lanes.map(({ name }) => name), 'dead-letter', 'sweep'].map(
    (name) => `/aws/lambda/stevedore-${stage.name}-${name}`,
  );

const shown = ['@timestamp', 'service', 'message', 'client', 'job', 'type', 'state', 'phase', 'chunk', 'error', 'at'];

interface Saved {
  name: string;
  fields?: string[];
  filter: string;
  stats?: string;
  sort: string;
}

const saved: readonly Saved[] = [
  { name: 'job by id', fields: shown, filter: 'job = "PUT THE ID OF THE JOB HERE"', sort: '@timestamp asc' },
  { name: 'client by id', fields: shown, filter: 'client = "PUT THE ID OF THE CLIENT HERE"', sort: '@timestamp desc' },
  {
    name: 'client - jobs and rows',
    filter: 'client = "PUT THE ID OF THE CLIENT HERE" and message = "job.ended"',
    stats: 'count(*) as jobs, sum(rows) as all_rows, sum(rejected) as rejected, sum(cost_usd) as usd by type, state',
    sort: 'jobs desc',
  },
  {
    name: 'errors by place',
    filter: 'level = "ERROR"',
    stats: 'count(*) as times, latest(@timestamp) as last, latest(job) as a_job by service, message, error, at',
    sort: 'times desc',
  },
  {
    name: 'slowest jobs',
    fields: ['@timestamp', 'client', 'job', 'type', 'state', 'rows', 'ms / 1000 as seconds'],
    filter: 'message = "job.ended"',
    sort: 'seconds desc',
  },
];

/** Adds them, as `stevedore-<stage>/<name>`. */
export const addSavedQueries = (scope: Construct, stage: Stage, lanes: readonly LaneSpec[]): void => {
  const logGroups = logGroupsOf(stage, lanes).map((name) => LogGroup.fromLogGroupName(scope, name, name));
  for (const { name, fields, filter, stats, sort } of saved)
    new QueryDefinition(scope, `Query ${name}`, {
      queryDefinitionName: `stevedore-${stage.name}/${name}`,
      queryString: new QueryString({
        ...(fields && { fields }),
        filterStatements: [filter],
        ...(stats !== undefined && { statsStatements: [stats] }),
        sort,
        limit: 1000,
      }),
      logGroups,
    });
};
