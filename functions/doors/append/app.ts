// The door for clients of the asynchronous append API, version 3: tokens, containers, batches. It translates; the engine decides.
import { type Context, Hono } from 'hono';
import type { BlankSchema } from 'hono/types';
import { awaitBatch, startBatch } from '../../jobs/append/batches.ts';
import {
  batchesOf,
  type Container,
  createContainer,
  findBatch,
  findContainer,
  type StandingBatch,
} from '../../jobs/append/containers.ts';
import { revokeToken } from '../../jobs/append/tokens.ts';
import type { Client, Ports } from '../../jobs/ports.ts';
import { callerOf } from '../caller.ts';
import { batchAnswer, containerAnswer } from './answer.ts';
import { authenticate, logIn } from './authenticate.ts';
import { readObject } from './body.ts';
import { DoorError, doorErrorOf, forbidden, unexpected } from './errors.ts';
import { readContainer, readOrder, readRecords } from './read.ts';
import { resultsOf } from './results.ts';

type Env = { Variables: { client: Client } };
type Answer = Record<string, unknown>;

const jobPath = '/async/append/email/job';
const tokenOf = ({ req }: Context): string | undefined => req.header('authorizationtoken');

/** Answers the paths of every version under `/v<number>`. Nothing is told to a caller without a key. */
export const appendDoor = (ports: Ports): Hono => {
  const door = new Hono<Env>().basePath('/:version{v[0-9]+}');
  door.use('*', async (context, next) => {
    context.header('Cache-Control', 'no-store');
    context.header('X-Content-Type-Options', 'nosniff');
    await next();
  });
  door.post('/auth', async (context) => context.json(await auth(ports, context)));
  door.all('/auth', () => wrongMethod('POST'));
  door.use('*', async (context, next) => {
    const caller = { key: context.req.header('x-api-key'), token: tokenOf(context), from: callerOf(context.env) };
    context.set('client', await authenticate(ports, caller));
    await next();
  });
  // An extension: ends the token that the call carries.
  door.post('/auth/revoke', async (context) => {
    await revokeToken(ports, context.var.client, tokenOf(context) ?? '');
    return context.json({ revoked: true });
  });
  door.use('/async/*', async (context, next) => {
    const { appendAccount: kind } = context.var.client.settings;
    if (kind === 'restricted' || kind === 'trial') throw forbidden();
    await next();
  });
  addRoutes(ports, door);
  door.all('*', () => {
    throw new DoorError(404, 'Not Found');
  });
  return door.onError((error, context) => {
    const known = doorErrorOf(error);
    // The message may hold what the caller sent.
    if (!known) ports.log.error('append.unexpected', { error: error.name });
    const { status, message, more, headers } = known ?? unexpected;
    for (const [name, value] of Object.entries(headers)) context.header(name, value);
    return context.json({ message: message.slice(0, 500), ...more }, status);
  }) as unknown as Hono;
};

const wrongMethod = (allowed: string): never => {
  throw new DoorError(405, 'Method Not Allowed', { headers: { Allow: allowed } });
};

const auth = async (ports: Ports, context: Context): Promise<Answer> => {
  const caller = { key: context.req.header('x-api-key'), from: callerOf(context.env) };
  const { token, expiresAt } = await logIn(ports, caller, await readObject(context.req.raw));
  return { authorization_token: token, AuthorizationToken: token, expiration_date: String(expiresAt) };
};

const addRoutes = (ports: Ports, door: Hono<Env, BlankSchema, string>): void => {
  const param = (context: Context, name: string): string => context.req.param(name) ?? '';
  const containerOf = (context: Context<Env>): Promise<Container> =>
    findOr404(ports, context.var.client, param(context, 'job'));
  const batchOf = async (context: Context<Env>): Promise<StandingBatch> =>
    batchIn(ports, context.var.client, await containerOf(context), param(context, 'batch'));
  const now = (): number => ports.clock.now();

  door.post(jobPath, async (context) => {
    const facts = readContainer(ports, await readObject(context.req.raw));
    const { id } = await createContainer(ports, context.var.client.id, facts);
    return context.json({ job_id: id });
  });
  door.all(jobPath, () => wrongMethod('POST'));
  door.get(`${jobPath}/:job`, async (context) => {
    const container = await containerOf(context);
    const batches = await batchesOf(ports, context.var.client, container.id);
    return context.json(containerAnswer(container, batches, now()));
  });
  door.all(`${jobPath}/:job`, () => wrongMethod('GET'));
  door.post(`${jobPath}/:job/batch`, async (context) => {
    const container = await containerOf(context);
    const body = await readObject(context.req.raw);
    const order = readOrder(ports, body);
    const { id } = await startBatch(ports, context.var.client, container, readRecords(body), order);
    return context.json({ batch_id: id });
  });
  door.post(`${jobPath}/:job/:kind{batch[-_]?file}`, async (context) => {
    const container = await containerOf(context);
    const order = readOrder(ports, await readObject(context.req.raw, { optional: true }));
    const { batch, uploadUrl, expiresAt } = await awaitBatch(ports, context.var.client, container, order);
    return context.json({ batch_id: batch.id, upload_url: uploadUrl, upload_expiration_date: String(expiresAt) });
  });
  // Either kind through either path: their ids share one space.
  const kinds = ':kind{batch(?:[-_]?file)?}';
  door.all(`${jobPath}/:job/${kinds}`, () => wrongMethod('POST'));
  door.get(`${jobPath}/:job/${kinds}/:batch`, async (context) =>
    context.json(batchAnswer(await batchOf(context), now())),
  );
  door.all(`${jobPath}/:job/${kinds}/:batch`, () => wrongMethod('GET'));
  door.get(`${jobPath}/:job/${kinds}/:batch/:what{results?}`, async (context) =>
    context.json(await resultsOf(ports, await batchOf(context))),
  );
  door.all(`${jobPath}/:job/${kinds}/:batch/:what{results?}`, () => wrongMethod('GET'));
};

const findOr404 = async (ports: Ports, client: Client, id: string): Promise<Container> => {
  const found = /^[0-9a-f]{15,40}$/.test(id) ? await findContainer(ports, client.id, id) : undefined;
  if (!found) throw new DoorError(404, 'Job not found');
  return found;
};

const batchIn = async (ports: Ports, client: Client, container: Container, id: string): Promise<StandingBatch> => {
  const batch = /^[0-9a-f]{16}$/.test(id) ? await findBatch(ports, client.id, id) : undefined;
  if (batch?.container !== container.id) throw new DoorError(404, 'Batch not found');
  const job = await ports.jobs.read(batch.job);
  return { batch, ...(job && { job }) };
};
