// The dashboard of a stage: what customers feel first, then lane by lane, then the machinery.
import { Dashboard, GraphWidget, type IMetric, type IWidget, PeriodOverride } from 'aws-cdk-lib/aws-cloudwatch';
import type { Construct } from 'constructs';
import { type JobType, outcomes } from '../../functions/jobs/define.ts';
import type { LaneSpec } from '../lanes.ts';
import type { StageMetrics } from '../metrics.ts';
import type { Stage } from '../stage.ts';

export interface DashboardProps {
  stage: Stage;
  types: readonly JobType[];
  lanes: readonly LaneSpec[];
  metrics: StageMetrics;
  apiId: string;
  /** Table names by what they hold. */
  tables: Readonly<Record<string, string>>;
}

const graph = (title: string, left: IMetric[], width = 8): IWidget =>
  new GraphWidget({ title, left, width, height: 6 });

/** Adds the dashboard `stevedore-<stage>`. */
export const addDashboard = (scope: Construct, props: DashboardProps): Dashboard =>
  new Dashboard(scope, 'Dashboard', {
    dashboardName: `stevedore-${props.stage.name}`,
    periodOverride: PeriodOverride.AUTO,
    widgets: [jobs(props), doors(props), ...props.lanes.map((lane) => laneRow(props, lane)), store(props)],
  });

/** What rows can become, and the metrics that count it. */
const outcomeMetrics = outcomes.map((outcome) => [outcome, `Rows_${outcome}`] as const);

/** Jobs by state and type, rows, reports. */
const jobs = ({ types, metrics }: DashboardProps): IWidget[] => {
  const each = (name: string, dimension: string, values: readonly string[]) =>
    types.flatMap(({ name: type }) =>
      values.map((value) => metrics.domain(name, { type, [dimension]: value }, { label: `${type} ${value}` })),
    );
  const byType = (name: string, statistic: string) =>
    types.map(({ name: type }) => metrics.domain(name, { type }, { label: type, statistic }));
  const rowTypes = types.filter(({ work }) => work.kind === 'rows').map(({ name }) => name);
  const channels = (name: string, word: string) =>
    ['mail', 'postback'].map((channel) => metrics.domain(name, { channel }, { label: `${channel} ${word}` }));
  return [
    graph('Jobs ended', each('JobsEnded', 'state', ['completed', 'incomplete'])),
    graph('Jobs failed', each('JobsFailed', 'class', ['input', 'remote', 'timeout', 'internal'])),
    graph('Rows', byType('Rows', 'Sum')),
    graph(
      'What became of rows',
      outcomeMetrics.flatMap(([label, name]) =>
        rowTypes.map((type) => metrics.domain(name, { type }, { label: `${type} ${label}` })),
      ),
    ),
    graph('Bytes exported', byType('ExportBytes', 'Sum')),
    graph('From request to end, ms, p90', byType('JobTime', 'p90')),
    graph('Reports', [...channels('ReportsDelivered', 'delivered'), ...channels('ReportsFailed', 'failed')]),
    graph('Sent on by the sweeper; messages nobody could handle', [
      metrics.domain('JobsSentOn', {}),
      metrics.queue('lost', 'ApproximateNumberOfMessagesVisible', { statistic: 'Maximum', label: 'lost' }),
    ]),
  ];
};

const doors = ({ metrics, apiId }: DashboardProps): IWidget[] => [
  graph('Requests', [metrics.api(apiId, 'Count'), metrics.api(apiId, '4xx'), metrics.api(apiId, '5xx')]),
  graph('Time to answer, ms', [
    metrics.api(apiId, 'Latency', { statistic: 'p50' }),
    metrics.api(apiId, 'Latency', { statistic: 'p99' }),
  ]),
  graph('Door function', [metrics.worker('api', 'Errors'), metrics.worker('api', 'Throttles')]),
];

const laneRow = ({ metrics }: DashboardProps, { name }: LaneSpec): IWidget[] => [
  graph(`${name}: queue`, [
    metrics.queue(name, 'ApproximateNumberOfMessagesVisible', { statistic: 'Maximum', label: 'waiting' }),
    metrics.queue(name, 'ApproximateNumberOfMessagesNotVisible', { statistic: 'Maximum', label: 'in work' }),
    metrics.queue(`${name}-dead-letters`, 'NumberOfMessagesReceived', { label: 'dead letters' }),
  ]),
  graph(`${name}: age of the oldest message, s`, [
    metrics.queue(name, 'ApproximateAgeOfOldestMessage', { statistic: 'Maximum' }),
  ]),
  graph(`${name}: worker`, [
    metrics.worker(name, 'Duration', { statistic: 'p90', label: 'duration p90, ms' }),
    metrics.worker(name, 'Errors'),
    metrics.worker(name, 'ConcurrentExecutions', { statistic: 'Maximum' }),
  ]),
];

const store = ({ metrics, tables }: DashboardProps): IWidget[] => [
  graph(
    'Read units',
    Object.entries(tables).map(([label, table]) => metrics.table(table, 'ConsumedReadCapacityUnits', { label })),
    12,
  ),
  graph(
    'Write units',
    Object.entries(tables).map(([label, table]) => metrics.table(table, 'ConsumedWriteCapacityUnits', { label })),
    12,
  ),
];
