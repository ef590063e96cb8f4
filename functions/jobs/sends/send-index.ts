// Where it stands which sends are yet to come: for the sweeper those of all clients, for a client its own. Both may say too much.
import { hash } from 'node:crypto';
import type { ClientId, Millis } from '../job.ts';
import type { Ports, RecordKey, RecordWrite } from '../ports.ts';
import { keptFor, type Send } from './send.ts';

/**
 * Under this client lies the one index that is about the sends of all clients: what falls due when. It holds ids and times only,
 * in parts that no client's own records have.
 */
export const systemClient: ClientId = 'system';

/** Of the index of all clients, and of a client's own: how many parts each is spread over. */
export const dueShards = 8;
export const scheduledShards = 4;

const shardOf = (id: string, shards: number): number =>
  Number.parseInt(hash('sha256', id, 'hex').slice(0, 4), 16) % shards;

/** Times as sort keys, in their order. */
export const timeKey = (at: Millis): string => String(at).padStart(15, '0');

export const duePart = (shard: number): string => `due#${shard}`;
export const scheduledPart = (shard: number): string => `scheduled#${shard}`;

/** Where the index of all clients says that the send falls due. */
export const dueKey = (client: ClientId, { id, dueAt }: Pick<Send, 'id' | 'dueAt'>): RecordKey => ({
  part: duePart(shardOf(id, dueShards)),
  sort: `${timeKey(dueAt)}#${id}#${client}`,
});

/** Where the client's own index says so: what is scheduled is listed by it. */
const scheduledKey = ({ id, dueAt }: Pick<Send, 'id' | 'dueAt'>): RecordKey => ({
  part: scheduledPart(shardOf(id, scheduledShards)),
  sort: `${timeKey(dueAt)}#${id}`,
});

/** The moment and the id that an index record names. */
export const readIndexSort = (sort: string): { dueAt: Millis; id: string; client: ClientId } => {
  const [time = '', id = '', ...client] = sort.split('#');
  return { dueAt: Number(time), id, client: client.join('#') };
};

type Entry = Pick<Send, 'id' | 'dueAt'>;

/** To be called before the sends are written: what stands in no index is told by nobody. */
export const writeIndexes = async (
  ports: Pick<Ports, 'records'>,
  client: ClientId,
  sends: readonly Send[],
): Promise<void> => {
  const later = sends.filter(({ state }) => state === 'scheduled');
  await writeSends(
    ports,
    systemClient,
    sends.map((send) => entryWrite(send, dueKey(client, send))),
  );
  await writeSends(
    ports,
    client,
    later.map((send) => entryWrite(send, scheduledKey(send))),
  );
};

const entryWrite = ({ dueAt }: Entry, key: RecordKey): RecordWrite => ({
  ...key,
  value: {},
  expiresAt: dueAt + keptFor,
});

/** Nobody waits for these sends any more. */
export const dropIndexes = async (
  ports: Pick<Ports, 'records'>,
  client: ClientId,
  sends: readonly Entry[],
): Promise<void> => {
  await writeSends(ports, client, sends.map(scheduledKey));
  await writeSends(
    ports,
    systemClient,
    sends.map((send) => dueKey(client, send)),
  );
};

/** Writes without conditions, as many at once as is fast. */
export const writeSends = async (
  { records }: Pick<Ports, 'records'>,
  client: ClientId,
  writes: readonly RecordWrite[],
): Promise<void> => {
  for (let at = 0; at < writes.length; at += records.batch)
    await records.write(client, 'sends', writes.slice(at, at + records.batch));
};
