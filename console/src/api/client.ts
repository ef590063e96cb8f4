// The console's API as functions: each call is signed for itself, and answers or throws a Problem.

import type {
  JobAnswer,
  JobsAnswer,
  ListsAnswer,
  OverviewAnswer,
  RejectedAnswer,
  TypesAnswer,
} from '../../../functions/doors/console/schemas.ts';
import type { Action } from '../../../functions/jobs/actions.ts';
import { Problem, problemOf, unreachable } from './problem.ts';
import type { Signer } from './sign.ts';

const base = '/console/api';

/** Milliseconds by which the server's clock is ahead of this one, as far as its answers tell. */
let ahead = 0;

/** Now on the server's clock, to the second. */
export const serverNow = (): number => Date.now() + ahead;

const learnClock = (date: string | null): void => {
  const told = date === null ? Number.NaN : Date.parse(date);
  // The header has whole seconds: less than that is no difference.
  if (Number.isFinite(told)) ahead = Math.abs(told - Date.now()) < 2000 ? 0 : told - Date.now();
};

const send = async (signer: Signer, method: string, target: string, body: string): Promise<Response> => {
  const time = Math.floor(serverNow() / 1000);
  const authorization = await signer.authorize({ method, target, time, body });
  const headers = { authorization, ...(body !== '' && { 'content-type': 'application/json' }) };
  try {
    const answer = await fetch(target, { method, headers, cache: 'no-store', ...(body !== '' && { body }) });
    learnClock(answer.headers.get('date'));
    return answer;
  } catch {
    throw unreachable();
  }
};

const call = async <T>(signer: Signer, method: string, path: string, order?: unknown): Promise<T> => {
  const body = order === undefined ? '' : JSON.stringify(order);
  const before = ahead;
  let answer = await send(signer, method, base + path, body);
  // The clock of this machine may be off: once more, by the server's.
  if (answer.status === 401 && Math.abs(ahead - before) > 60_000)
    answer = await send(signer, method, base + path, body);
  const content: unknown = await answer.json().catch(() => undefined);
  if (!answer.ok) throw problemOf(answer.status, content);
  if (content === undefined) throw new Problem(answer.status, 'unknown', 'The server’s answer was cut off. Try again.');
  return content as T;
};

export interface Api {
  apiKey: string;
  jobs(query: Record<string, string>): Promise<JobsAnswer>;
  job(id: string): Promise<JobAnswer>;
  rejected(id: string): Promise<RejectedAnswer>;
  record(id: string): Promise<unknown>;
  act(id: string, action: Action): Promise<JobAnswer>;
  sendAgain(id: string, channel: 'mail' | 'postback'): Promise<JobAnswer>;
  order(order: Record<string, unknown>): Promise<JobAnswer>;
  lists(text: string): Promise<ListsAnswer>;
  overview(): Promise<OverviewAnswer>;
  types(): Promise<TypesAnswer>;
}

/** Percent-encodes all that a signature must not have in doubt. */
const queryOf = (query: Record<string, string>): string => {
  const parts = Object.entries(query).filter(([, value]) => value !== '');
  const encoded = parts.map(([name, value]) => `${name}=${encode(value)}`);
  return encoded.length > 0 ? `?${encoded.join('&')}` : '';
};
const encode = (value: string): string =>
  encodeURIComponent(value).replace(
    /[!'()*]/g,
    (character) => `%${character.charCodeAt(0).toString(16).toUpperCase()}`,
  );

export const apiOf = (signer: Signer): Api => ({
  apiKey: signer.apiKey,
  jobs: (query) => call(signer, 'GET', `/jobs${queryOf(query)}`),
  job: (id) => call(signer, 'GET', `/jobs/${id}`),
  rejected: (id) => call(signer, 'GET', `/jobs/${id}/rejected?limit=10`),
  record: (id) => call(signer, 'GET', `/jobs/${id}/record`),
  act: (id, action) => call(signer, 'POST', `/jobs/${id}/${action}`),
  sendAgain: (id, channel) => call(signer, 'POST', `/jobs/${id}/reports`, { channel }),
  order: (order) => call(signer, 'POST', '/jobs', order),
  lists: (text) => call(signer, 'GET', `/lists${queryOf({ text })}`),
  overview: () => call(signer, 'GET', '/overview'),
  types: () => call(signer, 'GET', '/types'),
});
