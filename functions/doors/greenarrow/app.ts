// The door for clients of GreenArrow Studio's API, version 2: lists of jobs, and imports of subscribers. It translates; the engine decides.
import { randomBytes } from 'node:crypto';
import { type Context, Hono } from 'hono';
import type { Client, Ports } from '../../jobs/ports.ts';
import { callerOf } from '../caller.ts';
import { authenticate } from './authenticate.ts';
import { discardBody, readObject } from './body.ts';
import { DoorError, doorErrorOf, type Envelope, failed, unexpected } from './errors.ts';
import { controlImport, controlWords, listImports, makeImport, showImport, type Target } from './imports.ts';
import { listJobs, type Scope } from './jobs.ts';
import { allLists, makeList, oneList } from './lists.ts';
import { showLog } from './logs.ts';
import type { Side } from './walk.ts';

/** Where the door is mounted. */
export const greenarrowPath = '/ga/api';

type Env = { Variables: { client: Client; begun: number } };
type Answer = Envelope | Response;
type Handler = (context: Context<Env>) => Promise<Answer>;
type Route = [method: 'GET' | 'POST', path: string, handler: Handler];

/** Answers every path under the one where it is mounted. Nothing is told to a caller without a key. */
export const greenarrowDoor = (ports: Ports): Hono => {
  // Its own router, since its paths are read in a way of its own.
  const door = new Hono<Env>({ getPath });
  door.use('*', async (context, next) => {
    context.set('begun', performance.now());
    context.set('client', await authenticate(ports, context.req.header('authorization'), callerOf(context.env)));
    await next();
    setHeaders(context, answerHeaders(context.var.begun));
  });
  const table = routes(ports);
  for (const [method, path, handler] of table)
    door.on(method, path, async (context) => {
      const answer = await handler(context);
      return answer instanceof Response ? answer : json(context, answer, 200);
    });
  const known = new Map<string, string[]>();
  for (const [method, path] of table) known.set(path, [...(known.get(path) ?? []), method]);
  for (const [path, methods] of known)
    door.all(path, () => {
      const allow = methods.join(', ');
      throw new DoorError('invalid_request', `Only ${allow} is allowed here`, 405, { Allow: allow });
    });
  door.all('*', () => {
    throw new DoorError('not_found', 'There is nothing at this path', 404);
  });
  door.onError(async (error, context) => {
    await discardBody(context.req.raw);
    const known = doorErrorOf(error);
    // The message may hold what the caller sent.
    if (!known) ports.log.error('greenarrow.unexpected', { error: error.name });
    const answer = known ?? unexpected;
    setHeaders(context, { ...answerHeaders(context.var.begun), ...answer.headers });
    return json(context, failed(answer), answer.status);
  });
  return new Hono().all('*', (context) => door.fetch(context.req.raw, context.env)) as unknown as Hono;
};

const routes = (ports: Ports): Route[] => {
  const list =
    (scope: Scope | 'one', only?: Side): Handler =>
    (context) => {
      const asked = scope === 'one' ? { organization: context.req.param('organization') ?? '' } : scope;
      return listJobs(ports, context.var.client, asked, only, new URL(context.req.url).searchParams);
    };
  return [
    ['GET', '/jobs/all', list('mine')],
    ['GET', '/jobs/unfinished', list('mine', 'unfinished')],
    ['GET', '/jobs/all_on_all_organizations', list('all')],
    ['GET', '/jobs/unfinished_on_all_organizations', list('all', 'unfinished')],
    ['GET', '/organizations/:organization/jobs/all', list('one')],
    ['GET', '/organizations/:organization/jobs/unfinished', list('one', 'unfinished')],
    ...importRoutes(ports),
  ];
};

const importRoutes = (ports: Ports): Route[] => {
  const target = ({ req }: Context): Target => ({ id: req.param('id') ?? '', list: req.param('list') });
  const list = ({ req }: Context): string => req.param('list') ?? '';
  const many: Handler = ({ req, var: { client } }) =>
    listImports(ports, client, req.param('list'), new URL(req.url).searchParams);
  const one: Handler = (context) => showImport(ports, context.var.client, target(context));
  const log: Handler = (context) =>
    showLog(ports, context.var.client, target(context), context.req.param('kind') ?? '');
  // The documents' own examples name an import with and without its list.
  const both = ['', '/mailing_lists/:list'].flatMap((under): Route[] => [
    ['GET', `${under}/subscriber_imports`, many],
    ['GET', `${under}/subscriber_imports/:id`, one],
    ['GET', `${under}/subscriber_imports/:id/logs/:kind`, log],
    ...controlWords.map(
      (word): Route => [
        'POST',
        `${under}/subscriber_imports/:id/${word}`,
        (context) => controlImport(ports, context.var.client, target(context), word),
      ],
    ),
  ]);
  return [
    ...both,
    [
      'POST',
      '/mailing_lists/:list/subscriber_imports',
      async (context) => makeImport(ports, context.var.client, list(context), await readObject(context.req.raw)),
    ],
    ['GET', '/mailing_lists', (context) => allLists(ports, context.var.client)],
    ['GET', '/mailing_lists/:list', (context) => oneList(ports, context.var.client, list(context))],
    [
      'POST',
      '/mailing_lists',
      async (context) => makeList(ports, context.var.client, await readObject(context.req.raw)),
    ],
  ];
};

/**
 * The path behind `/ga/api/v2`, or behind `/ga/api` when the header names version 2. Version 1, which a call without either
 * means, has nothing here.
 */
const getPath = (request: Request): string => {
  const path = new URL(request.url).pathname.slice(greenarrowPath.length).replace(/\/+$/, '');
  if (/^\/v2(?:\/|$)/.test(path)) return path.slice('/v2'.length) || '/';
  return /^\/v\d+(?:\/|$)/.test(path) || request.headers.get('x-version')?.trim() !== '2'
    ? '/another version'
    : path || '/';
};

const json = (context: Context, body: Envelope, status: DoorError['status']): Response =>
  context.body(JSON.stringify(body), status, { 'Content-Type': 'application/json; charset=utf-8' });

/** Answers are not kept by anyone on the way. */
const answerHeaders = (begun: number): Record<string, string> => ({
  'Cache-Control': 'no-cache, no-store, max-age=0, must-revalidate',
  Pragma: 'no-cache',
  Expires: 'Fri, 01 Jan 1990 00:00:00 GMT',
  'X-Content-Type-Options': 'nosniff',
  'X-Request-Id': randomBytes(16).toString('hex'),
  'X-Runtime': ((performance.now() - begun) / 1000).toFixed(6),
});

const setHeaders = (context: Context, headers: Readonly<Record<string, string>>): void => {
  for (const [name, value] of Object.entries(headers)) context.header(name, value);
};
