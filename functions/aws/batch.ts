// Batches of DynamoDB, with what it left undone tried again.
import { BatchGetCommand, BatchWriteCommand, type DynamoDBDocumentClient } from '@aws-sdk/lib-dynamodb';
import { RetryLater } from '../jobs/errors.ts';
import { backoff, chunked, inFlight } from './flow.ts';
import type { Key } from './layout.ts';

type Item = Record<string, unknown>;

/** Answers in a row that bring nothing, before giving up. */
const patience = 6;
const gets = 8;
const writes = 32;

/** The items of these keys, in any order; missing ones are left out. */
export const getAll = async (
  dynamodb: DynamoDBDocumentClient,
  table: string,
  keys: readonly Key[],
  consistent: boolean,
): Promise<Item[]> => {
  const items: Item[] = [];
  await inFlight(chunked(keys, 100), gets, async (group) => {
    let left: readonly Key[] = group;
    for (let fruitless = 0; left.length > 0; ) {
      const request = { [table]: { Keys: [...left], ConsistentRead: consistent } };
      const answer = await dynamodb.send(new BatchGetCommand({ RequestItems: request }));
      const got = answer.Responses?.[table] ?? [];
      for (const item of got) items.push(item);
      left = (answer.UnprocessedKeys?.[table]?.Keys ?? []) as Key[];
      // A full answer leaves keys over too: only an empty one says that the table is busy.
      fruitless = got.length > 0 ? 0 : fruitless + 1;
      if (left.length > 0 && fruitless > 0) await again(fruitless);
    }
  });
  return items;
};

/** Puts all items, in any order. No key may come twice. */
export const putAll = async (dynamodb: DynamoDBDocumentClient, table: string, items: readonly Item[]): Promise<void> =>
  inFlight(chunked(items, 25), writes, async (group) => {
    let left = group.map((Item) => ({ PutRequest: { Item } }));
    for (let attempt = 1; left.length > 0; attempt++) {
      const answer = await dynamodb.send(new BatchWriteCommand({ RequestItems: { [table]: left } }));
      const before = left.length;
      left = (answer.UnprocessedItems?.[table] ?? []) as typeof left;
      if (left.length < before) attempt = 1;
      if (left.length > 0) await again(attempt);
    }
  });

const again = async (attempt: number): Promise<void> => {
  if (attempt > patience) throw new RetryLater(15, 'the table is throttled');
  await backoff(attempt);
};
