// Calls counted on DynamoDB: an item for each bucket and second, which ends by itself.
import { type DynamoDBDocumentClient, UpdateCommand } from '@aws-sdk/lib-dynamodb';
import type { Rates } from '../jobs/ports.ts';
import { Update } from './expression.ts';
import { rateKey, ttlAttribute } from './layout.ts';

/** Seconds after which a count may go. */
const keep = 60;

/** Counts lie in the jobs table, the one table whose items may end. */
export const awsRates = (dynamodb: DynamoDBDocumentClient, table: string): Rates => ({
  async hit(bucket, second) {
    const update = new Update().add('hits', 1).set(ttlAttribute, second + keep);
    const input = { ...update.input(table, rateKey(bucket, second)), ReturnValues: 'UPDATED_NEW' } as const;
    const { Attributes } = await dynamodb.send(new UpdateCommand(input));
    return Number(Attributes?.hits);
  },
});
