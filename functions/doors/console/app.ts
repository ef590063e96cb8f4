// The door for the console and for scripts: jobs as JSON, and what may be done to them. Calls are signed; there are no sessions.
import { createHash } from 'node:crypto';
import { type Context, Hono } from 'hono';
import type { Action } from '../../jobs/actions.ts';
import { cancelJob, findJob, pauseJob, resumeJob, retryJob, runPlan } from '../../jobs/control.ts';
import { linksOf } from '../../jobs/download.ts';
import { isEnded, type Job } from '../../jobs/job.ts';
import { findJobs, overviewOf } from '../../jobs/listing.ts';
import type { Ports } from '../../jobs/ports.ts';
import { sendReportsAgain } from '../../jobs/report.ts';
import { firstRejected } from '../../jobs/reports/first-rejected.ts';
import { submit } from '../../jobs/submit.ts';
import { answerOf } from './answer.ts';
import { authenticate, type Call, longestAge } from './authenticate.ts';
import { readJson } from './body.ts';
import { DoorError, doorErrorOf, envelope, unexpected } from './errors.ts';
import { filterOf, jobsQuery, listsQuery, readQuery, rejectedQuery } from './queries.ts';
import { type JobAnswer, jobOrder, reportOrder, type UploadForm } from './schemas.ts';
import { listsOf, overviewAnswerOf, overviewSpan, pageOf, typesAnswerOf } from './views.ts';

/** Where the door is mounted: clients sign the whole path. */
export const consolePath = '/console/api';

type Env = { Variables: { call: Call } };

const byAction = {
  pause: pauseJob,
  resume: resumeJob,
  cancel: cancelJob,
  retry: retryJob,
  run: runPlan,
} as const satisfies Record<Action, unknown>;
/** Those that make a new job. */
const making: readonly Action[] = ['retry', 'run'];

/** Answers every path under the one where it is mounted. Nothing is told to a caller who did not sign. */
export const consoleDoor = (ports: Ports): Hono<Env> => {
  const app = new Hono<Env>();
  app.use('*', async (context, next) => {
    setHeaders(context, { 'Cache-Control': 'no-store', 'X-Content-Type-Options': 'nosniff' });
    context.set('call', await authenticate(ports, context.req.raw, (headers) => setHeaders(context, headers)));
    await next();
  });
  app.post('/jobs', async (context) => context.json(await show(ports, await order(ports, context.var.call)), 201));
  app.get('/jobs', async (context) => {
    const query = readQuery(jobsQuery, context.req.query());
    const { limit, after } = query;
    const page = { limit, ...(after !== undefined && { after }) };
    const found = await findJobs(ports, context.var.call.client.id, filterOf(query), page);
    return context.json(pageOf(found, ports.clock.now()));
  });
  app.all('/jobs', () => wrongMethod('GET, POST'));
  app.get('/lists', async (context) => {
    const { text, limit } = readQuery(listsQuery, context.req.query());
    return context.json(listsOf(await ports.lists.all(context.var.call.client.id), text, limit));
  });
  app.all('/lists', () => wrongMethod('GET'));
  app.get('/types', (context) => context.json(typesAnswerOf()));
  app.all('/types', () => wrongMethod('GET'));
  app.get('/overview', async (context) => {
    const overview = await overviewOf(ports, context.var.call.client.id, overviewSpan);
    return context.json(overviewAnswerOf(overview, ports.clock.now()));
  });
  app.all('/overview', () => wrongMethod('GET'));
  app.get('/jobs/:id', async (context) => {
    const job = await findJob(ports, context.var.call.client, context.req.param('id'));
    return context.json(await show(ports, job));
  });
  app.all('/jobs/:id', () => wrongMethod('GET'));
  app.get('/jobs/:id/rejected', async (context) => {
    const { limit } = readQuery(rejectedQuery, context.req.query());
    const job = await findJob(ports, context.var.call.client, context.req.param('id'));
    return context.json(await firstRejected(ports, job, limit));
  });
  app.all('/jobs/:id/rejected', () => wrongMethod('GET'));
  // The record as it is kept: for those who look for a fault. Its form may change with any version.
  app.get('/jobs/:id/record', async (context) =>
    context.json(await findJob(ports, context.var.call.client, context.req.param('id'))),
  );
  app.all('/jobs/:id/record', () => wrongMethod('GET'));
  app.post('/jobs/:id/reports', async (context) => {
    const { client, body } = context.var.call;
    const asked = reportOrder.safeParse(body.byteLength > 0 ? readJson(body) : {});
    if (!asked.success) throw new DoorError(400, 'invalid_parameter', 'Invalid channel');
    const job = await findJob(ports, client, context.req.param('id'));
    return context.json(await show(ports, await sendReportsAgain(ports, job, asked.data.channel)));
  });
  app.all('/jobs/:id/reports', () => wrongMethod('POST'));
  app.post('/jobs/:id/:action{pause|resume|cancel|retry|run}', async (context) => {
    const { id, action } = context.req.param() as { id: string; action: Action };
    const job = await byAction[action](ports, context.var.call.client, id);
    return context.json(await show(ports, job), making.includes(action) ? 201 : 200);
  });
  app.all('/jobs/:id/:action{pause|resume|cancel|retry|run}', () => wrongMethod('POST'));
  app.all('*', () => {
    throw new DoorError(404, 'not_found', 'There is nothing at this path');
  });
  app.onError((error, context) => {
    const known = doorErrorOf(error);
    // The message may hold what the caller sent.
    if (!known) ports.log.error('console.unexpected', { error: error.name });
    const { status, headers } = known ?? unexpected;
    setHeaders(context, headers);
    return context.json(envelope(known ?? unexpected), status);
  });
  return app;
};

const setHeaders = (context: Context, headers: Readonly<Record<string, string>>): void => {
  for (const [name, value] of Object.entries(headers)) context.header(name, value);
};

const wrongMethod = (allowed: string): never => {
  throw new DoorError(405, 'method_not_allowed', `Only ${allowed} is allowed here`, { Allow: allowed });
};

const show = async (ports: Ports, job: Job): Promise<JobAnswer> =>
  answerOf(job, await linksOf(ports, job), ports.clock.now(), await uploadOf(ports, job));

/** The form for the file that the job waits for, as long as it does. */
const uploadOf = async (ports: Ports, job: Job): Promise<UploadForm | undefined> => {
  if (!job.ticket || isEnded(job) || job.ticket.expiresAt <= ports.clock.now()) return undefined;
  const { key, size, expiresAt } = job.ticket;
  const { url, fields } = await ports.files.ticket(key, { size, expiresAt });
  return { url, fields, expires: new Date(expiresAt).toISOString() };
};

const order = async (ports: Ports, { client, body, signature }: Call): Promise<Job> => {
  const read = jobOrder.safeParse(readJson(body));
  if (!read.success) throw badOrder(read.error.issues[0]);
  const { type, idempotency_key: key, ...params } = read.data;
  const fingerprint = createHash('sha256').update(body).digest('hex');
  // Without a key of its own, a call that somebody overheard and sends again is still the one job. No key holds a space.
  const idempotency =
    key === undefined
      ? { key: `signed ${signature}`, fingerprint, lifeMs: 3 * longestAge * 1000 }
      : { key, fingerprint };
  return submit(ports, client, { door: 'console', type, params, idempotency });
};

const badOrder = (issue: { path: readonly PropertyKey[]; input?: unknown } | undefined): DoorError => {
  const [name] = issue?.path ?? [];
  if (name === undefined) return new DoorError(400, 'invalid_json', 'The body is not a JSON object');
  return new DoorError(400, 'invalid_parameter', `Invalid or missing ${String(name)}`);
};
