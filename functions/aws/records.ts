// Records on DynamoDB: an item for each, what it holds as one JSON text.
import { randomInt } from 'node:crypto';
import { DeleteCommand, type DynamoDBDocumentClient, PutCommand, QueryCommand } from '@aws-sdk/lib-dynamodb';
import type { ClientId } from '../jobs/job.ts';
import type { RecordKey, Records, RecordTable, RecordWrite, StoredRecord } from '../jobs/ports.ts';
import { getAll, putAll } from './batch.ts';
import { ifHeld } from './expression.ts';
import { inFlight } from './flow.ts';
import { fits, type Key, recordKey, ttlAttribute } from './layout.ts';

type Item = Record<string, unknown>;

/** Conditional writes at once. */
const writers = 48;
const pageSize = 500;

export const awsRecords = (dynamodb: DynamoDBDocumentClient, tables: Record<RecordTable, string>): Records => {
  const writeOne = async (table: string, key: Key, write: RecordWrite): Promise<boolean> => {
    const condition = conditionOf(write.was);
    const request =
      write.value === undefined
        ? new DeleteCommand({ TableName: table, Key: key, ...condition })
        : new PutCommand({ TableName: table, Item: itemOf(key, write), ...condition });
    return (await ifHeld<unknown>(dynamodb.send(request as PutCommand))) !== undefined;
  };

  return {
    batch: 100,

    async read(client, table, keys, { fresh = false } = {}) {
      const wanted = keys.map((key) => recordKey(client, key)).filter(fits);
      return (await getAll(dynamodb, tables[table], wanted, fresh)).map((item) => recordOf(client, item));
    },

    async write(client, table, writes) {
      const free = writes.filter(({ value, was }) => value !== undefined && was === undefined);
      const others = writes.filter(({ value, was }) => value === undefined || was !== undefined);
      await putAll(
        dynamodb,
        tables[table],
        free.map((write) => itemOf(recordKey(client, write), write)),
      );
      const conflicts: RecordKey[] = [];
      await inFlight(others, writers, async (write) => {
        const { part, sort } = write;
        if (!(await writeOne(tables[table], recordKey(client, write), write))) conflicts.push({ part, sort });
      });
      return conflicts;
    },

    async *range(client, table, part, { from = '', to, descending = false, limit = Infinity, fresh = false } = {}) {
      const { pk } = recordKey(client, { part, sort: '' });
      let left = limit;
      let start: Item | undefined;
      do {
        const bounds = to === undefined ? '#sk>=:from' : '#sk BETWEEN :from AND :to';
        const answer = await dynamodb.send(
          new QueryCommand({
            TableName: tables[table],
            KeyConditionExpression: `#pk=:pk AND ${from === '' && to === undefined ? '#sk>:from' : bounds}`,
            ExpressionAttributeNames: { '#pk': 'pk', '#sk': 'sk' },
            ExpressionAttributeValues: {
              ':pk': pk,
              ':from': from === '' ? '\0' : from,
              ...(to !== undefined && { ':to': to }),
            },
            ScanIndexForward: !descending,
            ConsistentRead: fresh,
            Limit: Math.min(left, pageSize),
            ...(start && { ExclusiveStartKey: start }),
          }),
        );
        // BETWEEN takes its end in.
        const page = (answer.Items ?? []).map((item) => recordOf(client, item)).filter(({ sort }) => sort !== to);
        if (page.length > 0) yield page;
        left -= page.length;
        start = answer.LastEvaluatedKey;
      } while (start && left > 0);
    },
  };
};

const itemOf = (key: Key, { value, expiresAt }: RecordWrite): Item => ({
  ...key,
  version: randomInt(1, 2 ** 47),
  value: JSON.stringify(value),
  ...(expiresAt !== undefined && { [ttlAttribute]: Math.ceil(expiresAt / 1000) }),
});

const recordOf = (client: ClientId, item: Item): StoredRecord => ({
  part: String(item.pk).slice(client.length + 1),
  sort: String(item.sk),
  version: Number(item.version),
  value: JSON.parse(String(item.value)) as Record<string, unknown>,
});

const conditionOf = (was: number | undefined) => {
  if (was === undefined) return {};
  if (was === 0) return { ConditionExpression: 'attribute_not_exists(pk)' };
  return {
    ConditionExpression: '#version=:was',
    ExpressionAttributeNames: { '#version': 'version' },
    ExpressionAttributeValues: { ':was': was },
  };
};
