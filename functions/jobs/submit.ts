// A request becomes a job: written first, then sent, then answered.
import { randomBytes } from 'node:crypto';
import { normaliseAddress } from '../files/address.ts';
import type { JobType } from './define.ts';
import { Refusal } from './errors.ts';
import { type DoorName, type Job, type JobId, type Millis, newId, type Source } from './job.ts';
import { lookAfter } from './looks.ts';
import { parseParams, withoutAbsent } from './params.ts';
import { BlockedAddress, type Client, type Ports } from './ports.ts';
import { findType } from './registry.ts';

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
  const addressees = readAddressees(ports, raw);
  await type.admit?.(params, client.id, ports);

  if (JSON.stringify(params).length > maxParams) throw new Refusal('invalid_parameter', 'The parameters are too large');
  const now = ports.clock.now();
  const claimed = await claim(ports, client, request, newId(now));
  if (typeof claimed !== 'string') return claimed;
  const job: Job = {
    id: claimed,
    client: client.id,
    type: type.name,
    door: request.door,
    name: type.title(params),
    params: params as Record<string, unknown>,
    echo: type.echo(params),
    ...(source && { source: await store(ports, claimed, source) }),
    state: 'pending',
    createdAt: now,
    due: now + lookAfter.pending,
    done: [],
    counts: {},
    marks: [],
    warnings: [],
    files: {},
    deliveries: {},
    ...addressees,
  };
  if (!(await ports.jobs.create(job))) {
    const first = (await ports.jobs.read(job.id)) ?? job;
    await removeUnused(ports, sourceKey(job.source), first);
    return first;
  }
  await sendPlan(ports, job);
  ports.log.info('job.accepted', { job: job.id, client: client.id, type: type.name, door: request.door });
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
  if (earlier?.state === 'pending') await sendPlan(ports, earlier);
  // A claim without its job is a request that died between the two writes: this one finishes it.
  return earlier ?? held.job;
};

/** Removes what a repeated request brought, unless the job that stands owns it. */
const removeUnused = async (ports: Ports, key: string | undefined, job: Job): Promise<void> => {
  if (key !== undefined && key !== sourceKey(job.source)) await ports.files.remove([key]);
};

const sendPlan = (ports: Ports, job: Job): Promise<void> =>
  ports.work.send('plan', [{ v: 1, kind: 'plan', job: job.id }], { group: job.client });

const sourceKey = (source: Source | undefined) => (source && 'key' in source ? source.key : undefined);

type ChosenSource = Source | { kind: 'emails'; emails: string };

/** A file wins over a URL, a URL over addresses: some clients leave the file's path or an empty value in the parameters. */
const chooseSource = (
  ports: Ports,
  type: JobType,
  raw: Record<string, unknown>,
  upload: JobRequest['upload'],
): ChosenSource | undefined => {
  if (type.work.kind !== 'rows') return undefined;
  if (upload) return { kind: 'file', ...upload };
  if (raw.url !== undefined) return { kind: 'url', url: checkedUrl(ports, raw.url) };
  if (raw.emails !== undefined && !isEmptyList(raw.emails)) return { kind: 'emails', emails: readEmails(raw.emails) };
  throw new Refusal('invalid_parameter', type.work.noSource);
};

const isEmptyList = (value: unknown): boolean => Array.isArray(value) && value.length === 0;

const store = async (ports: Ports, id: JobId, source: ChosenSource): Promise<Source> => {
  if (source.kind !== 'emails') return source;
  // Its own name for each request: two that share an Idempotency-Key may both come this far, and only one makes the job.
  const key = `jobs/${id}/addresses-${randomBytes(6).toString('hex')}`;
  await ports.files.put(key, source.emails);
  return { kind: 'addresses', key };
};

const checkedUrl = (ports: Ports, value: unknown): string => {
  if (typeof value !== 'string' || !/^https?:\/\//i.test(value.trim())) throw new Refusal('invalid_url', 'Invalid URL');
  const url = value.trim();
  try {
    ports.pulls.check(url);
    return url;
  } catch (error) {
    if (error instanceof BlockedAddress) throw new Refusal('invalid_url', `Invalid URL: ${error.message}`);
    throw error;
  }
};

/** One address a line, out of text that separates them by commas, or an array of texts. */
const readEmails = (value: unknown): string => {
  const parts = typeof value === 'string' ? [value] : value;
  if (!Array.isArray(parts) || !parts.every((part) => typeof part === 'string'))
    throw new Refusal('invalid_parameter', 'Invalid emails');
  const addresses = parts.flatMap((part) => part.split(/[,\r\n]/)).map((address) => address.trim());
  return addresses.filter((address) => address !== '').join('\n');
};

const readAddressees = (ports: Ports, raw: Record<string, unknown>): Pick<Job, 'reportEmail' | 'postbackUrl'> => {
  const { report_email: reportEmail, postback_url: postbackUrl } = raw;
  if (reportEmail !== undefined && (typeof reportEmail !== 'string' || 'reason' in normaliseAddress(reportEmail)))
    throw new Refusal('invalid_parameter', 'Invalid report_email');
  if (postbackUrl !== undefined) {
    try {
      if (typeof postbackUrl !== 'string') throw new BlockedAddress();
      ports.pulls.check(postbackUrl);
    } catch (error) {
      if (error instanceof BlockedAddress) throw new Refusal('invalid_parameter', 'Invalid postback_url');
      throw error;
    }
  }
  return {
    ...(typeof reportEmail === 'string' && { reportEmail: reportEmail.trim() }),
    ...(typeof postbackUrl === 'string' && { postbackUrl }),
  };
};
