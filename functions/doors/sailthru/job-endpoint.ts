// POST /job and GET /job. They translate and check signatures; submit decides.
import { createHash } from 'node:crypto';
import { linksOf } from '../../jobs/download.ts';
import { Refusal } from '../../jobs/errors.ts';
import type { Client, Ports } from '../../jobs/ports.ts';
import { submit } from '../../jobs/submit.ts';
import { acceptedAnswer, jobAnswer, reportsAnswer } from './answer.ts';
import { authenticate, type Call } from './authenticate.ts';
import { discard, type Limits, readBody, type Upload } from './body.ts';
import type { Answer } from './endpoints/endpoint.ts';
import { ApiError, missing } from './errors.ts';
import { parametersOf } from './parameters.ts';
import { fieldsOfQuery } from './query.ts';
import { ticketAnswer } from './ticket.ts';

const endpoint = 'job';

export const readJob = async (ports: Ports, { query, call }: { query: string; call: Call }): Promise<Answer> => {
  const fields = fieldsOfQuery(query);
  const { client, charset } = await authenticate(ports, { method: 'GET', endpoint }, fields, call);
  const { job_id: id } = parametersOf(fields, charset);
  if (id === undefined || id === null || id === '') throw missing('job_id');
  const shown = typeof id === 'string' || typeof id === 'number' ? String(id) : '';
  const job = /^[0-9a-f]{24}$/.test(shown) ? await ports.jobs.read(shown) : undefined;
  if (!job || job.client !== client.id || !['sailthru', 'drop'].includes(job.door))
    throw new ApiError(404, 99, `Invalid Job ID: ${shown}`);
  return { ...jobAnswer(job, client.settings, await linksOf(ports, job)), ...reportsAnswer(job) };
};

export const startJob = async (ports: Ports, limits: Limits, request: Request, call: Call): Promise<Answer> => {
  const key = idempotencyKey(request);
  const { fields, upload } = await readBody(request, ports.files, { limits, hash: key !== undefined });
  let adopted = false;
  try {
    const { client, charset } = await authenticate(ports, { method: 'POST', endpoint }, fields, call);
    const { job: type, ...params } = parametersOf(fields, charset);
    if (type === undefined || type === null || type === '') throw missing('job');
    if (typeof type !== 'string') throw new ApiError(400, 99, 'Invalid job type');
    const idempotency = key === undefined ? undefined : { key, fingerprint: fingerprint(type, params, upload) };
    // From here on the job may have been written, and then it owns the file, whatever is thrown.
    adopted = upload !== undefined;
    return await hand(ports, client, { type, params, upload, idempotency });
  } catch (error) {
    if (upload && (!adopted || error instanceof Refusal)) await discard(ports.files, [upload.key]);
    throw error;
  }
};

interface Order {
  type: string;
  params: Record<string, unknown>;
  upload: Upload | undefined;
  idempotency: { key: string; fingerprint: string } | undefined;
}

const hand = async (ports: Ports, client: Client, { type, params, upload, idempotency }: Order): Promise<Answer> => {
  const job = await submit(ports, client, {
    door: 'sailthru',
    type,
    params,
    ...(upload && { upload: { key: upload.key, filename: upload.filename } }),
    ...(idempotency && { idempotency }),
  });
  const used = job.source?.kind === 'file' && job.source.key === upload?.key;
  if (upload && !used) await discard(ports.files, [upload.key]);
  return { ...acceptedAnswer(job), ...(await ticketAnswer(ports, client, job)) };
};

const idempotencyKey = (request: Request): string | undefined => {
  const key = request.headers.get('idempotency-key') ?? undefined;
  if (key !== undefined && !/^[\x21-\x7e]{1,255}$/.test(key)) throw new ApiError(400, 99, 'Invalid Idempotency-Key');
  return key;
};

/** The same request has the same fingerprint, in whatever order and form its parameters came. */
const fingerprint = (type: string, params: Record<string, unknown>, upload: Upload | undefined): string =>
  createHash('sha256')
    .update(JSON.stringify([type, sorted(params), upload?.sha256 ?? null]))
    .digest('hex');

const sorted = (value: unknown): unknown => {
  if (Array.isArray(value)) return value.map(sorted);
  if (typeof value !== 'object' || value === null) return value;
  return Object.entries(value)
    .sort(([one], [other]) => (one < other ? -1 : 1))
    .map(([name, inner]) => [name, sorted(inner)]);
};
