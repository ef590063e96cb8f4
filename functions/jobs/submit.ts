// A request becomes a job: written first, then sent, then answered.

import { Refusal } from './errors.ts';
import { type DoorName, type Job, type JobId, type Millis, newId, type Source } from './job.ts';
import { lookAfter } from './looks.ts';
import type { Client, Ports } from './ports.ts';
import { findType } from './registry.ts';
import { chooseSource, storeSource } from './requests/choose-source.ts';
import { parseParams, withoutAbsent } from './requests/params.ts';
import { readOptions } from './requests/request-options.ts';
import { schedule } from './schedule.ts';
import { noUsage } from './usage.ts';

/** What a door understood of a request; nothing in it is trusted yet. */
export interface JobRequest {
  door: DoorName;
  /** The type as the client spelled it. */
  type: string;
  /** All other parameters; `emails`, `url`, `report_email`, `postback_url` among them. */
  params: Record<string, unknown>;
  /** An uploaded file that already lies in the store. The job owns it from here on; on refusal the door removes it. */
  upload?: { key: string; filename: string };
  /** Idempotency-Key and the hash over the whole request. */
  idempotency?: {
    key: string;
    fingerprint: string;
    /** How long the key is held; a day unless given. */
    lifeMs?: Millis;
  };
}

/** Characters of a job's parameters as JSON: they are kept on its record, which has room for 400 KB in all. */
const maxParams = 100_000;
/** How long an Idempotency-Key is held. */
const keyLife = 24 * 3600_000;

/** Writes the job and sends it on its way. Throws Refusal when the request cannot become a job. */
export const submit = async (ports: Ports, client: Client, request: JobRequest): Promise<Job> => {
  const type = findType(request.type);
  if (!type) throw new Refusal('unknown_type', `Invalid job type: ${request.type}`);
  const raw = withoutAbsent(request.params);
  const params = parseParams(type, raw);
  const source = chooseSource(ports, type, raw, request.upload);
  const options = await readOptions(ports, client, type, raw);
  await type.admit?.(params, client.id, ports, client.settings);

  if (JSON.stringify(params).length > maxParams) throw new Refusal('invalid_parameter', 'The parameters are too large');
  const claimed = await claim(ports, client, request, newId(ports.clock.now()));
  if (typeof claimed !== 'string') return claimed;
  return createJob(ports, {
    ...options,
    ...(await storeSource(ports, claimed, source)),
    id: claimed,
    client: client.id,
    type: type.name,
    door: request.door,
    name: type.title(params),
    params: params as Record<string, unknown>,
    echo: type.echo(params),
  });
};

/** What a new job is made of; the rest is what every new job begins with. */
export type NewJob = Pick<Job, 'id' | 'client' | 'type' | 'door' | 'name' | 'params' | 'echo'> &
  Partial<
    Pick<Job, 'source' | 'ticket' | 'reportEmail' | 'postbackUrl' | 'beginsAt' | 'mode' | 'parent' | 'errorBudget'>
  >;

/** Writes a job and sends it; the job that has its id already when there is one. */
export const createJob = async (ports: Ports, made: NewJob): Promise<Job> => {
  const now = ports.clock.now();
  const job: Job = {
    ...made,
    state: made.ticket || made.beginsAt !== undefined ? 'scheduled' : 'pending',
    createdAt: now,
    due: now + lookAfter.pending,
    times: {},
    done: [],
    reached: {},
    counts: {},
    reasons: {},
    usage: noUsage,
    marks: [],
    warnings: [],
    files: {},
    deliveries: {},
  };
  if (!(await ports.jobs.create(job))) {
    const first = (await ports.jobs.read(job.id)) ?? job;
    await removeUnused(ports, sourceKey(job.source), first);
    return first;
  }
  await schedule(ports, job);
  ports.log.info('job.accepted', { job: job.id, client: job.client, type: job.type, door: job.door });
  return job;
};

/** The id to write the job under, or the job that the same request made before. */
const claim = async (ports: Ports, client: Client, request: JobRequest, id: JobId): Promise<JobId | Job> => {
  if (!request.idempotency) return id;
  const { key, fingerprint, lifeMs = keyLife } = request.idempotency;
  const expiresAt = ports.clock.now() + lifeMs;
  const held = await ports.jobs.claim({ client: client.id, key, fingerprint, job: id, expiresAt });
  if (held.fingerprint !== fingerprint)
    throw new Refusal('idempotency_conflict', 'Idempotency-Key was used before with another request');
  const earlier = held.job === id ? undefined : await ports.jobs.read(held.job);
  if (earlier) await removeUnused(ports, request.upload?.key, earlier);
  // The first request may have died before its message was sent: a second message does no harm.
  if (earlier) await schedule(ports, earlier);
  // A claim without its job is a request that died between the two writes: this one finishes it.
  return earlier ?? held.job;
};

/** Removes what a repeated request brought, unless the job that stands owns it. */
const removeUnused = async (ports: Ports, key: string | undefined, job: Job): Promise<void> => {
  if (key !== undefined && key !== sourceKey(job.source)) await ports.files.remove([key]);
};

const sourceKey = (source: Source | undefined) => (source && 'key' in source ? source.key : undefined);
