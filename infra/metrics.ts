// Metrics by name: the watch stack needs no reference to what it watches, so lanes can come and go without it.
import type { Duration } from 'aws-cdk-lib';
import { MathExpression, Metric } from 'aws-cdk-lib/aws-cloudwatch';
import { metricNamespace, metricService } from '../functions/lambda/env.ts';
import { alarmPeriod } from './constructs/alarm.ts';
import type { Stage } from './stage.ts';

interface Options {
  statistic?: string;
  period?: Duration;
  label?: string;
}
type Dimensions = Record<string, string>;

const metric = (of: string, metricName: string, dimensionsMap: Dimensions, options: Options): Metric =>
  new Metric({ namespace: of, metricName, dimensionsMap, statistic: 'Sum', period: alarmPeriod, ...options });

/** An expression over metrics that are not shown; its variables get names that no other expression of the graph has. */
const math = (label: string, expression: string, using: Record<string, Metric>): MathExpression => {
  const suffix = `_${label.toLowerCase().replaceAll(/[^a-z0-9]+/g, '_')}`;
  const names = Object.keys(using);
  return new MathExpression({
    label,
    expression: names.reduce(
      (text, name) => text.replaceAll(new RegExp(`\\b${name}\\b`, 'g'), name + suffix),
      expression,
    ),
    usingMetrics: Object.fromEntries(names.map((name) => [name + suffix, using[name] as Metric])),
    period: alarmPeriod,
  });
};

/** Metrics of one stage. Statistics are sums over five minutes unless told otherwise. */
export const metricsOf = (stage: Stage) => {
  const service = metricService(stage.name);
  /** What the domain counts; see functions/lambda/metrics.ts. */
  const domain = (name: string, dimensions: Dimensions, options: Options = {}) =>
    metric(metricNamespace, name, { service, ...dimensions }, options);
  const ratio = (factor: number) => (name: string, of: string, label: string, dimensions: Dimensions) =>
    math(label, `${factor} * part / whole`, { part: domain(name, dimensions), whole: domain(of, dimensions) });
  const api = (apiId: string, name: string, options: Options = {}) =>
    metric('AWS/ApiGateway', name, { ApiId: apiId }, options);
  return {
    queue: (queue: string, name: string, options: Options = {}) =>
      metric('AWS/SQS', name, { QueueName: `stevedore-${stage.name}-${queue}` }, options),
    worker: (shell: string, name: string, options: Options = {}) =>
      metric('AWS/Lambda', name, { FunctionName: `stevedore-${stage.name}-${shell}` }, options),
    table: (table: string, name: string, options: Options = {}) =>
      metric('AWS/DynamoDB', name, { TableName: table }, options),
    api,
    domain,
    perMillion: ratio(1e6),
    perRow: ratio(1),
    perSecond: (name: string, label: string, dimensions: Dimensions) =>
      math(label, 'sum / PERIOD(sum)', { sum: domain(name, dimensions) }),
    /** Milliseconds as seconds. */
    seconds: (name: string, label: string, dimensions: Dimensions, statistic: string) =>
      math(label, 'ms / 1000', { ms: domain(name, dimensions, { statistic }) }),
    /** The most of milliseconds, as minutes. */
    minutes: (name: string, label: string) =>
      math(label, 'ms / 60000', { ms: domain(name, {}, { statistic: 'Maximum' }) }),
    /** Added up over all job types, those of yesterday too. */
    overTypes: (name: string, label: string) =>
      math(
        label,
        `SUM(SEARCH('{${metricNamespace},service,type} service="${service}" MetricName="${name}"', 'Sum'))`,
        {},
      ),
    /** What requests to the gateway cost. */
    priced: (apiId: string, millionRequests: number) =>
      math('requests', `count * ${millionRequests} / 1000000`, { count: api(apiId, 'Count') }),
    /** Percent of small jobs that ended in time. */
    inTime: () =>
      math('in time', '100 - 100 * late / all', { late: domain('SmallJobsLate', {}), all: domain('SmallJobs', {}) }),
    /** Percent of small jobs that were late; none while so few were that one job would be a breach. */
    late: (period: Duration) =>
      new MathExpression({
        label: 'late',
        expression: 'IF(late > 2, 100 * late / all, 0)',
        usingMetrics: { late: domain('SmallJobsLate', {}, { period }), all: domain('SmallJobs', {}, { period }) },
        period,
      }),
  };
};
export type StageMetrics = ReturnType<typeof metricsOf>;
