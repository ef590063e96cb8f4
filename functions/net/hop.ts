// One request over one connection of its own: no connection is ever used for a second request.
import { Client, type Dispatcher } from 'undici';
import type { AddressPolicy } from './addresses.ts';
import { hostOf } from './check-url.ts';
import { checkedConnector, type Network, resolveHost } from './connect.ts';

export interface HopOptions {
  method: 'GET' | 'POST';
  headers: Record<string, string>;
  body?: string;
  policy: AddressPolicy;
  network: Network;
  /** In milliseconds: to connect, from then until the headers, between two pieces of the body. */
  connect: number;
  headersWithin: number;
  idle: number;
}

export interface Hop {
  send(): Promise<Dispatcher.ResponseData>;
  /** The error that broke the connection, if one did. */
  broken(): Error | undefined;
  /** Drops the connection in whatever state it is, and stops waiting. */
  end(): void;
}

/** A request to a URL that was checked. Nothing happens before `send`; `end` must be called once. */
export const createHop = (url: URL, options: HopOptions): Hop => {
  const { method, headers, body, policy, network } = options;
  const end = new AbortController();
  let broken: Error | undefined;
  return {
    async send() {
      const addresses = await unlessEnded(resolveHost(network, hostOf(url), policy), end.signal);
      const client = new Client(url.origin, {
        connect: checkedConnector({
          network,
          policy,
          addresses,
          connectMs: options.connect,
          signal: end.signal,
          onBreak: (error) => {
            broken ??= error;
          },
        }),
        headersTimeout: options.headersWithin,
        bodyTimeout: options.idle,
        maxHeaderSize: 16_384,
      });
      end.signal.addEventListener('abort', () => void client.destroy().catch(() => undefined), { once: true });
      return client.request({
        method,
        path: url.pathname + url.search,
        headers: { 'user-agent': 'Stevedore', accept: '*/*', ...headers, 'accept-encoding': 'identity' },
        ...(body === undefined ? {} : { body }),
        reset: true,
        signal: end.signal,
      });
    },
    broken: () => broken,
    end: () => end.abort(),
  };
};

/** A look-up cannot be called off, but it need not be waited for. */
const unlessEnded = async <T>(work: Promise<T>, signal: AbortSignal): Promise<T> => {
  const ended = Promise.withResolvers<never>();
  const stop = () => ended.reject(new Error('ended'));
  signal.addEventListener('abort', stop, { once: true });
  if (signal.aborted) stop();
  try {
    return await Promise.race([work, ended.promise]);
  } finally {
    signal.removeEventListener('abort', stop);
  }
};
