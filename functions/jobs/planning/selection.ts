// Jobs that find their rows in what is kept: slices choose lines in parallel, and of all lines the job is planned like one with a file.
import { randomBytes } from 'node:crypto';
import type { Entry, JobContext, RowWork, Slice } from '../define.ts';
import { dispatch } from '../dispatch.ts';
import type { Job } from '../job.ts';
import { lookAfter } from '../looks.ts';
import { markOf, placesOf } from '../marks.ts';
import { partKey, selectionKey } from '../parts.ts';
import type { Client, Ports } from '../ports.ts';
import { whileRunning } from '../rows/watch.ts';
import { planAgain } from '../states.ts';
import { type Plan, writePlan } from './plan-record.ts';
import { planInput } from './plan-row-job.ts';

type Context = JobContext<unknown, unknown>;
type Work = RowWork<unknown, unknown, Entry>;

const selectionOf = (work: Work) => {
  if (!work.select) throw new Error('a selection by a type that selects nothing');
  return work.select;
};

/** The first plan: what selects. */
export const planSelection = async (
  ports: Ports,
  client: Client,
  job: Job,
  work: Work,
): Promise<{ plan: Plan; rows?: number; warnings: string[] }> => {
  const slices = await selectionOf(work).slices({ ports, client, job, params: job.params });
  const chunks = slices.map((slice) => ({ kind: 'slice' as const, ...slice }));
  return { plan: { selects: true, prepared: null, first: 0, chunks }, warnings: [] };
};

/** A chunk of it: the lines of a slice, in a part of their own. */
export const runSelection = async (context: Context, work: Work, slice: Slice, number: number) => {
  async function* encode(): AsyncGenerator<Uint8Array> {
    for await (const lines of selectionOf(work).lines(context, slice))
      if (lines.length > 0) yield Buffer.from(`${lines.join('\n')}\n`);
  }
  const place = { chunk: number, from: 0, version: randomBytes(6).toString('hex') };
  await context.ports.files.put(partKey(context.job.id, 'selected', place), whileRunning(context, encode()));
  return { counts: {}, marks: [markOf('selected', place)] };
};

/** All slices have chosen: their lines become the input, which is planned. */
export const planSelected = async ({ ports, client, job }: Context, work: Work, plan: Plan): Promise<void> => {
  const key = selectionKey(job.id);
  const parts = placesOf('selected', job.marks).map((place) => partKey(job.id, 'selected', place));
  const { etag } =
    parts.length > 0
      ? await ports.files.join(key, parts, { contentType: 'text/plain', filename: 'selection' })
      : await ports.files.put(key, '');
  const prefix = `jobs/${job.id}/plan-${randomBytes(6).toString('hex')}`;
  const { plan: next, rows } = await planInput(ports, client, job, work, { key, etag, prefix });
  const first = plan.chunks.length;
  const chunks = [...plan.chunks, ...next.chunks];
  await writePlan(ports, `${prefix}/plan.json`, { ...next, first, chunks });
  const due = ports.clock.now() + lookAfter.processing;
  const moved = await ports.jobs.move(job.id, planAgain(job, `${prefix}/plan.json`, chunks.length, due, rows));
  ports.log.info('job.selected', { job: job.id, rows });
  if (moved) await dispatch(ports, moved);
};
