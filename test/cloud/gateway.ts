// API Gateway on this machine: HTTP requests become events of the HTTP API (format 2.0), answers become responses.
import { randomUUID } from 'node:crypto';
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';

interface ApiResult {
  statusCode: number;
  headers?: Record<string, string>;
  cookies?: string[];
  body?: string;
  isBase64Encoded?: boolean;
}

/** The service's limit for request bodies. */
const bodyLimit = 10 * 1024 * 1024;

/** What the service hands on as text; everything else is encoded, forms too. */
const isText = (type: string): boolean => /^(text\/|application\/(json|javascript|xml))/i.test(type);

class TooLarge extends Error {}

const readBody = async (request: IncomingMessage): Promise<Buffer> => {
  const pieces: Buffer[] = [];
  let size = 0;
  for await (const piece of request) {
    size += piece.length;
    // Read to its end all the same: whoever is still sending does not hear an answer.
    if (size <= bodyLimit) pieces.push(piece);
  }
  if (size > bodyLimit) throw new TooLarge();
  return Buffer.concat(pieces);
};

const headersOf = (request: IncomingMessage): Record<string, string> =>
  Object.fromEntries(
    Object.entries(request.headersDistinct)
      .filter(([name]) => name !== 'cookie')
      .map(([name, values]) => [name, (values ?? []).join(',')]),
  );

const eventOf = (request: IncomingMessage, body: Buffer, routeKey: string) => {
  const [rawPath = '/', rawQueryString = ''] = (request.url ?? '/').split(/\?(.*)/s);
  const text = isText(request.headers['content-type'] ?? '');
  const method = request.method ?? 'GET';
  return {
    version: '2.0',
    routeKey,
    rawPath,
    rawQueryString,
    headers: headersOf(request),
    ...(request.headers.cookie !== undefined && { cookies: request.headers.cookie.split(/; */) }),
    requestContext: {
      accountId: '000000000000',
      apiId: 'bench',
      domainName: request.headers.host ?? '127.0.0.1',
      domainPrefix: 'bench',
      http: {
        method,
        path: rawPath,
        protocol: 'HTTP/1.1',
        sourceIp: '127.0.0.1',
        userAgent: request.headers['user-agent'] ?? '',
      },
      requestId: randomUUID(),
      routeKey,
      stage: '$default',
      time: new Date().toISOString(),
      timeEpoch: Date.now(),
    },
    ...(body.length > 0 && { body: text ? body.toString() : body.toString('base64') }),
    isBase64Encoded: body.length > 0 && !text,
  };
};

/** The most specific route: the exact one before those for a whole path and below, the longest of them before the default. */
const routeFor = (routes: ReadonlyMap<string, string>, request: IncomingMessage): string | undefined => {
  const path = (request.url ?? '/').split('?')[0] ?? '/';
  const segments = path.split('/');
  const below = segments.map((_, index) => `${segments.slice(0, segments.length - 1 - index).join('/')}/{proxy+}`);
  const keys = [path, ...below].flatMap((of) => [`${request.method} ${of}`, `ANY ${of}`]);
  return [...keys, '$default'].find((key) => routes.has(key));
};

export interface Gateway {
  url: string;
  stop(): Promise<void>;
}

/** `routes` are route keys to functions. */
export const startGateway = async (
  port: number,
  routes: ReadonlyMap<string, string>,
  invoke: (fn: string, event: unknown) => Promise<unknown>,
): Promise<Gateway> => {
  const fail = (response: ServerResponse, status: number, message: string) =>
    response.writeHead(status, { 'content-type': 'application/json' }).end(JSON.stringify({ message }));

  const answer = async (request: IncomingMessage, response: ServerResponse): Promise<void> => {
    const route = routeFor(routes, request);
    const fn = route === undefined ? undefined : routes.get(route);
    if (route === undefined || fn === undefined) {
      fail(response, 404, 'Not Found');
      return;
    }
    try {
      const result = (await invoke(fn, eventOf(request, await readBody(request), route))) as ApiResult;
      response.writeHead(result.statusCode, {
        ...result.headers,
        ...(result.cookies && { 'set-cookie': result.cookies }),
      });
      response.end(Buffer.from(result.body ?? '', result.isBase64Encoded ? 'base64' : 'utf8'));
    } catch (error) {
      if (error instanceof TooLarge) fail(response, 413, 'Request Entity Too Large');
      else fail(response, 500, 'Internal Server Error');
    }
  };
  const server = createServer((request, response) => {
    answer(request, response).catch(() => response.destroy());
  });
  await new Promise<void>((resolve, reject) => {
    server.once('error', reject);
    server.listen(port, '127.0.0.1', resolve);
  });
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    stop: () =>
      new Promise((resolve) => {
        server.close(() => resolve());
        server.closeAllConnections();
      }),
  };
};
