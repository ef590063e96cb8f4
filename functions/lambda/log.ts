// The domain's log on Powertools: one JSON line for each code, and a metric for the codes that are counted.
import { Logger } from '@aws-lambda-powertools/logger';
import { Metrics, MetricUnit } from '@aws-lambda-powertools/metrics';
import type { Log } from '../jobs/ports.ts';
import { type EngineEnv, metricNamespace, metricService } from './env.ts';
import { type Count, counted } from './metrics.ts';

type Fields = Record<string, string | number | boolean>;
type Level = 'info' | 'warn' | 'error';

/** A log under the name of a shell. `logger` is for middleware that adds the request's id. */
export const createLog = (env: Pick<EngineEnv, 'SERVICE' | 'STAGE'>): { log: Log; logger: Logger } => {
  const logger = new Logger({ serviceName: env.SERVICE });
  const metrics = new Metrics({ namespace: metricNamespace, serviceName: metricService(env.STAGE) });
  const write =
    (level: Level) =>
    (code: string, fields: Fields = {}) => {
      logger[level](code, fields);
      for (const count of counted[code] ?? []) emit(metrics, count, fields);
    };
  return { log: { info: write('info'), warn: write('warn'), error: write('error') }, logger };
};

/** One metric with the dimensions of its table entry, and no other: a field never becomes a dimension by itself. */
const emit = (metrics: Metrics, count: Count, fields: Fields): void => {
  const value = count.value === undefined ? 1 : fields[count.value];
  if (typeof value !== 'number') return;
  const single = metrics.singleMetric();
  for (const dimension of count.dimensions) single.addDimension(dimension, String(fields[dimension] ?? 'none'));
  single.addMetric(count.metric, count.unit === 'ms' ? MetricUnit.Milliseconds : MetricUnit.Count, value);
};
