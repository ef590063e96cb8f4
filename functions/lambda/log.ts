// The domain's log on Powertools: one JSON line for each code, and metrics for the codes that are counted.
import { Logger } from '@aws-lambda-powertools/logger';
import { Metrics, MetricUnit } from '@aws-lambda-powertools/metrics';
import type { Log } from '../jobs/ports.ts';
import { type EngineEnv, metricNamespace, metricService } from './env.ts';
import { type Count, counted } from './metrics.ts';

type Fields = Record<string, string | number | boolean>;
type Level = 'info' | 'warn' | 'error';

const units = { count: MetricUnit.Count, ms: MetricUnit.Milliseconds, bytes: MetricUnit.Bytes } as const;

/** A log under the name of a shell. `logger` is for middleware that adds the request's id. */
export const createLog = (env: Pick<EngineEnv, 'SERVICE' | 'STAGE'>): { log: Log; logger: Logger } => {
  const logger = new Logger({ serviceName: env.SERVICE });
  const metrics = new Metrics({ namespace: metricNamespace, serviceName: metricService(env.STAGE) });
  const write =
    (level: Level) =>
    (code: string, fields: Fields = {}) => {
      logger[level](code, fields);
      for (const counts of bySameDimensions(counted[code] ?? [])) emit(metrics, counts, fields);
    };
  return { log: { info: write('info'), warn: write('warn'), error: write('error') }, logger };
};

/** Metrics of the same dimensions share a line. */
const bySameDimensions = (counts: readonly Count[]): Count[][] => [
  ...Map.groupBy(counts, ({ dimensions }) => dimensions.join()).values(),
];

/** One line with the dimensions of the table's entries, and no other: a field never becomes a dimension by itself. */
const emit = (metrics: Metrics, counts: readonly Count[], fields: Fields): void => {
  const values = counts.flatMap(({ metric, unit, value }) => {
    const amount = value === undefined ? 1 : fields[value];
    return typeof amount === 'number' ? [{ metric, unit, amount }] : [];
  });
  if (values.length === 0) return;
  for (const dimension of counts[0]?.dimensions ?? [])
    metrics.addDimension(dimension, String(fields[dimension] ?? 'none'));
  for (const { metric, unit, amount } of values) metrics.addMetric(metric, units[unit], amount);
  // At once, which also empties it: another code has other dimensions.
  metrics.publishStoredMetrics();
};
