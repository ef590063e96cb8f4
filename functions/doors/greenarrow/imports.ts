// Imports of subscribers: made, listed, looked at, held, let go on, cancelled.
import { randomBytes } from 'node:crypto';
import { cancelJob, pauseJob, resumeJob } from '../../jobs/control.ts';
import { Refusal } from '../../jobs/errors.ts';
import { isEnded, type Job } from '../../jobs/job.ts';
import type { Client, Ports } from '../../jobs/ports.ts';
import { endedBefore } from '../../jobs/rank.ts';
import { submit } from '../../jobs/submit.ts';
import { type Envelope, invalidRequest, notFound, succeeded } from './errors.ts';
import type { Filter } from './filters.ts';
import { readImport } from './import-request.ts';
import { importDetail, importView } from './import-view.ts';
import { isImport, listOf } from './job-words.ts';
import { findList } from './lists.ts';
import { idsOf, listNumber } from './numbers.ts';
import { findPage, readPage } from './pages.ts';
import type { Side } from './walk.ts';

const usualPage = 100;
/** What `recent` takes in of the ended ones, in milliseconds. */
const recently = 14 * 24 * 3600_000;

/** What a path names: an import by its number, perhaps below a list. */
export interface Target {
  id: string;
  list?: string | undefined;
}

/** The client's import. Of two with one number it is the one that was made first. Throws DoorError when there is none. */
export const findImport = async ({ jobs }: Pick<Ports, 'jobs'>, client: Client, { id, list }: Target): Promise<Job> => {
  const ids = /^\d{1,16}$/.test(id) ? idsOf(Number(id)) : undefined;
  const found = ids ? await jobs.between(client.id, ...ids) : [];
  const job = found.find((each) => isImport(each) && (list === undefined || isOf(each, list)));
  if (!job) throw notFound('The subscriber import');
  return job;
};

const isOf = (job: Job, list: string): boolean => String(listNumber(listOf(job) ?? '')) === list;

export const showImport = async (ports: Ports, client: Client, target: Target): Promise<Envelope> =>
  succeeded(importDetail(await findImport(ports, client, target)));

const controls = { pause: pauseJob, unpause: resumeJob, cancel: cancelJob } as const;
export const controlWords = Object.keys(controls) as (keyof typeof controls)[];

/** Throws Refusal when the import is not in a state that allows it. */
export const controlImport = async (
  ports: Ports,
  client: Client,
  target: Target,
  word: keyof typeof controls,
): Promise<Envelope> => {
  const { id } = await findImport(ports, client, target);
  return succeeded(importDetail(await controls[word](ports, client, id)));
};

export const makeImport = async (
  ports: Ports,
  client: Client,
  number: string,
  body: Record<string, unknown>,
): Promise<Envelope> => {
  const list = await findList(ports, client, number);
  if (list.details.query) throw invalidRequest('The list is made by a query: nobody can be imported into it');
  const { params, content } = readImport(body, client, list.name, ports.clock.now());
  const order = { door: 'greenarrow', type: 'subscriber_import', params } as const;
  if (content === undefined) return succeeded(importDetail(await submit(ports, client, order)));
  const key = `uploads/spool/${randomBytes(16).toString('hex')}`;
  await ports.files.put(key, content);
  try {
    const job = await submit(ports, client, { ...order, upload: { key, filename: 'data' } });
    return succeeded(importDetail(job));
  } catch (error) {
    // After anything else the job may have been written, and then it owns the file.
    if (error instanceof Refusal) await ports.files.remove([key]);
    throw error;
  }
};

const scopes: Record<string, readonly Side[]> = {
  recent: ['unfinished', 'ended'],
  active: ['unfinished'],
  finished: ['ended'],
  all: ['unfinished', 'ended'],
};

export const listImports = async (
  ports: Ports,
  client: Client,
  list: string | undefined,
  query: URLSearchParams,
): Promise<Envelope> => {
  if (list !== undefined) await findList(ports, client, list);
  const scope = query.get('scope') || 'recent';
  const sides = Object.hasOwn(scopes, scope) ? scopes[scope] : undefined;
  if (!sides) throw invalidRequest(`scope is none of ${Object.keys(scopes).join(', ')}`);
  const since = scope === 'recent' ? ports.clock.now() - recently : 0;
  const isOld = ({ finishedAt }: Job): boolean => finishedAt !== undefined && finishedAt < since;
  const filter: Filter = {
    selects: true,
    sides,
    lets: (job) =>
      isImport(job) &&
      sides.includes(isEnded(job) ? 'ended' : 'unfinished') &&
      !isOld(job) &&
      (list === undefined || isOf(job, list)),
    ...(since > 0 && { endedUntil: endedBefore(since) }),
  };
  const { found, keys } = await findPage(ports, [client], filter, readPage(query, usualPage));
  return { ...succeeded(found.map(({ job }) => importView(job))), ...keys };
};
