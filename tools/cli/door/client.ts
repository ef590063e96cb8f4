// A client of the console's door: signed calls, repeated where that is safe and helps. Web standards only, as sign.ts.
import type { ErrorAnswer, JobAnswer, JobSummary, UploadForm } from '../../../functions/doors/console/schemas.ts';
import { authorization, type Credentials } from './sign.ts';

export type { JobAnswer, JobSummary, UploadForm };
export type Action = JobAnswer['actions'][number];

/** The server said no. */
export class Refused extends Error {
  override readonly name = 'Refused';
  readonly status: number;
  /** The server's own code, or `http_<status>` when it is not the door that answers. */
  readonly code: string;
  /** Milliseconds by which this machine's clock is ahead of the server's. */
  readonly ahead: number;
  constructor(
    status: number,
    { code, message }: ErrorAnswer['error'] | { code: string; message: string },
    ahead: number,
  ) {
    super(message);
    this.status = status;
    this.code = code;
    this.ahead = ahead;
  }
}

/** No answer came, or one that is no answer of the door. */
export class Unreachable extends Error {
  override readonly name = 'Unreachable';
}

/** A part of the list of jobs. */
interface Page {
  jobs: JobSummary[];
  /** Where the next page begins; absent on the last. */
  next?: string;
}

export interface ConsoleClient {
  /** Orders a job; the same `idempotency_key` is the same job for a day. */
  submit(order: Record<string, unknown> & { type: string; idempotency_key: string }): Promise<JobAnswer>;
  job(id: string): Promise<JobAnswer>;
  /** The job after it; for `retry` and `run` the new one. */
  act(id: string, action: Action): Promise<JobAnswer>;
  list(query: Record<string, string>): Promise<Page>;
}

export interface Options {
  /** Where the server is; a path in it is put before the door's own. */
  url: string;
  credentials: Credentials;
  fetch?: typeof fetch;
  /** Waits so many milliseconds before a call is repeated. */
  pause?: (ms: number) => Promise<void>;
}

/** Longest wait for an answer. */
const patience = 30_000;
/** Milliseconds before each repetition of a call that the server could not answer, or would not for now. */
const waits = [300, 1000, 2000];
const passing = new Set([429, 500, 502, 503, 504]);

const sleep = (ms: number) => new Promise<void>((resolve) => setTimeout(resolve, ms));

/** Throws Refused and Unreachable. All calls may be repeated: orders carry a key, and what is done twice is done once. */
export const consoleClient = ({ url, credentials, fetch: send = fetch, pause = sleep }: Options): ConsoleClient => {
  const base = new URL(url);
  const door = `${base.pathname.replace(/\/+$/, '')}/console/api`;

  const once = async (method: string, path: string, body: string): Promise<unknown> => {
    const target = door + path;
    const headers = {
      authorization: await authorization(credentials, { method, target, body }, Date.now()),
      ...(body !== '' && { 'content-type': 'application/json' }),
    };
    const request = { method, headers, redirect: 'error', signal: AbortSignal.timeout(patience) } as const;
    let response: Response;
    let text: string;
    try {
      response = await send(base.origin + target, { ...request, ...(body !== '' && { body }) });
      text = await response.text();
    } catch (error) {
      throw new Unreachable(`${base.origin}: ${why(error)}`);
    }
    const answer = parse(text);
    if (response.ok && answer !== undefined) return answer;
    const ahead = Date.now() - Date.parse(response.headers.get('date') ?? new Date().toISOString());
    throw new Refused(response.status, errorIn(answer) ?? foreign(response.status), ahead);
  };

  const call = async (method: string, path: string, body = ''): Promise<unknown> => {
    for (let attempt = 0; ; attempt++) {
      try {
        return await once(method, path, body);
      } catch (error) {
        const wait = waits[attempt];
        if (wait === undefined || !(error instanceof Refused) || !passing.has(error.status)) throw error;
        await pause(wait);
      }
    }
  };

  return {
    submit: async (order) => (await call('POST', '/jobs', JSON.stringify(order))) as JobAnswer,
    job: async (id) => (await call('GET', `/jobs/${id}`)) as JobAnswer,
    act: async (id, action) => (await call('POST', `/jobs/${id}/${action}`)) as JobAnswer,
    list: async (query) => {
      const search = Object.entries(query)
        .map(([name, value]) => `${encode(name)}=${encode(value)}`)
        .join('&');
      return (await call('GET', search === '' ? '/jobs' : `/jobs?${search}`)) as Page;
    },
  };
};

/** As RFC 3986: all but letters, digits and `-._~`, for the signature is over what is sent. */
const encode = (text: string): string =>
  encodeURIComponent(text).replace(/[!'()*]/g, (char) => `%${char.charCodeAt(0).toString(16).toUpperCase()}`);

const parse = (text: string): unknown => {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
};

const errorIn = (answer: unknown): { code: string; message: string } | undefined => {
  const error = typeof answer === 'object' && answer !== null && 'error' in answer ? answer.error : undefined;
  if (typeof error !== 'object' || error === null || !('code' in error) || !('message' in error)) return undefined;
  return { code: String(error.code), message: String(error.message) };
};

const foreign = (status: number) => ({
  code: `http_${status}`,
  message: status === 200 ? 'What answers there is not Stevedore' : `The server answered ${status}`,
});

/** The words of the network, without those that fetch wraps them in. */
const why = (error: unknown): string => {
  const { cause, message, name } = error as Error & { cause?: Error & { code?: string } };
  if (name === 'TimeoutError') return 'no answer in 30 seconds';
  return cause?.code ?? cause?.message ?? message;
};
