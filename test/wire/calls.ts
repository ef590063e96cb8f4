// Signed calls as the public clients make them, against the app itself or over a real socket.
import { once } from 'node:events';
import type { Server } from 'node:http';
import { type AddressInfo, connect } from 'node:net';
import { serve } from '@hono/node-server';
import type { Hono } from 'hono';
import { sign } from '../../functions/doors/sailthru/signature.ts';
import type { House } from '../helpers/house.ts';

export const apiKey = 'a1b2c3d4e5f60718293a4b5c6d7e8f90';
export const secret = '0f1e2d3c4b5a69788796a5b4c3d2e1f0';

export type Json = Record<string, unknown>;
interface Keys {
  apiKey: string;
  secret: string;
}
const demo: Keys = { apiKey, secret };

/** What an official client sends for a call: key, format, the JSON text, and the signature over the three. */
export const signed = (params: unknown, keys: Keys = demo): Record<string, string> => {
  const json = typeof params === 'string' ? params : JSON.stringify(params);
  const values = { api_key: keys.apiKey, format: 'json', json };
  return { ...values, sig: sign(keys.secret, Object.values(values)) };
};

/** What a client without the JSON text sends. */
export const signedFlat = (params: Record<string, string>): Record<string, string> => {
  const values = { api_key: apiKey, format: 'json', ...params };
  return { ...values, sig: sign(secret, Object.values(values)) };
};

export interface Answered {
  status: number;
  body: Json;
  headers: Headers;
}

export const answered = async (response: Response): Promise<Answered> => ({
  status: response.status,
  body: (await response.json()) as Json,
  headers: response.headers,
});

const form = (values: Record<string, string>) => new URLSearchParams(values).toString();

type App = Pick<Hono, 'request'>;

export const getJob = async (app: App, values: Record<string, string>): Promise<Answered> =>
  answered(await app.request(`/job?${form(values)}`));

export const postJob = async (
  app: App,
  values: Record<string, string>,
  headers: Record<string, string> = {},
): Promise<Answered> =>
  answered(
    await app.request('/job', {
      method: 'POST',
      body: form(values),
      headers: { 'content-type': 'application/x-www-form-urlencoded', ...headers },
    }),
  );

/** A part of a multipart body: its disposition after `form-data; `, and its bytes. */
export interface Part {
  head: string;
  value: string | Buffer;
  type?: string;
}
export const field = (name: string, value: string): Part => ({ head: `name="${name}"`, value });
export const fieldsOf = (values: Record<string, string>): Part[] =>
  Object.entries(values).map(([name, value]) => field(name, value));
export const filePart = (value: string | Buffer, head = 'name="file"; filename="people.csv"'): Part => ({
  head,
  value,
  type: 'application/octet-stream',
});

/** A multipart body; `end` is what follows the last part's bytes. */
export const multipart = (parts: readonly Part[], boundary = 'X', end = `\r\n--${boundary}--\r\n`): Buffer => {
  const written = parts.map(({ head, value, type }, index) => {
    const lead = `${index > 0 ? '\r\n' : ''}--${boundary}\r\nContent-Disposition: form-data; ${head}\r\n`;
    return Buffer.concat([Buffer.from(`${lead}${type ? `Content-Type: ${type}\r\n` : ''}\r\n`), Buffer.from(value)]);
  });
  return Buffer.concat([...written, Buffer.from(end)]);
};

export const postMultipart = async (
  app: App,
  body: Buffer | ReadableStream,
  headers: Record<string, string> = {},
  boundary = 'X',
): Promise<Answered> =>
  answered(
    await app.request('/job', {
      method: 'POST',
      body: body instanceof Buffer ? new Uint8Array(body) : body,
      headers: { 'content-type': `multipart/form-data; boundary=${boundary}`, ...headers },
      ...(body instanceof Buffer ? {} : { duplex: 'half' as const }),
    }),
  );

/** Runs the engine until it has nothing to do, then reads the job. */
export const jobOf = async (house: House, id: unknown): Promise<Json> => {
  await house.settle();
  return (await getJob(house.app, signed({ job_id: id }))).body;
};

/** Files that uploads left behind. */
export const spool = (house: House): Promise<string[]> => house.ports.files.list('uploads/spool/');

/** Listens on a free port of this machine. */
export const listen = async (app: Pick<Hono, 'fetch'>) => {
  const server = serve({ fetch: app.fetch, hostname: '127.0.0.1', port: 0 }) as Server;
  if (!server.listening) await once(server, 'listening');
  const { port } = server.address() as AddressInfo;
  return {
    port,
    url: `http://127.0.0.1:${port}`,
    async close(): Promise<void> {
      server.closeAllConnections();
      await new Promise((resolve) => server.close(resolve));
    },
  };
};

/** Sends bytes as they are and returns all that comes back until the server closes. */
export const rawCall = async (port: number, ...writes: (string | Buffer)[]): Promise<string> => {
  const socket = connect(port, '127.0.0.1');
  await once(socket, 'connect');
  const received: Buffer[] = [];
  socket.on('data', (chunk) => received.push(chunk));
  const ended = once(socket, 'close');
  for (const bytes of writes) if (!socket.write(bytes)) await once(socket, 'drain');
  await ended;
  return Buffer.concat(received).toString();
};

/** The JSON body of a raw answer. */
export const bodyOf = (answer: string): Json => JSON.parse(answer.slice(answer.indexOf('\r\n\r\n') + 4)) as Json;

export type Method = 'GET' | 'POST' | 'DELETE';

/** A signed call to any endpoint, as official clients make it: parameters in the query string, or in the body of a POST. */
export const callEndpoint = async (
  app: App,
  method: Method,
  endpoint: string,
  params: unknown = {},
  keys?: Keys,
): Promise<Answered> => {
  const values = form(signed(params, keys));
  const path = `/${endpoint.replace(/^\//, '')}`;
  if (method !== 'POST') return answered(await app.request(`${path}?${values}`, { method }));
  const headers = { 'content-type': 'application/x-www-form-urlencoded' };
  return answered(await app.request(path, { method, body: values, headers }));
};
