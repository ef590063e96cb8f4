// Profiles and members on DynamoDB: read in batches, written field by field, streamed list by list.
import {
  DeleteCommand,
  type DynamoDBDocumentClient,
  PutCommand,
  QueryCommand,
  UpdateCommand,
} from '@aws-sdk/lib-dynamodb';
import type { Profiles } from '../jobs/ports.ts';
import { type ListId, type Profile, type ProfileChange, type Sid, shardCount, sidOfChange } from '../jobs/profile.ts';
import { getAll, putAll } from './batch.ts';
import { ifHeld } from './expression.ts';
import { chunked, inFlight, inOrder } from './flow.ts';
import { fits, memberKey, memberPartition, profileKey, shardKey, shardsPerPartition, sidBounds } from './layout.ts';
import { fromItem, keysOf, removalOf, toItem, updatesOf } from './profile-item.ts';

const batch = 100;
/** Batches at once: a batch waits for three answers after another, and the requests are what takes the time. */
const parallel = 4;
/** Requests that write single profiles at once. */
const writers = 48;
/** Sids in a page of a list's index, and batches of profiles read ahead: together the memory that a stream takes. */
const pageSize = 1000;
const readAhead = 6;
const partitionsAhead = 4;

export const awsProfiles = (
  dynamodb: DynamoDBDocumentClient,
  tables: { profiles: string; members: string },
): Profiles => {
  const readAll = async (client: string, sids: readonly Sid[], fresh: boolean): Promise<Profile[]> => {
    const keys = keysOf(client, sids).filter(fits);
    return (await getAll(dynamodb, tables.profiles, keys, fresh)).map(fromItem);
  };

  const write = async (client: string, change: ProfileChange): Promise<boolean> => {
    if (change.kind === 'create') {
      const put = {
        TableName: tables.profiles,
        Item: toItem(client, change.profile),
        ConditionExpression: 'attribute_not_exists(pk)',
      };
      return (await ifHeld(dynamodb.send(new PutCommand(put)))) !== undefined;
    }
    const key = profileKey(client, change.sid);
    if (change.kind === 'remove')
      return (await ifHeld(dynamodb.send(new DeleteCommand(removalOf(change, tables.profiles, key))))) !== undefined;
    for (const update of updatesOf(change))
      if (!(await ifHeld(dynamodb.send(new UpdateCommand(update.input(tables.profiles, key)))))) return false;
    return true;
  };

  const membersPage = async (partition: string, bounds: readonly [string, string], from?: Record<string, unknown>) => {
    const answer = await dynamodb.send(
      new QueryCommand({
        TableName: tables.members,
        KeyConditionExpression: '#pk=:pk AND #sk BETWEEN :from AND :to',
        ExpressionAttributeNames: { '#pk': 'pk', '#sk': 'sk' },
        ExpressionAttributeValues: { ':pk': partition, ':from': bounds[0], ':to': bounds[1] },
        Limit: pageSize,
        ...(from && { ExclusiveStartKey: from }),
      }),
    );
    return { sids: (answer.Items ?? []).map(({ sk }) => String(sk)), next: answer.LastEvaluatedKey };
  };

  /** The sids of the index in their order, in groups that are read together. */
  async function* memberSids(list: ListId, from: number, to: number): AsyncGenerator<Sid[]> {
    const bounds = sidBounds(from, to);
    const firsts: number[] = [];
    for (let shard = from - (from % shardsPerPartition); shard < to; shard += shardsPerPartition) firsts.push(shard);
    const opened = inOrder(firsts, partitionsAhead, async (shard) => {
      const partition = memberPartition(list, shard);
      return { partition, page: await membersPage(partition, bounds) };
    });
    let waiting: Sid[] = [];
    for await (const { partition, page: first } of opened) {
      for (let page = first; ; ) {
        const following = page.next && membersPage(partition, bounds, page.next);
        following?.catch(() => undefined);
        waiting.push(...page.sids);
        const full = waiting.length - (waiting.length % batch);
        yield* chunked(waiting.slice(0, full), batch);
        waiting = waiting.slice(full);
        if (!following) break;
        page = await following;
      }
    }
    if (waiting.length > 0) yield waiting;
  }

  const shardPage = async (client: string, shard: number, from?: Record<string, unknown>) => {
    const answer = await dynamodb.send(
      new QueryCommand({
        TableName: tables.profiles,
        KeyConditionExpression: '#pk=:pk',
        ExpressionAttributeNames: { '#pk': 'pk' },
        ExpressionAttributeValues: { ':pk': shardKey(client, shard) },
        ...(from && { ExclusiveStartKey: from }),
      }),
    );
    return { profiles: (answer.Items ?? []).map(fromItem), next: answer.LastEvaluatedKey };
  };

  return {
    batch,
    parallel,

    read: (client, sids, options) => readAll(client, sids, options?.fresh ?? false),

    async apply(client, changes) {
      const joined = changes.flatMap((change) => {
        if (change.kind === 'remove') return [];
        const lists = change.kind === 'create' ? change.profile.lists : (change.patch.lists ?? {});
        const sid = sidOfChange(change);
        return Object.entries(lists).flatMap(([list, at]) => (at === null ? [] : [memberKey(list, sid)]));
      });
      await putAll(dynamodb, tables.members, joined);
      const conflicts: Sid[] = [];
      await inFlight(changes, writers, async (change) => {
        if (!(await write(client, change))) conflicts.push(sidOfChange(change));
      });
      return conflicts;
    },

    async *members(client, list, from, to) {
      const [first, end] = [Math.max(0, from), Math.min(shardCount, to)];
      if (first >= end) return;
      const read = (sids: Sid[]) => readAll(client, sids, false);
      for await (const profiles of inOrder(memberSids(list, first, end), readAhead, read)) {
        const members = profiles.filter(({ lists }) => Object.hasOwn(lists, list));
        if (members.length > 0) yield members.sort((a, b) => (a.sid < b.sid ? -1 : 1));
      }
    },

    async *scan(client, from, to) {
      const shards = Array.from(
        { length: Math.min(shardCount, to) - Math.max(0, from) },
        (_, i) => Math.max(0, from) + i,
      );
      const firstPages = inOrder(shards, partitionsAhead, async (shard) => ({
        shard,
        page: await shardPage(client, shard),
      }));
      for await (const { shard, page: first } of firstPages) {
        for (let page = first; ; ) {
          const following = page.next && shardPage(client, shard, page.next);
          following?.catch(() => undefined);
          if (page.profiles.length > 0) yield page.profiles;
          if (!following) break;
          page = await following;
        }
      }
    },
  };
};
