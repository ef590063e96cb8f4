// Signed calls of the endpoints beside /job, and houses to make them in.
import type { Hono } from 'hono';
import { type Answered, answered, signed } from './calls.ts';

type Params = Record<string, unknown>;
export type Method = 'GET' | 'POST' | 'DELETE';

/** A call as the official clients make it: parameters in the query string, or in the body of a POST. */
export const call = async (
  app: Pick<Hono, 'request'>,
  method: Method,
  path: string,
  params: Params | string = {},
): Promise<Answered> => {
  const form = new URLSearchParams(signed(params)).toString();
  const init =
    method === 'POST'
      ? { method, body: form, headers: { 'content-type': 'application/x-www-form-urlencoded' } }
      : { method };
  return answered(await app.request(method === 'POST' ? path : `${path}?${form}`, init));
};
