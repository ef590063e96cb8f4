// The bench's stand-in for DynamoDB answers as AWS would: units on request, entries of maps, and no guess at what it does not know.
import { expect, test } from 'vitest';
import { answer, type Call, Tables } from '../../tools/bench/dynamo-tables.ts';

const Key = { pk: { S: 'job#1' }, sk: { S: 'meta' } };
const text = (size: number) => ({ S: 'x'.repeat(size) });

/** A stand-in that holds one item, and the units that its meter was told of. */
const standIn = (attributes: Record<string, object> = {}) => {
  const metered = { read: 0, write: 0 };
  const tables = new Tables((_, { read = 0, write = 0 }) => {
    metered.read += read;
    metered.write += write;
  });
  const ask = (call: Call, input: object) =>
    answer(tables, call, JSON.stringify({ TableName: 'jobs', ...input })) as Record<string, unknown>;
  const update = (UpdateExpression: string, more: object = {}) =>
    ask('UpdateItem', { Key, UpdateExpression, ReturnValues: 'ALL_NEW', ...more }).Attributes;
  ask('PutItem', { Item: { ...Key, ...attributes } });
  return { ask, update, metered };
};

const TOTAL = { ReturnConsumedCapacity: 'TOTAL' };

test('single calls and queries tell their units as an object', () => {
  const { ask } = standIn({ filler: text(5000) });
  const spent = (call: Call, input: object) => ask(call, { ...TOTAL, ...input }).ConsumedCapacity;
  const query = { KeyConditionExpression: 'pk = :pk', ExpressionAttributeValues: { ':pk': Key.pk } };
  expect(spent('GetItem', { Key })).toEqual({ TableName: 'jobs', CapacityUnits: 1 });
  expect(spent('GetItem', { Key, ConsistentRead: true })).toEqual({ TableName: 'jobs', CapacityUnits: 2 });
  expect(spent('Query', query)).toEqual({ TableName: 'jobs', CapacityUnits: 1 });
  expect(spent('UpdateItem', { Key, UpdateExpression: 'REMOVE nothing' })).toEqual({
    TableName: 'jobs',
    CapacityUnits: 5,
  });
  expect(spent('PutItem', { Item: Key })).toEqual({ TableName: 'jobs', CapacityUnits: 5 });
  expect(spent('DeleteItem', { Key })).toEqual({ TableName: 'jobs', CapacityUnits: 1 });
});

test('batches tell the units of each table', () => {
  const { ask } = standIn();
  const other = { pk: { S: 'job#2' }, sk: { S: 'meta' } };
  const write = { profiles: [{ PutRequest: { Item: Key } }, { PutRequest: { Item: other } }] };
  const members = [{ PutRequest: { Item: { ...Key, filler: text(2000) } } }];
  expect(ask('BatchWriteItem', { ...TOTAL, RequestItems: { ...write, members } }).ConsumedCapacity).toEqual([
    { TableName: 'profiles', CapacityUnits: 2 },
    { TableName: 'members', CapacityUnits: 2 },
  ]);
  const read = { profiles: { Keys: [Key, other] } };
  expect(ask('BatchGetItem', { ...TOTAL, RequestItems: read }).ConsumedCapacity).toEqual([
    { TableName: 'profiles', CapacityUnits: 1 },
  ]);
});

test('units are told only on request, and a refused call leaves none to the next', () => {
  const { ask, metered } = standIn();
  expect(ask('GetItem', { Key })).not.toHaveProperty('ConsumedCapacity');
  expect(ask('GetItem', { Key, ReturnConsumedCapacity: 'NONE' })).not.toHaveProperty('ConsumedCapacity');
  const refused = { ...TOTAL, Item: Key, ConditionExpression: 'attribute_not_exists(pk)' };
  expect(() => ask('PutItem', refused)).toThrow('The conditional request failed');
  expect(ask('GetItem', { ...TOTAL, Key }).ConsumedCapacity).toEqual({ TableName: 'jobs', CapacityUnits: 0.5 });
  expect(metered).toEqual({ read: 1.5, write: 2 });
});

test('entries of maps are set and removed, and the others stay', () => {
  const { update, ask } = standIn({ done: { M: { a: { N: '1' } } }, state: { S: 'running' } });
  const names = { ExpressionAttributeNames: { '#done': 'done', '#b': 'b-2' } };
  const value = { ExpressionAttributeValues: { ':x': { N: '2' } } };
  const both = { a: { N: '1' }, 'b-2': { N: '2' } };
  expect(update('SET #done.#b = :x', { ...names, ...value })).toMatchObject({ done: { M: both } });
  expect(update('REMOVE done.a')).toEqual({ ...Key, done: { M: { 'b-2': { N: '2' } } }, state: { S: 'running' } });
  expect(update('REMOVE #done.#b SET done.c = :x', { ...names, ...value })).toMatchObject({
    done: { M: { c: { N: '2' } } },
  });
  expect(ask('GetItem', { Key, ProjectionExpression: '#done, missing', ...names })).toEqual({
    Item: { done: { M: { c: { N: '2' } } } },
  });
});

test('a condition on an entry of a map holds while the entry or its map is missing', () => {
  const { update } = standIn({ done: { M: { a: { N: '1' } } } });
  const when = (path: string) =>
    update('SET seen = :x', {
      ConditionExpression: `attribute_not_exists(${path})`,
      ExpressionAttributeNames: { '#done': 'done', '#a': 'a', '#b': 'b' },
      ExpressionAttributeValues: { ':x': { BOOL: true } },
    });
  expect(() => when('#done.#a')).toThrow('The conditional request failed');
  expect(when('#done.#b')).toMatchObject({ seen: { BOOL: true } });
  expect(when('nothing.#b')).toMatchObject({ seen: { BOOL: true } });
});

test('what AWS would refuse or the stand-in does not know is an error', () => {
  const { update, ask } = standIn({ done: { M: {} } });
  const value = { ExpressionAttributeValues: { ':x': { N: '2' } } };
  expect(() => update('SET missing.a = :x', value)).toThrow('document path');
  expect(() => update('REMOVE missing.a')).toThrow('document path');
  expect(() => update('SET done.#unnamed = :x', value)).toThrow('no attribute name');
  expect(() => update('SET done = :x, done.a = :x', value)).toThrow('overlap');
  expect(() => update('REMOVE done SET done.a = :x', value)).toThrow('overlap');
  expect(() => update('DELETE done :x', value)).toThrow('unknown clause');
  expect(() => ask('GetItem', { Key, ReturnConsumedCapacity: 'INDEXES' })).toThrow('INDEXES');
  expect(() => ask('GetItem', { Key, ProjectionExpression: 'done.a' })).toThrow('whole attributes');
});
