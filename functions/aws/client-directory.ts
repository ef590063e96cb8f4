// How clients lie in their table: one item each, and items that lead to it from its key, its organization and its name.
import {
  DeleteCommand,
  type DynamoDBDocumentClient,
  PutCommand,
  paginateQuery,
  UpdateCommand,
} from '@aws-sdk/lib-dynamodb';
import { type ListedClient, systemOrganization } from '../jobs/client.ts';
import { getAll } from './batch.ts';
import { ifHeld, Update } from './expression.ts';
import {
  apiKeyKey,
  clientKey,
  directory,
  directoryKey,
  type Key,
  organizationKey,
  organizationsKey,
  partitionKey,
  usernameKey,
} from './layout.ts';

export type Item = Record<string, unknown>;

/** What others look a client up by. */
type Names = Pick<ListedClient, 'id' | 'apiKey' | 'username'> & { organization: number | undefined };

/** Numbers that somebody has taken already, before this gives up. */
const tries = 1000;

export const clientDirectory = (dynamodb: DynamoDBDocumentClient, table: string) => {
  const remove = (key: Key) => dynamodb.send(new DeleteCommand({ TableName: table, Key: key }));

  /** Takes a name for a client; `held` when it had it before, undefined when it is another client's. */
  const take = async (key: Key, id: string): Promise<'taken' | 'held' | undefined> => {
    const answer = await ifHeld(
      dynamodb.send(
        new PutCommand({
          TableName: table,
          Item: { ...key, id },
          ConditionExpression: 'attribute_not_exists(pk) OR id=:id',
          ExpressionAttributeValues: { ':id': id },
          ReturnValues: 'ALL_OLD',
        }),
      ),
    );
    if (!answer) return undefined;
    return answer.Attributes ? 'held' : 'taken';
  };

  /** A number that no client had yet. */
  const takeNext = async (id: string): Promise<number> => {
    for (let attempt = 0; attempt < tries; attempt++) {
      const count = new Update().add('count', 1).input(table, organizationsKey);
      const { Attributes } = await dynamodb.send(new UpdateCommand({ ...count, ReturnValues: 'UPDATED_NEW' }));
      const organization = systemOrganization + Number(Attributes?.count);
      if (await take(organizationKey(organization), id)) return organization;
    }
    throw new Error('no organization is free');
  };

  return {
    /**
     * Writes a client's item with what leads to it. The names come first and the item last, so that a crash between leaves
     * names that are free for nobody else and lead to nothing new: putting the client again finishes it.
     */
    async put(before: ListedClient | undefined, { organization, ...names }: Names, item: Item): Promise<void> {
      const { id } = names;
      const wanted = [apiKeyKey(names.apiKey), usernameKey(names.username)];
      if (organization !== undefined) wanted.push(organizationKey(organization));
      const taken: Key[] = [];
      for (const key of wanted) {
        const answer = await take(key, id);
        if (answer === 'taken') taken.push(key);
        if (answer) continue;
        for (const each of taken) await remove(each);
        throw new Error(`client ${id}: its key, organization or name is another client's`);
      }
      const number = organization ?? (await takeNext(id));
      await dynamodb.send(new PutCommand({ TableName: table, Item: directoryKey(id) }));
      await dynamodb.send(
        new PutCommand({ TableName: table, Item: { ...clientKey(id), ...item, organization: number } }),
      );
      if (!before) return;
      if (before.apiKey !== names.apiKey) await remove(apiKeyKey(before.apiKey));
      if (before.username !== names.username) await remove(usernameKey(before.username));
      if (before.organization && before.organization !== number) await remove(organizationKey(before.organization));
    },

    /** The items of all clients, in order of id. */
    async all(): Promise<Item[]> {
      const pages = paginateQuery(
        { client: dynamodb },
        {
          TableName: table,
          KeyConditionExpression: '#pk=:pk',
          ExpressionAttributeNames: { '#pk': partitionKey },
          ExpressionAttributeValues: { ':pk': directory },
          ConsistentRead: true,
        },
      );
      const ids: string[] = [];
      for await (const { Items = [] } of pages) ids.push(...Items.map(({ sk }) => String(sk)));
      const items = await getAll(dynamodb, table, ids.map(clientKey), true);
      const byKey = new Map(items.map((item) => [item.pk, item]));
      return ids.map((id) => byKey.get(clientKey(id).pk)).filter((item) => item !== undefined);
    },
  };
};
