// Who is hurt? Jobs by state and type, reports, requests by door; and the clients by name, from the logs.
import { type IWidget, LogQueryVisualizationType, LogQueryWidget } from 'aws-cdk-lib/aws-cloudwatch';
import { doorNames } from '../../functions/lambda/env.ts';
import { logGroupsOf } from '../constructs/saved-queries.ts';
import { type DashboardProps, graph, question } from './parts.ts';

const ends = ['completed', 'incomplete', 'failed', 'cancelled'] as const;
const classes = ['input', 'remote', 'timeout', 'internal'] as const;

export const hurt = (props: DashboardProps): IWidget[][] => [
  [
    question(
      'Who is hurt?',
      "Failures of class *input* and *remote* are the client's own; *internal* ones are ours. The table names clients, from the logs of the time that is shown.",
    ),
  ],
  jobs(props),
  reports(props),
  doors(props),
];

const jobs = ({ types, metrics, stage, lanes }: DashboardProps): IWidget[] => [
  graph(
    'Jobs ended, by state and type',
    types.flatMap(({ name: type }) =>
      ends.map((state) => metrics.domain('JobsEnded', { type, state }, { label: `${type} ${state}` })),
    ),
    { stacked: true },
  ),
  graph(
    'Jobs failed, by class and type',
    types.flatMap(({ name: type }) =>
      classes.map((of) => metrics.domain('JobsFailed', { type, class: of }, { label: `${type} ${of}` })),
    ),
    { stacked: true },
  ),
  new LogQueryWidget({
    title: 'Clients with jobs that failed, were incomplete or late',
    logGroupNames: logGroupsOf(stage, lanes),
    view: LogQueryVisualizationType.TABLE,
    queryLines: [
      'filter message = "job.ended" and (state in ["failed", "incomplete"] or late = 1)',
      'stats count(*) as jobs, sum(not_processed) as rows_not_processed, sum(late) as jobs_late by client, type, state',
      'sort jobs desc',
      'limit 20',
    ],
    width: 8,
    height: 6,
  }),
];

const reports = ({ types, metrics }: DashboardProps): IWidget[] => {
  const channels = (name: string, word: string) =>
    ['mail', 'postback'].map((channel) => metrics.domain(name, { channel }, { label: `${channel} ${word}` }));
  return [
    graph(
      'From request to end, p90',
      types.map(({ name: type }) => metrics.seconds('JobTime', type, { type }, 'p90')),
      { unit: 'seconds' },
    ),
    graph('Reports', [...channels('ReportsDelivered', 'delivered'), ...channels('ReportsFailed', 'given up')]),
    graph('Uploads to the bucket that no job could be made of', [
      metrics.domain('DropsRefused', {}, { label: 'refused' }),
    ]),
  ];
};

const doors = ({ metrics }: DashboardProps): IWidget[] => {
  const each = (name: string, word: string) =>
    doorNames.map((door) => metrics.domain(name, { door }, { label: `${door} ${word}`.trim() }));
  return [
    graph('Requests, by door', each('Requests', ''), { stacked: true }),
    graph('Requests that did not succeed, by door', [
      ...each('RequestsRefused', '4xx'),
      ...each('RequestsLimited', '429'),
      ...each('RequestsFailed', '5xx'),
    ]),
    graph(
      'Time to answer, by door',
      doorNames.flatMap((door) => [
        metrics.domain('RequestTime', { door }, { statistic: 'p50', label: `${door} p50` }),
        metrics.domain('RequestTime', { door }, { statistic: 'p99', label: `${door} p99` }),
      ]),
      { unit: 'ms' },
    ),
  ];
};
