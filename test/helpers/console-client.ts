// Signed calls to the console's door, as a script would make them: nothing here is shared with the door itself.
import { createHash, createHmac } from 'node:crypto';
import { demoClient } from '../../functions/server/demo-client.ts';

export interface Keys {
  apiKey: string;
  secret: string;
}

export interface Ask {
  method: string;
  /** Path and query. */
  target: string;
  body?: string;
}

/** Method, headers and body of a signed request. `seconds` is the Unix time that it claims. */
export const signedRequest = (ask: Ask, { apiKey, secret }: Keys = demoClient, seconds = Date.now() / 1000) => {
  const time = Math.floor(seconds).toFixed(0);
  const digest = createHash('sha256')
    .update(ask.body ?? '')
    .digest('hex');
  const text = [ask.method, ask.target, time, digest].join('\n');
  const signature = createHmac('sha256', secret).update(text).digest('hex');
  return {
    method: ask.method,
    headers: { authorization: `Stevedore key=${apiKey}, time=${time}, signature=${signature}` },
    ...(ask.body !== undefined && { body: ask.body }),
  };
};

export interface ConsoleAnswer {
  status: number;
  // biome-ignore lint/suspicious/noExplicitAny: answers are checked against the door's schemas and by what tests expect
  body: any;
  headers: Headers;
}

type Send = (target: string, init: RequestInit) => Response | Promise<Response>;

/** A client over whatever sends requests: an app, or fetch to a server's URL. `now` in milliseconds. */
export const consoleClient = (send: Send, keys: Keys = demoClient, now: () => number = Date.now) => {
  const call = async (method: string, path: string, body?: string): Promise<ConsoleAnswer> => {
    const target = `/console/api${path}`;
    const ask = { method, target, ...(body !== undefined && { body }) };
    const response = await send(target, signedRequest(ask, keys, now() / 1000));
    return { status: response.status, body: await response.json(), headers: response.headers };
  };
  return {
    call,
    job: (id: string) => call('GET', `/jobs/${id}`),
    submit: (order: unknown) => call('POST', '/jobs', JSON.stringify(order)),
    act: (id: string, action: string) => call('POST', `/jobs/${id}/${action}`),
  };
};
