// A guard before the emulators, one for each function: it lets through what the function's role allows, and refuses the rest.
import { createServer, request as forward, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { type Ask, isAllowed, type Statement } from './policy.ts';
import { type BucketKeys, demandOf, type Service } from './rights.ts';

export interface Guard {
  url: string;
  stop(): Promise<void>;
}

/** `denied` is told of every refusal, as `action on resource`. */
export const startGuard = async (
  statements: readonly Statement[],
  keys: BucketKeys,
  endpoints: Record<Service, string>,
  denied: (what: string) => void,
): Promise<Guard> => {
  /** S3 tells that an object is not there only to whoever may list its bucket. */
  const mayKnow = (asks: readonly Ask[]): boolean =>
    asks
      .filter(({ action }) => action === 's3:GetObject')
      .every(({ resource }) =>
        isAllowed(statements, { action: 's3:ListBucket', resource: resource.split('/')[0] ?? '' }),
      );
  const answer = async (request: IncomingMessage, response: ServerResponse): Promise<void> => {
    const pieces: Buffer[] = [];
    for await (const piece of request) pieces.push(piece);
    const body = Buffer.concat(pieces);
    const { method = 'GET', url = '/', headers } = request;
    const { service, asks } = demandOf({ method, url, headers, body: body.toString() }, keys);
    const refused = asks.filter((ask) => !isAllowed(statements, ask));
    if (refused.length > 0) {
      for (const { action, resource } of refused) denied(`${action} on ${resource}`);
      const type = service === 's3' || service === 'ses' ? 'text/xml' : 'application/x-amz-json-1.1';
      const text =
        type === 'text/xml' ? '<Error><Code>AccessDenied</Code></Error>' : '{"__type":"AccessDeniedException"}';
      response.writeHead(403, { 'content-type': type }).end(text);
      return;
    }
    // With the host that was asked for: it is part of signatures.
    const onward = forward(new URL(url, endpoints[service]), { method, headers }, (reply) => {
      const status = reply.statusCode ?? 500;
      response.writeHead(service === 's3' && status === 404 && !mayKnow(asks) ? 403 : status, reply.headers);
      reply.pipe(response);
    });
    onward.on('error', () => response.destroy());
    onward.end(body);
  };
  const server = createServer((request, response) => {
    answer(request, response).catch((error: unknown) => {
      denied(String(error));
      response.destroy();
    });
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    stop: () =>
      new Promise((resolve) => {
        server.close(() => resolve());
        server.closeAllConnections();
      }),
  };
};
