// The public Node client for the Sailthru API (npm package sailthru-client), with promises in place of callbacks.
import { createRequire } from 'node:module';

/** A job as the API answers it. */
export type SailthruJob = Record<string, unknown> & { job_id: string; status: string };

interface Library {
  createSailthruClient(key: string, secret: string, options: { apiUrl: string }): Callbacks;
}

type Callback = (error: unknown, answer: unknown) => void;

interface Callbacks {
  disableLogging(): void;
  apiPost(action: string, data: object, files: string[], callback: Callback): void;
  apiGet(action: string, data: object, callback: Callback): void;
  /** Its helpers for the endpoints beside /job: each takes a callback last. */
  [helper: string]: (...args: never[]) => unknown;
  apiDelete(action: string, data: object, callback: Callback): void;
}

const library = createRequire(import.meta.url)('sailthru-client') as Library;

/** The client that nobody here wrote, with only its base URL changed. `file` in a post is a path that it uploads. */
export const createSailthruClient = (key: string, secret: string, url: string) => {
  const client = library.createSailthruClient(key, secret, { apiUrl: url });
  client.disableLogging();
  const answered = (call: (callback: Callback) => void): Promise<SailthruJob> =>
    new Promise((resolve, reject) => {
      call((error, answer) => (error ? reject(error) : resolve(answer as SailthruJob)));
    });
  return {
    post: (data: Record<string, unknown>) =>
      answered((callback) => client.apiPost('job', data, 'file' in data ? ['file'] : [], callback)),
    /** Calls a helper of the client by its name. */
    call: (helper: string, ...args: unknown[]): Promise<Record<string, unknown>> =>
      answered((callback) => client[helper]?.(...([...args, callback] as never[]))),
    /** Any endpoint. */
    endpoint: (method: 'GET' | 'POST' | 'DELETE', action: string, data: Record<string, unknown>) =>
      answered((callback) => {
        if (method === 'POST') client.apiPost(action, data, [], callback);
        else if (method === 'GET') client.apiGet(action, data, callback);
        else client.apiDelete(action, data, callback);
      }),
    job: (id: string) => answered((callback) => client.apiGet('job', { job_id: id }, callback)),
  };
};
