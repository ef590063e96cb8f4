// What an engineer would write in an afternoon: a file in S3 into DynamoDB, row by row or in batches, and a list back into S3.

import type { Readable } from 'node:stream';
import { setTimeout as wait } from 'node:timers/promises';
import { GetObjectCommand, PutObjectCommand, type S3Client } from '@aws-sdk/client-s3';
import {
  BatchGetCommand,
  BatchWriteCommand,
  type DynamoDBDocumentClient,
  QueryCommand,
  UpdateCommand,
} from '@aws-sdk/lib-dynamodb';
import { parse } from 'csv-parse';
import { type Key, memberKey, memberPartition, profileKey, shardsPerPartition } from '../../functions/aws/layout.ts';
import { shardCount, sidOf } from '../../functions/jobs/profile.ts';
import { buckets, tables } from './aws-terms.ts';
import { plainCell } from './plain-cell.ts';
import type { Loop } from './worker-ratios.ts';

/** As many requests at once as our worker has. */
export const requestsAtOnce = { single: 48, batches: 32 } as const;

/** Where the loop works, and for whom. */
export interface Account {
  dynamodb: DynamoDBDocumentClient;
  s3: S3Client;
  client: string;
  list: string;
}

type Row = Record<string, string>;
type Item = Record<string, unknown>;
const writesPerBatch = 25;
const readsPerBatch = 100;

const rowsOf = async ({ s3 }: Account, key: string): Promise<AsyncIterable<Row>> => {
  const { Body } = await s3.send(new GetObjectCommand({ Bucket: buckets.uploads, Key: key }));
  return (Body as Readable).pipe(parse({ columns: true }));
};

/** Works on all items, on up to `width` of them at once. */
const forEach = async <T>(items: AsyncIterable<T>, width: number, work: (item: T) => Promise<void>): Promise<void> => {
  const iterator = items[Symbol.asyncIterator]();
  const worker = async () => {
    for (let next = await iterator.next(); !next.done; next = await iterator.next()) await work(next.value);
  };
  await Promise.all(Array.from({ length: width }, worker));
};

async function* groupsOf<T>(items: AsyncIterable<T>, size: number): AsyncGenerator<T[]> {
  let group: T[] = [];
  for await (const item of items) {
    group.push(item);
    if (group.length < size) continue;
    yield group;
    group = [];
  }
  if (group.length > 0) yield group;
}

const putAll = async (dynamodb: DynamoDBDocumentClient, table: string, items: Item[]): Promise<void> => {
  let left = items.map((Item) => ({ PutRequest: { Item } }));
  for (let pause = 50; left.length > 0; pause *= 2) {
    const answer = await dynamodb.send(new BatchWriteCommand({ RequestItems: { [table]: left } }));
    left = (answer.UnprocessedItems?.[table] ?? []) as typeof left;
    if (left.length > 0) await wait(pause);
  }
};

const getAll = async (dynamodb: DynamoDBDocumentClient, table: string, keys: Key[]): Promise<Item[]> => {
  const items: Item[] = [];
  for (let [left, pause] = [keys, 50]; left.length > 0; pause *= 2) {
    const answer = await dynamodb.send(new BatchGetCommand({ RequestItems: { [table]: { Keys: left } } }));
    items.push(...(answer.Responses?.[table] ?? []));
    left = (answer.UnprocessedKeys?.[table]?.Keys ?? []) as Key[];
    if (left.length > 0) await wait(pause);
  }
  return items;
};

const addressOf = ({ email = '' }: Row): string => email.trim().toLowerCase();
const listAttribute = (list: string): string => `list_${list}`;

const updateOf = ({ client, list }: Account, sid: string, { email: _, ...variables }: Row, email: string) => {
  const names = Object.keys(variables);
  const sets = [
    '#email = :email',
    '#list = if_not_exists(#list, :now)',
    'created = if_not_exists(created, :now)',
    ...names.map((_, at) => `#v${at} = :v${at}`),
  ];
  return new UpdateCommand({
    TableName: tables.profiles,
    Key: profileKey(client, sid),
    UpdateExpression: `SET ${sets.join(', ')}`,
    ExpressionAttributeNames: {
      '#email': 'email',
      '#list': listAttribute(list),
      ...Object.fromEntries(names.map((name, at) => [`#v${at}`, name])),
    },
    ExpressionAttributeValues: {
      ':email': email,
      ':now': Date.now(),
      ...Object.fromEntries(names.map((name, at) => [`:v${at}`, variables[name]])),
    },
  });
};

/** One update for each row, members in batches beside them. Gives back how many rows it wrote. */
const importByUpdates = async (account: Account, key: string): Promise<number> => {
  const { dynamodb, client, list } = account;
  let rows = 0;
  let members: Item[] = [];
  const putMembers = (group: Item[]) => putAll(dynamodb, tables.members, group);
  await forEach(await rowsOf(account, key), requestsAtOnce.single, async (row) => {
    const email = addressOf(row);
    const sid = sidOf(client, email);
    let full: Item[] = [];
    members.push(memberKey(list, sid));
    if (members.length === writesPerBatch) [full, members] = [members, []];
    await Promise.all([dynamodb.send(updateOf(account, sid, row, email)), putMembers(full)]);
    rows++;
  });
  await putMembers(members);
  return rows;
};

/** Puts profiles and members in batches, over whatever is there. Gives back how many rows it wrote. */
const importByPuts = async (account: Account, key: string): Promise<number> => {
  const { dynamodb, client, list } = account;
  let rows = 0;
  const groups = groupsOf(await rowsOf(account, key), writesPerBatch);
  await forEach(groups, requestsAtOnce.batches / 2, async (group) => {
    const now = Date.now();
    const people = group.map((row) => ({ row, email: addressOf(row), sid: sidOf(client, addressOf(row)) }));
    const profiles = people.map(({ row, email, sid }) => ({
      ...profileKey(client, sid),
      ...row,
      email,
      [listAttribute(list)]: now,
      created: now,
    }));
    const members = people.map(({ sid }) => memberKey(list, sid));
    await Promise.all([putAll(dynamodb, tables.profiles, profiles), putAll(dynamodb, tables.members, members)]);
    rows += group.length;
  });
  return rows;
};

export const imports: Record<Loop, (account: Account, key: string) => Promise<number>> = {
  updates: importByUpdates,
  puts: importByPuts,
};

async function* memberSids({ dynamodb, list }: Account): AsyncGenerator<string> {
  for (let shard = 0; shard < shardCount; shard += shardsPerPartition) {
    let from: Item | undefined;
    do {
      const answer = await dynamodb.send(
        new QueryCommand({
          TableName: tables.members,
          KeyConditionExpression: 'pk = :pk',
          ExpressionAttributeValues: { ':pk': memberPartition(list, shard) },
          ...(from && { ExclusiveStartKey: from }),
        }),
      );
      for (const { sk } of answer.Items ?? []) yield String(sk);
      from = answer.LastEvaluatedKey;
    } while (from);
  }
}

/** Writes the list's people with these columns, page after page, and puts the file into S3 at the end. Gives back how many people. */
export const exportList = async (account: Account, columns: readonly string[], key: string): Promise<number> => {
  const { dynamodb, s3, client } = account;
  let rows = 0;
  const lines = [columns.join(',')];
  for await (const sids of groupsOf(memberSids(account), readsPerBatch)) {
    const keys = sids.map((sid) => profileKey(client, sid));
    for (const item of await getAll(dynamodb, tables.profiles, keys)) {
      lines.push(columns.map((column) => plainCell(String(item[column] ?? ''))).join(','));
      rows++;
    }
  }
  const Body = `${lines.join('\n')}\n`;
  await s3.send(new PutObjectCommand({ Bucket: buckets.exports, Key: key, Body, ContentType: 'text/csv' }));
  return rows;
};
