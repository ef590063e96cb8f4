// The reporter: tells a job's end by mail and by postback, tries again with growing delay, and keeps a log of it on the job.
import { linksOf } from './download.ts';
import { Refusal, RetryLater } from './errors.ts';
import { type Channel, type Delivery, isEnded, type Job, type JobId } from './job.ts';
import { lookAfter, nextLook } from './looks.ts';
import { BlockedAddress, type Client, type Message, type Notice, type Ports } from './ports.ts';
import { reportMail } from './reports/report-mail.ts';
import { webhookHeaders } from './reports/webhook-headers.ts';
import { lookAgain } from './states.ts';

/** Seconds to wait after each failed attempt: over an hour in all, none longer than a queue can delay. */
const retryDelays = [10, 30, 60, 120, 300, 600, 900, 900, 900];

/** An attempt that has not said what came of it within this time has died. */
const lease = 120_000;

/** The deliveries that a job's end begins with. */
export const firstDeliveries = (job: Job): Job['deliveries'] => ({
  ...(job.reportEmail !== undefined && { mail: { state: 'due', attempts: 0 } }),
  ...(job.postbackUrl !== undefined && { postback: { state: 'due', attempts: 0 } }),
});

const channels = (job: Job): Channel[] => Object.keys(job.deliveries) as Channel[];

/** Sends a message for each report that has not arrived. */
export const sendReports = async (ports: Ports, job: Job): Promise<void> => {
  const open = channels(job).filter((channel) => ['due', 'sending'].includes(job.deliveries[channel]?.state ?? ''));
  const messages: Message[] = open.map((channel) => ({ v: 1, kind: 'report', job: job.id, channel }));
  if (messages.length > 0) await ports.work.send('report', messages, { group: job.client });
};

/** Makes one attempt at a report, if it is still to be made. */
export const sendReport = async (ports: Ports, id: JobId, channel: Channel): Promise<void> => {
  // Before the look: whoever is held up behind it must not take an attempt for dead that has succeeded meanwhile.
  const now = ports.clock.now();
  const job = await ports.jobs.read(id);
  const delivery = job?.deliveries[channel];
  const client = job && (await ports.clients.byId(job.client));
  if (!job || !client || !delivery || !mayTry(delivery, now)) return;
  const attempts = delivery.attempts + 1;
  const { before = 0 } = delivery;
  const sending: Delivery = { state: 'sending', attempts, ...(before > 0 && { before }), at: ports.clock.now() };
  if (!(await ports.jobs.deliver(id, channel, delivery.attempts, sending))) return;
  const outcome = await attempt(ports, client, job, channel);
  const delay = outcome.again ? retryDelays[attempts - before - 1] : undefined;
  const state = outcome.delivered ? 'delivered' : delay === undefined ? 'failed' : 'due';
  const log = { job: id, channel, state, attempt: attempts, answer: outcome.answer };
  if (state === 'delivered') ports.log.info('report.delivered', log);
  else ports.log.warn(state === 'due' ? 'report.retry' : 'report.failed', log);
  await ports.jobs.deliver(id, channel, attempts, { ...sending, state, answer: outcome.answer });
  if (delay !== undefined && state === 'due') {
    const message: Message = { v: 1, kind: 'report', job: id, channel };
    await ports.work.send('report', [message], { group: job.client, delaySeconds: delay });
  }
  const after = await ports.jobs.read(id);
  const wait = state === 'due' && delay !== undefined ? delay * 1000 : 0;
  if (after) await ports.jobs.move(id, lookAgain(after, nextLook(after, ports.clock.now() + wait)));
};

/**
 * Sends the reports of an ended job once more, or the one by `channel`. Those that are on their way are left alone.
 * Throws Refusal `not_allowed` when there is none to be sent.
 */
export const sendReportsAgain = async (ports: Ports, job: Job, channel?: Channel): Promise<Job> => {
  if (!isEnded(job)) throw new Refusal('not_allowed', `The job is ${job.state}: its reports are sent at its end`);
  const asked = channels(job).filter((name) => channel === undefined || name === channel);
  if (asked.length === 0)
    throw new Refusal('not_allowed', 'The job has no such report: it was ordered without an address for it');
  // First, so that the sweeper sends what this leaves behind when it dies on the way.
  await ports.jobs.move(job.id, lookAgain(job, ports.clock.now() + lookAfter.reporting));
  for (const name of asked) {
    const { state, attempts } = job.deliveries[name] ?? { state: 'due', attempts: 0 };
    if (state === 'delivered' || state === 'failed')
      await ports.jobs.deliver(job.id, name, attempts, { state: 'due', attempts, before: attempts });
  }
  const due = (await ports.jobs.read(job.id)) ?? job;
  await sendReports(ports, due);
  return due;
};

const mayTry = (delivery: Delivery, now: number): boolean =>
  delivery.state === 'due' || (delivery.state === 'sending' && now - (delivery.at ?? 0) > lease);

interface Attempt {
  delivered: boolean;
  /** Whether another attempt may fare better. */
  again: boolean;
  answer: string;
}

const attempt = async (ports: Ports, client: Client, job: Job, channel: Channel): Promise<Attempt> => {
  try {
    return channel === 'mail' ? await mail(ports, client, job) : await postback(ports, client, job);
  } catch (error) {
    if (error instanceof BlockedAddress) return { delivered: false, again: false, answer: 'address not allowed' };
    return { delivered: false, again: true, answer: error instanceof RetryLater ? 'try later' : 'no answer' };
  }
};

const mail = async (ports: Ports, client: Client, job: Job): Promise<Attempt> => {
  const message = await reportMail(ports, client, job);
  await ports.mail.send(message);
  return { delivered: true, again: false, answer: 'sent' };
};

const postback = async (ports: Ports, client: Client, job: Job): Promise<Attempt> => {
  const dialect = ports.dialects[job.door];
  if (!dialect || job.postbackUrl === undefined) return { delivered: false, again: false, answer: 'no dialect' };
  if (dialect.notices) return notify(ports, await dialect.notices(ports, job, client));
  const { body, contentType } = dialect.postback(job, client, await linksOf(ports, job));
  const signed = webhookHeaders(client.secret, `job-${job.id}`, Math.floor(ports.clock.now() / 1000), body);
  return judge(await ports.hooks.post(job.postbackUrl, body, { 'content-type': contentType, ...signed }));
};

const judge = (status: number): Attempt => ({
  delivered: status >= 200 && status < 300,
  again: status >= 500 || status === 408 || status === 429,
  answer: String(status),
});

/** All of them: when one fails, all come again, and their receivers tell repeats by what they say. */
const notify = async ({ hooks }: Ports, notices: readonly Notice[]): Promise<Attempt> => {
  let last: Attempt = { delivered: true, again: false, answer: 'nothing to tell' };
  for (const { url, post } of notices) {
    const status = post ? await hooks.post(url, post.body, { 'content-type': post.contentType }) : await hooks.get(url);
    last = judge(status);
    if (!last.delivered) return last;
  }
  return last;
};
