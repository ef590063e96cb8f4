// The append API's jobs: containers of batches. A container is a record, each batch in it is a job of the engine.
import { randomBytes } from 'node:crypto';
import type { ClientId, Job, JobId, Millis } from '../job.ts';
import type { Client, Ports, RecordKey } from '../ports.ts';

const table = 'appends';
const only = '-';
/** Times that a new id may meet one that is taken. */
const idTries = 20;
/** How long containers are kept: as long as the jobs in them. */
const keepFor: Millis = 30 * 24 * 3600_000;
const readsAtOnce = 16;

/** Who is told of an end, and how. */
export interface Notification {
  url: string;
  method: 'GET' | 'POST';
}

/** A type and not an interface: only these are records of unknown values, as the store takes them. */
export type Container = {
  id: string;
  name: string;
  createdAt: Millis;
  notification?: Notification;
};

export type Batch = {
  id: string;
  container: string;
  job: JobId;
  kind: 'inline' | 'file';
  createdAt: Millis;
  notification?: Notification;
};

type Stores = Pick<Ports, 'records' | 'clock'>;

const containerKey = (id: string): RecordKey => ({ part: `container#${id}`, sort: only });
const batchKey = (id: string): RecordKey => ({ part: `batch#${id}`, sort: only });
const batchesPart = (container: string): string => `batches#${container}`;

/** `yymmddHHMMSS` in UTC, then `digits` hex digits: the shape that the API's documents show. */
const newContainerId = (now: Millis, digits: number): string =>
  new Date(now).toISOString().replace(/\D/g, '').slice(2, 14) +
  randomBytes(Math.ceil(digits / 2))
    .toString('hex')
    .slice(0, digits);

export const createContainer = async (
  { records, clock }: Stores,
  client: ClientId,
  facts: Omit<Container, 'id' | 'createdAt'>,
): Promise<Container> => {
  const createdAt = clock.now();
  for (let attempt = 0; attempt < idTries; attempt++) {
    // Only 4,096 ids of three digits are in a second: where they clash they grow.
    const container: Container = { id: newContainerId(createdAt, 3 + attempt), ...facts, createdAt };
    const write = { ...containerKey(container.id), value: container, was: 0, expiresAt: createdAt + keepFor };
    if ((await records.write(client, table, [write])).length === 0) return container;
  }
  throw new Error('no free id for a container');
};

export const findContainer = async (
  { records }: Stores,
  client: ClientId,
  id: string,
): Promise<Container | undefined> => {
  const [found] = await records.read(client, table, [containerKey(id)], { fresh: true });
  return found?.value as Container | undefined;
};

/** Writes that the container has the batch, before its job is made: a job is never without its batch. */
export const addBatch = async ({ records }: Stores, client: ClientId, batch: Batch): Promise<void> => {
  const expiresAt = batch.createdAt + keepFor;
  const sort = `${String(batch.createdAt).padStart(15, '0')}#${batch.id}`;
  await records.write(client, table, [
    { ...batchKey(batch.id), value: batch, expiresAt },
    { part: batchesPart(batch.container), sort, value: batch, expiresAt },
  ]);
};

export const findBatch = async ({ records }: Stores, client: ClientId, id: string): Promise<Batch | undefined> => {
  const [found] = await records.read(client, table, [batchKey(id)], { fresh: true });
  return found?.value as Batch | undefined;
};

/** A batch with its job; without one when whoever made it died in between, or is about to write it. */
export interface StandingBatch {
  batch: Batch;
  job?: Job;
}

/** The batches of a container in the order of their making. */
export const batchesOf = async (
  { records, jobs }: Pick<Ports, 'records' | 'jobs'>,
  client: Pick<Client, 'id'>,
  container: string,
): Promise<StandingBatch[]> => {
  const batches: Batch[] = [];
  for await (const page of records.range(client.id, table, batchesPart(container), { fresh: true }))
    batches.push(...page.map(({ value }) => value as Batch));
  const standing: StandingBatch[] = [];
  for (let at = 0; at < batches.length; at += readsAtOnce)
    standing.push(
      ...(await Promise.all(
        batches.slice(at, at + readsAtOnce).map(async (batch): Promise<StandingBatch> => {
          const job = await jobs.read(batch.job);
          return { batch, ...(job && { job }) };
        }),
      )),
    );
  return standing;
};
