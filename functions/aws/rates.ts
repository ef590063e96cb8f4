// Calls counted on DynamoDB: an item for each bucket and window, which ends by itself.
import { type DynamoDBDocumentClient, GetCommand, UpdateCommand } from '@aws-sdk/lib-dynamodb';
import type { Rates } from '../jobs/ports.ts';
import { Update } from './expression.ts';
import { rateKey, ttlAttribute } from './layout.ts';

/** Seconds after the end of its window when a count may go. */
const keep = 60;

/** Counts lie in the jobs table, the one table of the doors whose items may end. */
export const awsRates = (dynamodb: DynamoDBDocumentClient, table: string): Rates => ({
  async hit(bucket, second, seconds = 1) {
    const begin = second - (second % seconds);
    const update = new Update().add('hits', 1).set(ttlAttribute, begin + seconds + keep);
    const input = { ...update.input(table, rateKey(bucket, begin)), ReturnValues: 'UPDATED_NEW' } as const;
    const { Attributes } = await dynamodb.send(new UpdateCommand(input));
    return Number(Attributes?.hits);
  },

  async seen(bucket, second, seconds = 1) {
    const key = rateKey(bucket, second - (second % seconds));
    const { Item } = await dynamodb.send(new GetCommand({ TableName: table, Key: key }));
    return Number(Item?.hits ?? 0);
  },
});
