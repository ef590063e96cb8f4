// Where the parts of the system are on AWS, and the SDK clients that reach them: made once, kept alive.
import { DynamoDBClient } from '@aws-sdk/client-dynamodb';
import { EventBridgeClient } from '@aws-sdk/client-eventbridge';
import { KMSClient } from '@aws-sdk/client-kms';
import { S3Client } from '@aws-sdk/client-s3';
import { SESClient } from '@aws-sdk/client-ses';
import { SQSClient } from '@aws-sdk/client-sqs';
import { DynamoDBDocumentClient } from '@aws-sdk/lib-dynamodb';
import { RetryLater } from '../jobs/errors.ts';
import type { QueueName, RecordTable } from '../jobs/ports.ts';
import { meter } from './meter.ts';

export interface AwsConfig {
  region: string;
  /** Only for emulators: where each service answers instead. */
  endpoints?: { dynamodb?: string; s3?: string; sqs?: string; ses?: string; kms?: string; eventbridge?: string };
  tables: Record<'clients' | 'jobs' | 'profiles' | 'lists' | 'members' | RecordTable, string>;
  buckets: { uploads: string; exports: string; jobs: string };
  /** Queue URLs; only those that the caller may send to need be there. */
  queues: Partial<Record<QueueName, string>>;
  /** The sender of report mails. */
  mailFrom: string;
  /** Key that client secrets are encrypted with: id, ARN or alias. */
  kmsKeyId: string;
  /** The bus that events are told to: its name. */
  eventBus: string;
}

export interface AwsClients {
  dynamodb: DynamoDBDocumentClient;
  s3: S3Client;
  sqs: SQSClient;
  ses: SESClient;
  kms: KMSClient;
  eventbridge: EventBridgeClient;
}

/** Sockets for each service: profiles are written by this many requests at once. */
const sockets = 160;

const common = (
  config: Pick<AwsConfig, 'region' | 'endpoints'>,
  service: keyof NonNullable<AwsConfig['endpoints']>,
  requestTimeout: number,
) => {
  const endpoint = config.endpoints?.[service];
  const agent = { keepAlive: true, maxSockets: sockets };
  return {
    region: config.region,
    ...(endpoint !== undefined && { endpoint }),
    retryMode: 'standard',
    requestHandler: {
      connectionTimeout: 2_000,
      requestTimeout,
      throwOnRequestTimeout: true,
      socketTimeout: 60_000,
      httpAgent: agent,
      httpsAgent: agent,
    },
  } as const;
};

const throttles = new Set([
  'LimitExceededException',
  'ProvisionedThroughputExceededException',
  'RequestLimitExceeded',
  'RequestThrottled',
  'SlowDown',
  'Throttling',
  'ThrottlingException',
  'TooManyRequestsException',
]);

/** Whether AWS says that it got too much to do at once. */
export const isThrottle = (error: unknown): boolean => error instanceof Error && throttles.has(error.name);

export const awsClients = (config: Pick<AwsConfig, 'region' | 'endpoints'>): AwsClients => {
  const dynamodb = new DynamoDBClient({ ...common(config, 'dynamodb', 10_000), maxAttempts: 5 });
  // What is still throttled after all tries: the message comes again when the table has grown.
  dynamodb.middlewareStack.add(
    (next) => async (args) => {
      try {
        return await next(args);
      } catch (error) {
        throw isThrottle(error) ? new RetryLater(15, 'the table is throttled') : error;
      }
    },
    { step: 'initialize', name: 'throttledLater' },
  );
  meter('dynamodb', dynamodb);
  const clients: AwsClients = {
    dynamodb: DynamoDBDocumentClient.from(dynamodb, { marshallOptions: { removeUndefinedValues: true } }),
    s3: new S3Client({
      ...common(config, 's3', 60_000),
      maxAttempts: 5,
      forcePathStyle: config.endpoints?.s3 !== undefined,
      // Otherwise a presigned URL carries the checksum of an empty body, and asks for one.
      requestChecksumCalculation: 'WHEN_REQUIRED',
      responseChecksumValidation: 'WHEN_REQUIRED',
    }),
    sqs: new SQSClient({ ...common(config, 'sqs', 30_000), maxAttempts: 5 }),
    ses: new SESClient({ ...common(config, 'ses', 15_000), maxAttempts: 3 }),
    kms: new KMSClient({ ...common(config, 'kms', 5_000), maxAttempts: 4 }),
    eventbridge: new EventBridgeClient({ ...common(config, 'eventbridge', 10_000), maxAttempts: 4 }),
  };
  for (const service of ['s3', 'sqs', 'ses', 'kms', 'eventbridge'] as const) meter(service, clients[service]);
  return clients;
};
