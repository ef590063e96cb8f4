// Is it us or AWS? Errors, time and memory of functions are ours; throttles and the gateway's own answers are AWS's.
import { type IWidget, LogQueryVisualizationType, LogQueryWidget } from 'aws-cdk-lib/aws-cloudwatch';
import { logGroupsOf } from '../constructs/saved-queries.ts';
import { type DashboardProps, graph, question, shells } from './parts.ts';

export const blame = (props: DashboardProps): IWidget[][] => [
  [
    question(
      'Is it us or AWS?',
      "Errors, time and memory of functions are ours. Throttles mean that a limit is reached: the account's concurrency, or a table that has not grown yet. The gateway's latency without its function's is AWS's.",
    ),
  ],
  functions(props),
  limits(props),
  gateway(props),
];

const functions = ({ metrics, lanes, stage }: DashboardProps): IWidget[] => [
  graph(
    'Errors of functions',
    shells(lanes).map((name) => metrics.worker(name, 'Errors', { label: name })),
  ),
  graph(
    'Duration of functions, p90',
    shells(lanes).map((name) => metrics.worker(name, 'Duration', { statistic: 'p90', label: name })),
    { unit: 'ms' },
  ),
  new LogQueryWidget({
    title: 'Memory of functions, MB',
    logGroupNames: logGroupsOf(stage, lanes),
    view: LogQueryVisualizationType.TABLE,
    queryLines: [
      'filter @type = "REPORT"',
      'stats max(@maxMemoryUsed / 1000 / 1000) as most_used, max(@memorySize / 1000 / 1000) as given, count(*) as runs by @log',
      'sort most_used desc',
    ],
    width: 8,
    height: 6,
  }),
];

const limits = ({ metrics, lanes, tables, stage }: DashboardProps): IWidget[] => [
  graph(
    'Throttles of functions',
    shells(lanes).map((name) => metrics.worker(name, 'Throttles', { label: name })),
  ),
  graph(
    `Functions at once (the account has ${stage.concurrency.account})`,
    shells(lanes).map((name) => metrics.worker(name, 'ConcurrentExecutions', { statistic: 'Maximum', label: name })),
  ),
  graph(
    'Throttles of tables',
    Object.entries(tables).flatMap(([label, table]) => [
      metrics.table(table, 'ReadThrottleEvents', { label: `${label} read` }),
      metrics.table(table, 'WriteThrottleEvents', { label: `${label} write` }),
    ]),
  ),
];

const gateway = ({ metrics, apiId }: DashboardProps): IWidget[] => [
  graph('Gateway: answers', [
    metrics.api(apiId, 'Count', { label: 'requests' }),
    metrics.api(apiId, '4xx'),
    metrics.api(apiId, '5xx'),
  ]),
  graph(
    'Gateway: time to answer, with and without the function',
    [
      metrics.api(apiId, 'Latency', { statistic: 'p99', label: 'p99' }),
      metrics.api(apiId, 'IntegrationLatency', { statistic: 'p99', label: 'p99 of the function' }),
      metrics.api(apiId, 'Latency', { statistic: 'p50', label: 'p50' }),
    ],
    { unit: 'ms' },
  ),
  graph('Function behind the doors', [
    metrics.worker('api', 'Invocations', { label: 'invocations' }),
    metrics.worker('api', 'Errors', { label: 'errors' }),
    metrics.worker('api', 'Throttles', { label: 'throttles' }),
  ]),
];
