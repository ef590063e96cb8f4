// What does it cost? Rows and what became of them, units, bytes, and US dollars per million rows as receipts reckon them.
import type { IWidget } from 'aws-cdk-lib/aws-cloudwatch';
import { outcomes } from '../../functions/jobs/define.ts';
import { type DashboardProps, graph, question } from './parts.ts';

export const cost = (props: DashboardProps): IWidget[][] => [
  [
    question(
      'What does it cost?',
      'Rows count when their job ends. Dollars are those of receipts: units, requests and seconds of the work at list prices, without storage, logs and the doors.',
    ),
  ],
  rows(props),
  money(props),
  units(props),
];

const rows = ({ metrics, types }: DashboardProps): IWidget[] => [
  graph(
    'Rows of ended jobs',
    types.map(({ name: type, work }) =>
      metrics.perSecond(work.kind === 'rows' ? 'Rows' : 'RowsExported', type, { type }),
    ),
    { unit: 'rows/s', stacked: true },
  ),
  graph(
    'What became of rows',
    outcomes.map((outcome) => metrics.overTypes(`Rows_${outcome}`, outcome)),
    { stacked: true },
  ),
  graph(
    'Bytes exported',
    types
      .filter(({ work }) => work.kind === 'slices')
      .map(({ name: type }) => metrics.domain('ExportBytes', { type }, { label: type })),
    { stacked: true },
  ),
];

const money = ({ metrics, types, stage, apiId }: DashboardProps): IWidget[] => [
  graph(
    'US dollars per million rows, by job type',
    types.map(({ name: type, work }) =>
      metrics.perMillion('CostUsd', work.kind === 'rows' ? 'Rows' : 'RowsExported', type, { type }),
    ),
    { unit: 'USD' },
  ),
  graph('US dollars of ended jobs', [metrics.overTypes('CostUsd', 'all jobs')], { unit: 'USD' }),
  graph('US dollars of requests to the gateway', [metrics.priced(apiId, stage.prices.millionRequests)], {
    unit: 'USD',
  }),
];

const units = ({ metrics, tables, types }: DashboardProps): IWidget[] => [
  graph(
    'Read units',
    Object.entries(tables).map(([label, table]) => metrics.table(table, 'ConsumedReadCapacityUnits', { label })),
    { stacked: true },
  ),
  graph(
    'Write units',
    Object.entries(tables).map(([label, table]) => metrics.table(table, 'ConsumedWriteCapacityUnits', { label })),
    { stacked: true },
  ),
  graph(
    'Units per row, by job type',
    types.flatMap(({ name: type, work }) => {
      const rows = work.kind === 'rows' ? 'Rows' : 'RowsExported';
      return [
        metrics.perRow('ReadUnits', rows, `${type} read`, { type }),
        metrics.perRow('WriteUnits', rows, `${type} write`, { type }),
      ];
    }),
  ),
];
