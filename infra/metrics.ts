// Metrics by name: the watch stack needs no reference to what it watches, so lanes can come and go without it.
import type { Duration } from 'aws-cdk-lib';
import { Metric } from 'aws-cdk-lib/aws-cloudwatch';
import { metricNamespace, metricService } from '../functions/lambda/env.ts';
import { alarmPeriod } from './constructs/alarm.ts';
import type { Stage } from './stage.ts';

interface Options {
  statistic?: string;
  period?: Duration;
  label?: string;
}

const metric = (of: string, metricName: string, dimensionsMap: Record<string, string>, options: Options): Metric =>
  new Metric({ namespace: of, metricName, dimensionsMap, statistic: 'Sum', period: alarmPeriod, ...options });

/** Metrics of one stage. Statistics are sums over five minutes unless told otherwise. */
export const metricsOf = (stage: Stage) => ({
  queue: (queue: string, name: string, options: Options = {}) =>
    metric('AWS/SQS', name, { QueueName: `stevedore-${stage.name}-${queue}` }, options),
  worker: (shell: string, name: string, options: Options = {}) =>
    metric('AWS/Lambda', name, { FunctionName: `stevedore-${stage.name}-${shell}` }, options),
  api: (apiId: string, name: string, options: Options = {}) =>
    metric('AWS/ApiGateway', name, { ApiId: apiId }, options),
  table: (table: string, name: string, options: Options = {}) =>
    metric('AWS/DynamoDB', name, { TableName: table }, options),
  /** What the domain counts; see functions/lambda/metrics.ts. */
  domain: (name: string, dimensions: Record<string, string>, options: Options = {}) =>
    metric(metricNamespace, name, { service: metricService(stage.name), ...dimensions }, options),
});
export type StageMetrics = ReturnType<typeof metricsOf>;
