// What an endpoint beside /job is: a handler for each method, behind the signature.
import type { Client, Ports } from '../../../jobs/ports.ts';

/** The body of a success: never empty, and without the keys `error` and `errormsg`, by which clients know a failure. */
export type Answer = Record<string, unknown>;

/** A call whose signature was right. Its parameters are as the caller sent them: nothing in them is trusted yet. */
export interface EndpointCall {
  ports: Ports;
  client: Client;
  params: Record<string, unknown>;
}

/** Answers a call. Throws ApiError or Refusal. */
export type Handler = (call: EndpointCall) => Promise<Answer>;

export type Endpoint = Partial<Record<'GET' | 'POST' | 'DELETE', Handler>>;
