// An HTTP call to a URL that a client named: it cannot reach inside, cannot last for ever, cannot answer without end.
import type { Dispatcher } from 'undici';
import { BlockedAddress } from '../jobs/ports.ts';
import type { AddressPolicy } from './addresses.ts';
import { checkUrl } from './check-url.ts';
import { type Network, systemNetwork } from './connect.ts';
import { createHop, type Hop } from './hop.ts';

/** All in milliseconds. */
export interface Timeouts {
  /** Until the connection stands. */
  connect: number;
  /** From the request until the answer's headers. */
  headers: number;
  /** Between two pieces of the body. */
  idle: number;
  /** The whole call: look-ups, every redirect, and the body up to its last byte. */
  total: number;
}

export interface FetchOptions extends AddressPolicy {
  method: 'GET' | 'POST';
  /** Sent to the URL that was named, never to where it redirects. */
  headers?: Record<string, string>;
  body?: string;
  /** How many redirects to follow (GET only). 0 returns the redirect as the answer. */
  redirects?: number;
  /** The most that the body may hold, as it comes over the wire. */
  maxBytes: number;
  timeouts: Timeouts;
  network?: Network;
}

export type FetchFailure = 'network' | 'timeout' | 'too_large' | 'redirects';

/** The call failed. The message names neither URL nor address and may be logged; so there is no `cause` either. */
export class FetchFailed extends Error {
  override readonly name = 'FetchFailed';
  readonly reason: FetchFailure;
  constructor(reason: FetchFailure, message: string) {
    super(message);
    this.reason = reason;
  }
}

export interface Answer {
  status: number;
  /** The body, once. Throws FetchFailed when it is cut short, too long or too slow. Closes the connection at its end. */
  body: AsyncIterable<Uint8Array>;
  /** Ends the call at once, wherever it is. Every caller must come by here. */
  close(): void;
}

/** Throws BlockedAddress or FetchFailed. A status that means failure is an answer like any other. */
export const safeFetch = async (text: string, options: FetchOptions): Promise<Answer> => {
  const clock = startClock(options.timeouts.total);
  const follow = options.method === 'GET' ? (options.redirects ?? 0) : 0;
  let hop: Hop | undefined;
  try {
    let url = checkUrl(text, options);
    for (let followed = 0; ; followed++) {
      hop = hopTo(url, options, followed === 0);
      clock.stops(hop);
      const data = await hop.send();
      const location = follow > 0 ? redirectOf(data) : undefined;
      if (location === undefined) return answerOf(data, hop, clock, options.maxBytes);
      if (followed === follow) throw new FetchFailed('redirects', `more than ${follow} redirects`);
      hop.end();
      url = checkUrl(resolve(location, url), options);
    }
  } catch (error) {
    clock.cancel();
    hop?.end();
    throw inOurWords(error, hop, clock);
  }
};

/** The time limit of the whole call. */
interface Clock {
  readonly ran: string | undefined;
  /** From now on it is this hop that ends when the time is up. */
  stops(hop: Hop): void;
  cancel(): void;
}

const startClock = (ms: number): Clock => {
  let ran: string | undefined;
  let current: Hop | undefined;
  const timer = setTimeout(() => {
    ran = `took longer than ${ms / 1000} s`;
    current?.end();
  }, ms);
  return {
    get ran() {
      return ran;
    },
    stops: (hop) => {
      current = hop;
      if (ran) hop.end();
    },
    cancel: () => clearTimeout(timer),
  };
};

const hopTo = (url: URL, options: FetchOptions, first: boolean): Hop => {
  const { method, headers, body, timeouts, network = systemNetwork } = options;
  return createHop(url, {
    method,
    headers: first ? (headers ?? {}) : {},
    ...(body === undefined ? {} : { body }),
    policy: options,
    network,
    connect: timeouts.connect,
    headersWithin: timeouts.headers,
    idle: timeouts.idle,
  });
};

const answerOf = (data: Dispatcher.ResponseData, hop: Hop, clock: Clock, maxBytes: number): Answer => {
  if (Number(data.headers['content-length'] ?? 0) > maxBytes) throw tooLarge();
  const close = () => {
    clock.cancel();
    hop.end();
  };
  async function* body(): AsyncGenerator<Uint8Array> {
    let seen = 0;
    try {
      for await (const piece of data.body as AsyncIterable<Uint8Array>) {
        seen += piece.length;
        if (seen > maxBytes) throw tooLarge();
        yield piece;
      }
      // Without a length or chunks a body ends with the connection; the parser takes a reset for that end too.
      const broken = hop.broken();
      if (broken) throw broken;
    } catch (error) {
      throw inOurWords(error, hop, clock);
    } finally {
      close();
    }
  }
  return { status: data.statusCode, body: body(), close };
};

const tooLarge = () => new FetchFailed('too_large', 'the answer is larger than allowed');

const redirectOf = ({ statusCode, headers }: Dispatcher.ResponseData): string | undefined => {
  if (![301, 302, 303, 307, 308].includes(statusCode)) return undefined;
  return typeof headers.location === 'string' ? headers.location : undefined;
};

const resolve = (location: string, base: URL): string => {
  const url = URL.parse(location, base.href);
  if (!url) throw new FetchFailed('redirects', 'a redirect to something that is no URL');
  return url.href;
};

/** Words that may be logged: the originals quote host names and addresses. */
const inOurWords = (error: unknown, hop: Hop | undefined, clock: Clock): BlockedAddress | FetchFailed => {
  if (error instanceof BlockedAddress || error instanceof FetchFailed) return error;
  if (clock.ran) return new FetchFailed('timeout', clock.ran);
  return new FetchFailed('network', `the connection failed (${codeOf(hop?.broken()) ?? codeOf(error) ?? 'unknown'})`);
};

/** An error's code: a fixed word of the system, the parser or undici, never text from outside. */
const codeOf = (error: unknown): string | undefined =>
  error instanceof Error && 'code' in error && typeof error.code === 'string' ? error.code : undefined;
