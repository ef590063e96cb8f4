// How items lie in the tables: the names that code and infrastructure must agree on, and the keys.
import { createHash } from 'node:crypto';
import type { ClientId, JobId } from '../jobs/job.ts';
import type { RecordKey } from '../jobs/ports.ts';
import { type ListId, type Sid, shardOf } from '../jobs/profile.ts';

/** Every table has this key. */
export const partitionKey = 'pk';
export const sortKey = 'sk';
/** Attribute by which items of the jobs table and of the tables of records end, in Unix seconds. */
export const ttlAttribute = 'ttl';
/** Sparse index of the jobs table: jobs that the sweeper must look at, by the time of the next look. */
export const byDue = { index: 'byDue', partition: 'look', sort: 'due', sortType: 'N', value: 'due' } as const;
/** Index of the jobs table: a client's jobs in the order of `jobs/rank.ts`. */
export const byRank = { index: 'byRank', partition: 'client', sort: 'rank', sortType: 'S' } as const;
/** Index of the jobs table: a client's jobs in the order of their ids, which is that of their making. */
export const byId = { index: 'byId', partition: 'client', sort: 'id', sortType: 'S' } as const;

/** The sort key of items that are alone under their partition key. */
const only = 'meta';

export interface Key extends Record<string, string> {
  pk: string;
  sk: string;
}

const hex = (byte: number) => byte.toString(16).padStart(2, '0');
const sha256 = (text: string) => createHash('sha256').update(text).digest('hex');

export const jobKey = (id: JobId): Key => ({ pk: `job#${id}`, sk: only });
/** Hashed, since callers choose the key's text and length. */
export const claimKey = (client: ClientId, key: string): Key => ({ pk: `claim#${client}#${sha256(key)}`, sk: only });
export const rateKey = (bucket: string, second: number): Key => ({ pk: `rate#${sha256(bucket)}#${second}`, sk: only });
export const clientKey = (id: ClientId): Key => ({ pk: `id#${id}`, sk: only });
export const apiKeyKey = (apiKey: string): Key => ({ pk: `key#${apiKey}`, sk: only });
export const organizationKey = (organization: number): Key => ({ pk: `organization#${organization}`, sk: only });
export const usernameKey = (username: string): Key => ({ pk: `username#${username}`, sk: only });
/** Counts organizations. */
export const organizationsKey: Key = { pk: 'organizations', sk: only };
/** All clients lie here by id, in one partition: there are few of them, and they change seldom. */
export const directory = 'clients';
export const directoryKey = (id: ClientId): Key => ({ pk: directory, sk: id });
export const listKey = (client: ClientId, name: string): Key => ({ pk: client, sk: name });
export const shardKey = (client: ClientId, shard: number): string => `${client}#${hex(shard)}`;
export const profileKey = (client: ClientId, sid: Sid): Key => ({ pk: shardKey(client, shardOf(sid)), sk: sid });

export const recordKey = (client: ClientId, { part, sort }: RecordKey): Key => ({ pk: `${client}#${part}`, sk: sort });

/** Members lie in 64 partitions of a list, each of four neighbouring shards, so that their order goes across partitions. */
export const shardsPerPartition = 4;
export const memberKey = (list: ListId, sid: Sid): Key => ({ pk: memberPartition(list, shardOf(sid)), sk: sid });
export const memberPartition = (list: ListId, shard: number): string =>
  `${list}#${hex(Math.floor(shard / shardsPerPartition))}`;
/** The first and last sid-like sort key of shards [from, to). */
export const sidBounds = (from: number, to: number): [string, string] => [hex(from), `${hex(to - 1)}${'f'.repeat(22)}`];

/** The longest partition key that DynamoDB takes, in bytes: no item has a longer one. */
export const fits = (key: Key): boolean => Buffer.byteLength(key.pk) <= 2048 && Buffer.byteLength(key.sk) <= 1024;
