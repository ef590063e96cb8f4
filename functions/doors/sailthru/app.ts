// The door for clients of the Sailthru API: jobs, and the endpoints beside them that bring and show the data of jobs.
import { Hono } from 'hono';
import type { Ports } from '../../jobs/ports.ts';
import { authenticate, type Call } from './authenticate.ts';
import { defaultLimits, discard, type Limits, readBody } from './body.ts';
import type { Answer, Handler } from './endpoints/endpoint.ts';
import { endpoints } from './endpoints/endpoints.ts';
import { ApiError, apiErrorOf, envelope, unexpected } from './errors.ts';
import { readJob, startJob } from './job-endpoint.ts';
import { parametersOf } from './parameters.ts';
import { fieldsOfQuery } from './query.ts';
import { render } from './render.ts';

/** Answers every path: what is not `/job` is an error in this protocol's envelope, so it comes last among doors. */
export const sailthruDoor = (ports: Ports, limits: Limits = defaultLimits): Hono => {
  const app = new Hono();
  app.all('*', (context) => serve(ports, limits, context.req.raw));
  return app;
};

const serve = async (ports: Ports, limits: Limits, request: Request): Promise<Response> => {
  const { pathname, search, searchParams } = new URL(request.url);
  const call: Call = { format: searchParams.get('format') === 'xml' ? 'xml' : 'json', headers: {} };
  try {
    const answer = await route(ports, limits, request, { pathname, query: search.slice(1), call });
    return render(call.format, 200, answer, call.headers);
  } catch (error) {
    const refusal = apiErrorOf(error);
    // The message may hold what the caller sent.
    if (!refusal) ports.log.error('sailthru.unexpected', { error: error instanceof Error ? error.name : 'unknown' });
    const { status } = refusal ?? unexpected;
    return render(call.format, status, envelope(refusal ?? unexpected), call.headers);
  }
};

interface Target {
  pathname: string;
  query: string;
  call: Call;
}

const methods = ['GET', 'POST', 'DELETE'] as const;
type Method = (typeof methods)[number];

const route = (ports: Ports, limits: Limits, request: Request, target: Target): Promise<Answer> => {
  const unsupported = new ApiError(405, 1, 'Unsupported HTTP method');
  const method = methods.find((known) => known === request.method);
  if (!method) throw unsupported;
  // Clients whose base URL ends in a slash ask for //job.
  const endpoint = target.pathname.split('/').filter(Boolean).join('/');
  if (endpoint === 'job') {
    if (method === 'POST') return startJob(ports, limits, request, target.call);
    if (method === 'GET') return readJob(ports, target);
    throw unsupported;
  }
  const handlers = Object.hasOwn(endpoints, endpoint) ? endpoints[endpoint] : undefined;
  if (!handlers) throw new ApiError(404, 99, 'Unknown API action');
  const handler = handlers[method];
  if (!handler) throw unsupported;
  return answerEndpoint(ports, limits, request, { ...target, method, endpoint, handler });
};

const answerEndpoint = async (
  ports: Ports,
  limits: Limits,
  request: Request,
  { query, call, method, endpoint, handler }: Target & { method: Method; endpoint: string; handler: Handler },
): Promise<Answer> => {
  const body = method === 'POST' ? await readBody(request, ports.files, { limits, hash: false }) : undefined;
  // No endpoint beside /job takes a file.
  if (body?.upload) await discard(ports.files, [body.upload.key]);
  const fields = body?.fields ?? fieldsOfQuery(query);
  const { client, charset } = await authenticate(ports, { method, endpoint }, fields, call);
  return handler({ ports, client, params: parametersOf(fields, charset) });
};
