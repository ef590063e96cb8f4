// Where rooms are joined for AWS: a shell's environment becomes the ports that the domain asks for.
import { type AwsClients, type AwsConfig, awsClients } from '../aws/config.ts';
import { awsPorts } from '../aws/ports.ts';
import { appendDialect } from '../doors/append/notices.ts';
import { consoleDialect } from '../doors/console/postback.ts';
import { sailthruDialect } from '../doors/sailthru/postback.ts';
import type { Log, Ports } from '../jobs/ports.ts';
import { defaultTuning } from '../jobs/tuning.ts';
import { createHooks } from '../net/hooks.ts';
import { createPulls } from '../net/pulls.ts';
import type { EngineEnv } from './env.ts';

/** What functions/aws is told, from a shell's environment. */
export const awsConfig = (env: EngineEnv): AwsConfig => ({
  region: env.AWS_REGION,
  endpoints: {
    ...(env.AWS_ENDPOINT_URL_DYNAMODB !== undefined && { dynamodb: env.AWS_ENDPOINT_URL_DYNAMODB }),
    ...(env.AWS_ENDPOINT_URL_S3 !== undefined && { s3: env.AWS_ENDPOINT_URL_S3 }),
    ...(env.AWS_ENDPOINT_URL_SQS !== undefined && { sqs: env.AWS_ENDPOINT_URL_SQS }),
    ...(env.AWS_ENDPOINT_URL_SES !== undefined && { ses: env.AWS_ENDPOINT_URL_SES }),
    ...(env.AWS_ENDPOINT_URL_KMS !== undefined && { kms: env.AWS_ENDPOINT_URL_KMS }),
    ...(env.AWS_ENDPOINT_URL_EVENTBRIDGE !== undefined && { eventbridge: env.AWS_ENDPOINT_URL_EVENTBRIDGE }),
  },
  tables: {
    clients: env.CLIENTS_TABLE,
    jobs: env.JOBS_TABLE,
    profiles: env.PROFILES_TABLE,
    lists: env.LISTS_TABLE,
    members: env.MEMBERS_TABLE,
    aliases: env.ALIASES_TABLE,
    purchases: env.PURCHASES_TABLE,
    content: env.CONTENT_TABLE,
    sends: env.SENDS_TABLE,
    blasts: env.BLASTS_TABLE,
    recipients: env.RECIPIENTS_TABLE,
    appends: env.APPENDS_TABLE,
  },
  buckets: { uploads: env.UPLOADS_BUCKET, exports: env.EXPORTS_BUCKET, jobs: env.JOBS_BUCKET },
  queues: env.QUEUES,
  mailFrom: env.MAIL_FROM ?? 'nobody@invalid',
  kmsKeyId: env.SECRETS_KEY,
  eventBus: env.EVENT_BUS,
});

/** The ports of one cold start, and the SDK's clients under them. Opens no connection yet. */
export const connect = (env: EngineEnv, log: Log): { ports: Ports; sdk: AwsClients } => {
  const config = awsConfig(env);
  const sdk = awsClients(config);
  const net = { allowLoopback: env.ALLOW_LOOPBACK === 'true' };
  const ports = {
    ...awsPorts(config, sdk),
    clock: { now: Date.now },
    tuning: { ...defaultTuning, memoryGb: (env.AWS_LAMBDA_FUNCTION_MEMORY_SIZE ?? 0) / 1024 },
    hooks: createHooks(net),
    pulls: createPulls(net),
    log,
    dialects: {
      sailthru: sailthruDialect,
      drop: sailthruDialect,
      console: consoleDialect,
      append: appendDialect,
    },
  };
  return { ports, sdk };
};
