// Pages of jobs: by token, which costs what the page holds, or by number, which costs the way to it. Each look reads so many jobs and no more.
import type { Ports } from '../../jobs/ports.ts';
import { DoorError, invalidRequest } from './errors.ts';
import type { Filter } from './filters.ts';
import { type Found, type Owner, type Place, type Way, walk } from './walk.ts';

/** Jobs that one look for a page reads, and for one by number, which reads all pages before it too. */
const mostRead = 4_000;
const mostReadByNumber = 10_000;
/** What looking at an organization without jobs counts, in jobs. */
const emptyCosts = 20;
/** Jobs that are read at once while looking for some among others: few at first, more once there were few that fit. */
const readAtFirst = 100;
const readAtMost = 500;
const maxPerPage = 2000;

export interface PageRequest {
  perPage: number;
  /** Absent when the page is asked for by its token. */
  page?: number;
  token?: string;
}

export interface Page {
  found: Found[];
  /** The keys that stand beside `data`. */
  keys: Record<string, unknown>;
}

/** Throws DoorError for numbers and combinations that are none. */
export const readPage = (query: URLSearchParams, usual: number): PageRequest => {
  const number = (name: string, fallback: number): number => {
    const text = query.get(name);
    if (text === null || text === '') return fallback;
    if (!/^\d{1,9}$/.test(text)) throw invalidRequest(`${name} is not a number`);
    return Number(text);
  };
  const perPage = number('per_page', usual);
  if (perPage === 0) throw invalidRequest('per_page is at least 1');
  if (perPage > maxPerPage) throw new DoorError('requested_too_many', `per_page is at most ${maxPerPage}`);
  const token = query.get('page_token') || undefined;
  if (token !== undefined && query.get('page')) throw invalidRequest('page and page_token cannot be used together');
  return token === undefined ? { perPage, page: number('page', 0) } : { perPage, token };
};

export const findPage = async (
  ports: Pick<Ports, 'jobs'>,
  owners: readonly Owner[],
  filter: Filter,
  { perPage, page, token }: PageRequest,
): Promise<Page> => {
  const most = page ? mostReadByNumber : mostRead;
  const passed = perPage * (page ?? 0);
  // One more than the page holds says whether there is another one.
  const wanted = passed + perPage + 1;
  const from = token === undefined ? undefined : placeOf(token, owners);
  const look = await lookFor(ports, { owners, from, ...filter }, wanted, most);
  const found = look.found.slice(passed, passed + perPage);
  const isCut = look.found.length < passed && look.rest !== undefined;
  if (isCut) throw new DoorError('requested_too_many', 'Too many jobs lie before that page: go on by page_token');
  const next = look.found.length === wanted ? found.at(-1) : look.rest;
  const isWhole = next === undefined && page !== undefined;
  const records = isWhole ? look.found.length : null;
  return {
    found,
    keys: {
      page: page ?? null,
      per_page: perPage,
      num_records: records,
      num_pages: records === null ? null : Math.ceil(records / perPage),
      page_token: token ?? null,
      next_page_token: next ? tokenOf(next) : null,
    },
  };
};

/** Up to `wanted` jobs that the filter lets through; `rest` is where to go on when `most` were read before there were so many. */
const lookFor = async (
  ports: Pick<Ports, 'jobs'>,
  way: Omit<Way, 'size'> & Filter,
  wanted: number,
  most: number,
): Promise<{ found: Found[]; rest?: Place }> => {
  const found: Found[] = [];
  const seen = new Set<string>();
  let read = 0;
  const size = () =>
    way.selects
      ? Math.min(Math.max(read, readAtFirst), readAtMost, most - read)
      : Math.min(wanted - found.length, maxPerPage);
  for await (const part of walk(ports, { ...way, size })) {
    for (const each of part.found) {
      if (seen.has(each.job.id) || !way.lets(each.job)) continue;
      seen.add(each.job.id);
      found.push(each);
      if (found.length === wanted) return { found };
    }
    read += Math.max(part.found.length, emptyCosts);
    if (read >= most) return { found, rest: part.place };
  }
  return { found };
};

const rankForm = /^[01](?:\d{13}(?:[0-9a-f]{24})?)?$/;

/** Opaque to callers: of one organization the rank, of several the client before it. */
const tokenOf = ({ client, rank }: Place): string => Buffer.from(`${client} ${rank}`).toString('base64url');

const placeOf = (token: string, owners: readonly Owner[]): Place => {
  const [client = '', rank = '', ...more] = Buffer.from(token, 'base64url').toString().split(' ');
  const isOurs = more.length === 0 && rankForm.test(rank) && tokenOf({ client, rank }) === token;
  if (!isOurs || (owners.length === 1 && owners[0]?.id !== client)) throw invalidRequest('page_token is not a token');
  return { client, rank };
};
