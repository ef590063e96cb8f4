// Batches become jobs of the engine: with their records, or with a link to which the file is put.
import { randomBytes } from 'node:crypto';
import { type Job, newId } from '../job.ts';
import type { JsonObject } from '../json-line.ts';
import type { Client, Ports } from '../ports.ts';
import { createJob, type NewJob } from '../submit.ts';
import { addBatch, type Batch, type Container, type Notification } from './containers.ts';

/** What a file may have, and how long its link lives. */
const maxFileBytes = 50 * 1024 ** 2;
const uploadLife = 8 * 3600_000;

export interface BatchOrder {
  fields: string[];
  notification?: Notification;
}

const batchOf = (ports: Ports, { id }: Container, kind: Batch['kind'], { notification }: BatchOrder): Batch => {
  const createdAt = ports.clock.now();
  return {
    id: randomBytes(8).toString('hex'),
    container: id,
    job: newId(createdAt),
    kind,
    createdAt,
    ...(notification && { notification }),
  };
};

/** The report that both the batch and its container are told by: where it goes is found out when it is sent. */
const jobOf = (client: Client, container: Container, batch: Batch, { fields }: BatchOrder): NewJob => {
  const url = (batch.notification ?? container.notification)?.url;
  return {
    id: batch.job,
    client: client.id,
    type: 'append_email',
    door: 'append',
    name: container.name,
    params: { name: container.name, fields },
    echo: { batch: batch.id, container: container.id },
    ...(url !== undefined && { postbackUrl: url }),
  };
};

/** A batch of records; what is no object among them keeps its place as one without any fact. */
export const startBatch = async (
  ports: Ports,
  client: Client,
  container: Container,
  records: readonly (JsonObject | undefined)[],
  order: BatchOrder,
): Promise<Batch> => {
  const batch = batchOf(ports, container, 'inline', order);
  const key = `uploads/spool/${randomBytes(16).toString('hex')}`;
  await ports.files.put(key, records.map((record) => `${JSON.stringify(record ?? {})}\n`).join(''));
  await addBatch(ports, client.id, batch);
  const source = { kind: 'file', key, filename: 'records.json' } as const;
  await createJob(ports, { ...jobOf(client, container, batch, order), source });
  return batch;
};

/** A batch whose file is put to the URL until `expiresAt`. */
export const awaitBatch = async (
  ports: Ports,
  client: Client,
  container: Container,
  order: BatchOrder,
): Promise<{ batch: Batch; uploadUrl: string; expiresAt: number }> => {
  const batch = batchOf(ports, container, 'file', order);
  const key = `uploads/tickets/${batch.job}/${randomBytes(16).toString('hex')}`;
  const expiresAt = batch.createdAt + uploadLife;
  const uploadUrl = await ports.files.putLink(key, { maxBytes: maxFileBytes, expiresAt });
  await addBatch(ports, client.id, batch);
  const ticket: Job['ticket'] = { key, filename: 'records.json', size: maxFileBytes, upTo: true, expiresAt };
  await createJob(ports, { ...jobOf(client, container, batch, order), ticket });
  return { batch, uploadUrl, expiresAt };
};
