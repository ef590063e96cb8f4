// Tables in memory that answer DynamoDB's calls, with the units that each call costs by AWS's rules.
import { holds, keyAsked, projected, updated } from './dynamo-expressions.ts';
import { type Item, itemSize, readUnits, writeUnits } from './dynamo-items.ts';
import { InvalidExpression, type Placeholders } from './dynamo-reader.ts';

/** What one call costs at one table. */
export type Meter = (table: string, units: { read?: number; write?: number }) => void;

/** An answer of DynamoDB that is an error. */
export class DynamoError extends Error {
  override readonly name: string;
  readonly item: Item | undefined;
  constructor(name: string, message: string, item?: Item) {
    super(message);
    this.name = name;
    this.item = item;
  }
}

const invalid = (message: string) => new DynamoError('ValidationException', message);

interface Write extends Placeholders {
  TableName: string;
  Key?: Item;
  Item?: Item;
  UpdateExpression?: string;
  ConditionExpression?: string;
  ReturnValues?: string;
  ReturnValuesOnConditionCheckFailure?: string;
}
interface Get extends Placeholders {
  TableName: string;
  Key: Item;
  ConsistentRead?: boolean;
  ProjectionExpression?: string;
}
interface Query extends Placeholders {
  TableName: string;
  IndexName?: string;
  KeyConditionExpression: string;
  FilterExpression?: string;
  ProjectionExpression?: string;
  ExclusiveStartKey?: Item;
  ConsistentRead?: boolean;
  Limit?: number;
}
interface BatchGet {
  RequestItems: Record<string, Omit<Get, 'TableName' | 'Key'> & { Keys: Item[] }>;
}
interface BatchWrite {
  RequestItems: Record<string, { PutRequest?: { Item: Item }; DeleteRequest?: { Key: Item } }[]>;
}

const maxItem = 400 * 1024;
const maxPage = 1024 * 1024;

/** One partition: its items by sort key, and their order once somebody asked for it. */
class Partition {
  readonly items = new Map<string, Item>();
  #order: string[] | undefined;

  put(sk: string, item: Item | undefined): void {
    if (item) {
      if (!this.items.has(sk)) this.#order = undefined;
      this.items.set(sk, item);
    } else if (this.items.delete(sk)) this.#order = undefined;
  }

  order(): readonly string[] {
    this.#order ??= [...this.items.keys()].sort();
    return this.#order;
  }
}

/** Every table has the string keys pk and sk. A table is there from the first time that it is named. */
export class Tables {
  readonly #partitions = new Map<string, Partition>();
  readonly #meter: Meter;
  #spent = new Map<string, number>();

  constructor(meter: Meter) {
    this.#meter = meter;
  }

  #spend(table: string, units: { read?: number; write?: number }): void {
    this.#meter(table, units);
    this.#spent.set(table, (this.#spent.get(table) ?? 0) + (units.read ?? 0) + (units.write ?? 0));
  }

  /** The units of each table since the last time. */
  takeSpent(): { TableName: string; CapacityUnits: number }[] {
    const spent = [...this.#spent].map(([TableName, CapacityUnits]) => ({ TableName, CapacityUnits }));
    this.#spent = new Map();
    return spent;
  }

  #partition(table: string, pk: string): Partition {
    const name = `${table}\n${pk}`;
    const known = this.#partitions.get(name);
    if (known) return known;
    const made = new Partition();
    this.#partitions.set(name, made);
    return made;
  }

  #place(table: string, key: Item | undefined): { partition: Partition; sk: string } {
    const [pk, sk] = [key?.pk?.S, key?.sk?.S];
    if (!pk || !sk) throw invalid('the key needs the texts pk and sk');
    return { partition: this.#partition(table, pk), sk };
  }

  getItem({ TableName, Key, ConsistentRead = false, ...rest }: Get) {
    const found = this.#read(TableName, Key, ConsistentRead);
    return found ? { Item: projected(rest.ProjectionExpression, rest, found) } : {};
  }

  #read(table: string, key: Item, consistent: boolean): Item | undefined {
    const { partition, sk } = this.#place(table, key);
    const found = partition.items.get(sk);
    this.#spend(table, { read: readUnits(found ? itemSize(found) : 0, consistent) });
    return found;
  }

  batchGetItem({ RequestItems }: BatchGet) {
    const Responses: Record<string, Item[]> = {};
    let keys = 0;
    for (const [table, { Keys, ConsistentRead = false, ...rest }] of Object.entries(RequestItems)) {
      keys += Keys.length;
      expectDistinct(Keys);
      const found = Keys.map((key) => this.#read(table, key, ConsistentRead)).filter((item) => item !== undefined);
      Responses[table] = found.map((item) => projected(rest.ProjectionExpression, rest, item));
    }
    if (keys < 1 || keys > 100) throw invalid('a batch has 1 to 100 keys');
    return { Responses, UnprocessedKeys: {} };
  }

  putItem(write: Write) {
    return this.#write(write, write.Item, () => write.Item);
  }

  deleteItem(write: Write) {
    return this.#write(write, write.Key, () => undefined);
  }

  updateItem(write: Write) {
    return this.#write(write, write.Key, (before) => updated(write.UpdateExpression, write, before ?? write.Key ?? {}));
  }

  #write(write: Write, key: Item | undefined, change: (before: Item | undefined) => Item | undefined) {
    const { partition, sk } = this.#place(write.TableName, key);
    const before = partition.items.get(sk);
    if (!holds(write.ConditionExpression, write, before ?? {})) {
      this.#spend(write.TableName, { write: writeUnits(before, undefined) });
      const shown = write.ReturnValuesOnConditionCheckFailure === 'ALL_OLD' ? before : undefined;
      throw new DynamoError('ConditionalCheckFailedException', 'The conditional request failed', shown);
    }
    const after = change(before);
    this.#put(write.TableName, partition, sk, after);
    if (write.ReturnValues === 'ALL_NEW' && after) return { Attributes: after };
    if (write.ReturnValues === 'ALL_OLD' && before) return { Attributes: before };
    if (![undefined, 'NONE', 'ALL_NEW', 'ALL_OLD'].includes(write.ReturnValues)) throw invalid('unknown ReturnValues');
    return {};
  }

  #put(table: string, partition: Partition, sk: string, after: Item | undefined): void {
    if (after && itemSize(after) > maxItem) throw invalid('Item size has exceeded the maximum allowed size');
    this.#spend(table, { write: writeUnits(partition.items.get(sk), after) });
    partition.put(sk, after);
  }

  batchWriteItem({ RequestItems }: BatchWrite) {
    let writes = 0;
    for (const [table, requests] of Object.entries(RequestItems)) {
      writes += requests.length;
      expectDistinct(requests.map(({ PutRequest, DeleteRequest }) => PutRequest?.Item ?? DeleteRequest?.Key));
      for (const { PutRequest, DeleteRequest } of requests) {
        const { partition, sk } = this.#place(table, PutRequest?.Item ?? DeleteRequest?.Key);
        this.#put(table, partition, sk, PutRequest?.Item);
      }
    }
    if (writes < 1 || writes > 25) throw invalid('a batch has 1 to 25 writes');
    return { UnprocessedItems: {} };
  }

  query(query: Query) {
    const { TableName, KeyConditionExpression, ExclusiveStartKey, ConsistentRead = false } = query;
    if (query.IndexName !== undefined) throw invalid('indexes are not part of this stub');
    const pk = keyAsked(KeyConditionExpression, query, 'pk')?.S;
    if (!pk) throw invalid('Query condition missed key schema element: pk');
    const partition = this.#partition(TableName, pk);
    const from = ExclusiveStartKey?.sk?.S;
    const Items: Item[] = [];
    let [size, looked] = [0, 0];
    let last: string | undefined;
    for (const sk of partition.order()) {
      if (from !== undefined && sk <= from) continue;
      const item = partition.items.get(sk) ?? {};
      if (!holds(KeyConditionExpression, query, item)) continue;
      // A full page ends before the next item: whether there is one, AWS does not look.
      if (looked === query.Limit || size >= maxPage) break;
      [size, looked, last] = [size + itemSize(item), looked + 1, sk];
      if (holds(query.FilterExpression, query, item)) Items.push(projected(query.ProjectionExpression, query, item));
    }
    this.#spend(TableName, { read: readUnits(size, ConsistentRead) });
    const full = looked === query.Limit || size >= maxPage;
    const next = full && last !== undefined ? { LastEvaluatedKey: { pk: { S: pk }, sk: { S: last } } } : {};
    return { Items, Count: Items.length, ScannedCount: looked, ...next };
  }
}

const expectDistinct = (keys: readonly (Item | undefined)[]): void => {
  const names = new Set(keys.map((key) => `${key?.pk?.S}\n${key?.sk?.S}`));
  if (names.size < keys.length) throw invalid('Provided list of item keys contains duplicates');
};

/** The calls by their names on the wire, and how long each is to take. */
export const calls = {
  GetItem: 'read',
  BatchGetItem: 'read',
  Query: 'read',
  PutItem: 'write',
  UpdateItem: 'write',
  DeleteItem: 'write',
  BatchWriteItem: 'write',
} as const;
export type Call = keyof typeof calls;
export const isCall = (name: string): name is Call => Object.hasOwn(calls, name);

const answered = (tables: Tables, call: Call, input: never): object => {
  switch (call) {
    case 'GetItem':
      return tables.getItem(input);
    case 'BatchGetItem':
      return tables.batchGetItem(input);
    case 'Query':
      return tables.query(input);
    case 'PutItem':
      return tables.putItem(input);
    case 'UpdateItem':
      return tables.updateItem(input);
    case 'DeleteItem':
      return tables.deleteItem(input);
    case 'BatchWriteItem':
      return tables.batchWriteItem(input);
  }
};

/** Answers one call, with the units that it took when it asks for them. Throws DynamoError. */
export const answer = (tables: Tables, call: Call, body: string): object => {
  const input = JSON.parse(body);
  const { ReturnConsumedCapacity: asked = 'NONE' } = input;
  if (asked !== 'NONE' && asked !== 'TOTAL') throw invalid(`not in this stub: ReturnConsumedCapacity ${asked}`);
  // An error tells of no units: those of a refused call are not the next one's.
  tables.takeSpent();
  try {
    const result = answered(tables, call, input as never);
    if (asked === 'NONE') return result;
    const spent = tables.takeSpent();
    return { ...result, ConsumedCapacity: call.startsWith('Batch') ? spent : spent[0] };
  } catch (error) {
    throw error instanceof InvalidExpression ? invalid(error.message) : error;
  }
};
