// Signed calls to the endpoints beside /job.
import type { Hono } from 'hono';
import { type Answered, answered, signed } from './calls.ts';

type App = Pick<Hono, 'request'>;
type Method = 'GET' | 'POST' | 'DELETE';

/** Calls an endpoint as an official client does: a POST has a form, anything else a query string. */
export const callEndpoint = async (
  app: App,
  method: Method,
  path: string,
  params: unknown,
  keys?: Parameters<typeof signed>[1],
): Promise<Answered> => {
  const form = new URLSearchParams(signed(params, keys)).toString();
  const init = { method, headers: { 'content-type': 'application/x-www-form-urlencoded' } };
  return answered(
    await (method === 'POST'
      ? app.request(`/${path}`, { ...init, body: form })
      : app.request(`/${path}?${form}`, { method })),
  );
};
