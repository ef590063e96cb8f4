// Reads input files from URLs that clients named.
import { Refusal } from '../jobs/errors.ts';
import { PullFailed, type Pulls } from '../jobs/ports.ts';
import { checkUrl } from './check-url.ts';
import type { Network } from './connect.ts';
import { FetchFailed, safeFetch, type Timeouts } from './safe-fetch.ts';

const limits: Timeouts = { connect: 10_000, headers: 60_000, idle: 60_000, total: 15 * 60_000 };
const maxRedirects = 3;

/** `timeouts` and `network` are there for tests. */
export const createPulls = (options: {
  allowLoopback: boolean;
  timeouts?: Partial<Timeouts>;
  network?: Network;
}): Pulls => ({
  check(url) {
    checkUrl(url, options);
  },

  /** At most 3 redirects and 15 minutes. Only status 200 is a file. */
  async *open(url, maxBytes) {
    try {
      const answer = await safeFetch(url, {
        allowLoopback: options.allowLoopback,
        method: 'GET',
        redirects: maxRedirects,
        maxBytes,
        timeouts: { ...limits, ...options.timeouts },
        ...(options.network ? { network: options.network } : {}),
      });
      try {
        if (answer.status !== 200) throw refusedWith(answer.status);
        yield* answer.body;
      } finally {
        answer.close();
      }
    } catch (error) {
      throw error instanceof FetchFailed ? inPortWords(error, maxBytes) : error;
    }
  },
});

const refusedWith = (status: number): PullFailed =>
  new PullFailed(
    `the other server answered with status ${status}`,
    status === 408 || status === 429 || (status >= 500 && status <= 599) ? 'again' : 'refused',
  );

const inPortWords = (error: FetchFailed, maxBytes: number): PullFailed | Refusal =>
  error.reason === 'too_large'
    ? new Refusal('too_large', `the file is larger than ${maxBytes} bytes`)
    : new PullFailed(error.message, pullReasons[error.reason]);

// A download that used up its time would use it up again.
const pullReasons = { network: 'again', timeout: 'timeout', redirects: 'refused' } as const;
