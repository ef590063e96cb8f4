// Who is told that a batch ended: its own address, and that of its container when no batch in it is open any more.
import { batchesOf, findBatch, findContainer, type Notification } from '../../jobs/append/containers.ts';
import { endsContainer } from '../../jobs/append/states.ts';
import type { Dialect, Notice } from '../../jobs/ports.ts';
import { batchAnswer, containerAnswer } from './answer.ts';

type Facts = Record<string, unknown>;

/** A POST holds what a GET of the thing answers; a GET names it and says its state, in the query. */
const noticeOf = ({ url, method }: Notification, facts: Facts, shown: readonly string[]): Notice => {
  if (method === 'POST') return { url, post: { body: JSON.stringify(facts), contentType: 'application/json' } };
  const target = new URL(url);
  for (const name of shown) target.searchParams.append(name, String(facts[name]));
  return { url: target.toString() };
};

export const appendDialect: Dialect = {
  postback: () => {
    throw new Error('this protocol has notices of its own');
  },
  async notices(ports, job, client) {
    const batch = await findBatch(ports, client.id, String(job.echo.batch));
    const container = batch && (await findContainer(ports, client.id, batch.container));
    if (!batch || !container) return [];
    const now = ports.clock.now();
    const notices: Notice[] = [];
    if (batch.notification)
      notices.push(noticeOf(batch.notification, batchAnswer({ batch, job }, now), ['job_id', 'batch_id', 'state']));
    if (!container.notification) return notices;
    const batches = await batchesOf(ports, client, container.id);
    if (!endsContainer(job, batches, now)) return notices;
    const facts = { job_id: container.id, ...containerAnswer(container, batches, now) };
    return [...notices, noticeOf(container.notification, facts, ['job_id', 'state'])];
  },
};
