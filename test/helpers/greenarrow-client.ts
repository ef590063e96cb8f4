// Calls to the GreenArrow door as its clients make them: an organization's number and its key as HTTP Basic, bodies as JSON.
import { demoClient } from '../../functions/server/demo-client.ts';

interface Envelope {
  success: boolean;
  data: unknown;
  error_code: string | null;
  error_message: string | null;
  [key: string]: unknown;
}

export interface GreenArrowAnswer {
  status: number;
  headers: Headers;
  body: Envelope;
}

export type Item = Record<string, unknown>;

export interface Keys {
  organization: number;
  secret: string;
}

export const basic = ({ organization, secret }: Keys): string =>
  `Basic ${Buffer.from(`${organization}:${secret}`).toString('base64')}`;

type Send = (target: string, init: RequestInit) => Response | Promise<Response>;

/** `send` takes a path or a URL, as `fetch` does. */
export const greenarrowClient = (send: Send, keys: Keys = demoClient) => {
  const raw = async (method: string, target: string, body?: unknown, headers: Record<string, string> = {}) =>
    send(target, {
      method,
      headers: { Authorization: basic(keys), 'Content-Type': 'application/json', ...headers },
      ...(body !== undefined && { body: typeof body === 'string' ? body : JSON.stringify(body) }),
    });
  const call = async (method: string, path: string, body?: unknown): Promise<GreenArrowAnswer> => {
    const response = await raw(method, `/ga/api/v2${path}`, body);
    return { status: response.status, headers: response.headers, body: (await response.json()) as Envelope };
  };
  /** The data of an answer that must be a success. */
  const data = async <T = Item>(method: string, path: string, body?: unknown): Promise<T> => {
    const answer = await call(method, path, body);
    if (!answer.body.success) throw new Error(`${answer.status} ${JSON.stringify(answer.body)}`);
    return answer.body.data as T;
  };
  return {
    raw,
    call,
    get: (path: string) => call('GET', path),
    post: (path: string, body?: unknown) => call('POST', path, body),
    data,
    jobs: (path: string) => data<Item[]>('GET', `/jobs/${path}`),
  };
};

export type GreenArrowClient = ReturnType<typeof greenarrowClient>;
