// A server that has a file for imports by URL, or none.
import { once } from 'node:events';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';

export interface Target {
  url: string;
  /** What it answers; undefined for an error. */
  answer: Buffer | undefined;
  calls: number;
  close(): Promise<void>;
}

export const startTarget = async (): Promise<Target> => {
  const server = createServer((_, response) => {
    target.calls++;
    response.writeHead(target.answer ? 200 : 503).end(target.answer);
  });
  await once(server.listen(0, '127.0.0.1'), 'listening');
  const target: Target = {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    answer: undefined,
    calls: 0,
    async close() {
      server.closeAllConnections();
      await new Promise((resolve) => server.close(resolve));
    },
  };
  return target;
};
