// Tables, buckets and queues for the contracts, with the very keys and indexes that functions/aws works with.
import { CreateTableCommand, type GlobalSecondaryIndex, waitUntilTableExists } from '@aws-sdk/client-dynamodb';
import { CreateBucketCommand } from '@aws-sdk/client-s3';
import { CreateQueueCommand } from '@aws-sdk/client-sqs';
import type { AwsClients, AwsConfig } from '../../functions/aws/config.ts';
import { byDue, byId, byRank, partitionKey, sortKey } from '../../functions/aws/layout.ts';
import type { QueueName } from '../../functions/jobs/ports.ts';

const key = (partition: string, sort: string): GlobalSecondaryIndex['KeySchema'] => [
  { AttributeName: partition, KeyType: 'HASH' },
  { AttributeName: sort, KeyType: 'RANGE' },
];

const makeTable = async ({ dynamodb }: AwsClients, name: string, indexed: boolean): Promise<void> => {
  const indexes = indexed ? [byDue, byRank, byId] : [];
  await dynamodb.send(
    new CreateTableCommand({
      TableName: name,
      BillingMode: 'PAY_PER_REQUEST',
      KeySchema: key(partitionKey, sortKey),
      AttributeDefinitions: [
        ...[partitionKey, sortKey].map((name) => ({ AttributeName: name, AttributeType: 'S' as const })),
        ...indexes.flatMap(({ partition, sort, sortType }) => [
          { AttributeName: partition, AttributeType: 'S' as const },
          { AttributeName: sort, AttributeType: sortType },
        ]),
      ],
      ...(indexed && {
        GlobalSecondaryIndexes: indexes.map(({ index, partition, sort }) => ({
          IndexName: index,
          KeySchema: key(partition, sort),
          Projection: { ProjectionType: 'KEYS_ONLY' as const },
        })),
      }),
    }),
  );
  await waitUntilTableExists({ client: dynamodb, maxWaitTime: 10, minDelay: 1, maxDelay: 1 }, { TableName: name });
};

/** Makes everything that the configuration names; the queues get their URLs in it. */
export const makeAll = async (config: AwsConfig, sdk: AwsClients, queues: readonly QueueName[]): Promise<void> => {
  await Promise.all([
    ...Object.entries(config.tables).map(([name, table]) => makeTable(sdk, table, name === 'jobs')),
    ...Object.values(config.buckets).map((Bucket) => sdk.s3.send(new CreateBucketCommand({ Bucket }))),
    ...queues.map(async (name) => {
      const { QueueUrl } = await sdk.sqs.send(new CreateQueueCommand({ QueueName: `stevedore-test-${name}` }));
      if (QueueUrl !== undefined) config.queues[name] = QueueUrl;
    }),
  ]);
};
