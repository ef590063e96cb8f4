// Lists on DynamoDB: a client's lists lie together, in order of name.
import {
  DeleteCommand,
  type DynamoDBDocumentClient,
  GetCommand,
  PutCommand,
  paginateQuery,
  UpdateCommand,
} from '@aws-sdk/lib-dynamodb';
import { type ClientId, newId } from '../jobs/job.ts';
import type { List, ListDetails, Lists } from '../jobs/ports.ts';
import { ifHeld, Update } from './expression.ts';
import { inFlight } from './flow.ts';
import { fits, listKey } from './layout.ts';
import { asSet, fromSet } from './words.ts';

/** Lists ended at once. */
const writers = 16;

type Item = Record<string, unknown>;

/** Details are attributes of their own, so that one can be set without the others; as JSON, since callers choose what is in them. */
const detailPrefix = 'd_';

const fromItem = (item: Item): List => ({
  id: String(item.id),
  name: String(item.sk),
  createdAt: Number(item.createdAt),
  vars: fromSet(item.vars),
  sizeHint: Number(item.size ?? 0),
  details: Object.fromEntries(
    Object.entries(item).flatMap(([name, value]) =>
      name.startsWith(detailPrefix) ? [[name.slice(detailPrefix.length), JSON.parse(String(value))]] : [],
    ),
  ) as ListDetails,
});

export const awsLists = (dynamodb: DynamoDBDocumentClient, table: string): Lists => {
  const find = async (client: ClientId, name: string): Promise<List | undefined> => {
    const key = listKey(client, name);
    if (name === '' || !fits(key)) return undefined;
    const { Item } = await dynamodb.send(new GetCommand({ TableName: table, Key: key, ConsistentRead: true }));
    return Item && fromItem(Item);
  };

  /** True when the list is there and the condition held. */
  const change = async (client: ClientId, name: string, update: Update): Promise<boolean> => {
    update.when(`attribute_exists(${update.path('pk')})`);
    return (await ifHeld(dynamodb.send(new UpdateCommand(update.input(table, listKey(client, name)))))) !== undefined;
  };

  const ensure = async (client: ClientId, name: string, now: number): Promise<List> => {
    const held = await find(client, name);
    if (held) return held;
    const item = { ...listKey(client, name), id: newId(now), createdAt: now, size: 0 };
    await ifHeld(
      dynamodb.send(new PutCommand({ TableName: table, Item: item, ConditionExpression: 'attribute_not_exists(pk)' })),
    );
    const made = await find(client, name);
    if (!made) throw new Error('a list comes and goes');
    return made;
  };

  return {
    find,
    ensure,

    async describe(client, name, details, now) {
      const list = await ensure(client, name, now);
      const update = new Update();
      for (const [detail, value] of Object.entries(details))
        if (value !== undefined) update.set(detailPrefix + detail, JSON.stringify(value));
      await change(client, name, update);
      return (await find(client, name)) ?? list;
    },

    async erase(client, lists) {
      let erased = 0;
      await inFlight(lists, writers, async ({ name, id }) => {
        const condition = {
          ConditionExpression: '#id=:id',
          ExpressionAttributeNames: { '#id': 'id' },
          ExpressionAttributeValues: { ':id': id },
        };
        const request = new DeleteCommand({ TableName: table, Key: listKey(client, name), ...condition });
        if (await ifHeld(dynamodb.send(request))) erased += 1;
      });
      return erased;
    },

    async all(client) {
      const pages = paginateQuery(
        { client: dynamodb },
        {
          TableName: table,
          KeyConditionExpression: '#pk=:client',
          ExpressionAttributeNames: { '#pk': 'pk' },
          ExpressionAttributeValues: { ':client': client },
          ConsistentRead: true,
        },
      );
      const lists: List[] = [];
      for await (const { Items } of pages) lists.push(...(Items ?? []).map(fromItem));
      return lists;
    },

    async learn(client, name, { vars = [], exact = false, size }) {
      const taught = new Update();
      if (!exact) taught.add('vars', asSet(vars));
      else if (vars.length > 0) taught.set('vars', asSet(vars));
      else taught.remove('vars');
      if ((exact || vars.length > 0) && !(await change(client, name, taught))) return;
      if (size === undefined) return;
      const update = new Update().set('size', size);
      if (!exact) update.when(`${update.path('size')}<${update.value(size)}`);
      await change(client, name, update);
    },
  };
};
