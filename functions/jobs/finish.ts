// The finisher: makes the results, moves the job to its end, sets the reports going. Every step may be done twice.
import { randomBytes } from 'node:crypto';
import { rejectedHeader } from '../files/csv-out.ts';
import type { Entry, JobContext, RowWork, SliceWork } from './define.ts';
import { dispatch } from './dispatch.ts';
import { failJob } from './fail.ts';
import { accountedRows, type Job, type ResultFile } from './job.ts';
import { keepFor, lookAfter } from './looks.ts';
import { readTypeMarks, rejectedChunks } from './marks.ts';
import { exportKey, headerKey, partKey, rejectedKey, removeWork } from './parts.ts';
import { type Plan, readPlan, writePlan } from './plan-record.ts';
import type { Ports } from './ports.ts';
import { findType } from './registry.ts';
import { firstDeliveries, sendReports } from './report.ts';
import { end, gather, planAgain } from './states.ts';

type Context = JobContext<unknown, unknown>;

/** Ends a job whose chunks are all accounted. Of several callers one gathers; one that comes back after a crash goes on. */
export const finishJob = async (ports: Ports, job: Job): Promise<void> => {
  const gathering =
    job.phase === 'finishing' ? job : await ports.jobs.move(job.id, gather(ports.clock.now() + lookAfter.finishing));
  if (!gathering?.plan) return;
  const type = findType(gathering.type);
  const client = await ports.clients.byId(gathering.client);
  if (!type || !client) throw new Error('a job without type or client');
  const plan = await readPlan(ports, gathering.plan);
  const context = { ports, client, job: gathering, params: gathering.params, prepared: plan.prepared };
  if (type.work.kind === 'rows') await finishRows(context, type.work, plan);
  else await finishSlices(context, type.work, plan);
};

const finishRows = async (context: Context, work: RowWork<unknown, unknown, Entry>, plan: Plan): Promise<void> => {
  const { ports, job } = context;
  const rows = job.rows ?? 0;
  const accounted = accountedRows(job.counts);
  if (accounted !== rows) {
    ports.log.error('ledger.unbalanced', { job: job.id, rows, accounted });
    return failJob(ports, job, {
      class: 'internal',
      message: `The ledger does not balance: ${accounted} of ${rows} rows`,
    });
  }
  await work.finish?.(context);
  const lost = job.counts.not_processed ?? 0;
  if (rows > 0 && lost === rows)
    return failJob(ports, job, { class: 'internal', message: 'No row could be processed' });
  const rejected = await joinRejected(context, plan);
  await endJob(ports, job, lost > 0 ? 'incomplete' : 'completed', rows, rejected && { rejected });
};

const joinRejected = async ({ ports, job }: Context, plan: Plan): Promise<ResultFile | undefined> => {
  if (!job.counts.rejected || !plan.input) return undefined;
  const header = headerKey(job.id, 'rejected');
  await ports.files.put(header, rejectedHeader(plan.input.header.names));
  // Named by the ledger, not by what lies there: another finisher may have ended the job and removed the parts by now.
  const parts = rejectedChunks(job.marks).map((chunk) => partKey(job.id, 'rejected', chunk));
  const key = rejectedKey(job.id);
  const filename = `rejected-${job.id}.csv`;
  const { size } = await ports.files.join(key, [header, ...parts], {
    contentType: 'text/csv; charset=utf-8',
    filename,
  });
  return { key, filename, size, expiresAt: ports.clock.now() + keepFor };
};

const finishSlices = async (context: Context, work: SliceWork<unknown, unknown>, plan: Plan): Promise<void> => {
  const { ports, job, client } = context;
  const better = work.settle(plan.prepared, readTypeMarks(job.marks));
  if (better !== undefined) return runAgain(context, plan, better);
  const header = headerKey(job.id, 'export');
  await ports.files.put(header, work.header(context));
  const parts = plan.chunks.slice(plan.first).map((_, index) => partKey(job.id, 'export', plan.first + index));
  const [key, filename, { contentType }] = [exportKey(job), work.filename(job.params), work];
  const { size } = await ports.files.join(key, [header, ...parts], { contentType, filename });
  await work.finish?.(context);
  const expiresAt = ports.clock.now() + client.settings.exportHours * 3600_000;
  await endJob(ports, job, 'completed', job.counts.exported ?? 0, { export: { key, filename, size, expiresAt } });
};

/** The same slices once more, under new chunk numbers: the old ones stay accounted, so that late deliveries change nothing. */
const runAgain = async ({ ports, job }: Context, plan: Plan, prepared: unknown): Promise<void> => {
  const first = plan.chunks.length;
  const chunks = [...plan.chunks, ...plan.chunks.slice(plan.first)];
  const key = `jobs/${job.id}/plan-${randomBytes(6).toString('hex')}/plan.json`;
  await writePlan(ports, key, { ...plan, prepared, first, chunks });
  const moved = await ports.jobs.move(
    job.id,
    planAgain(job, key, chunks.length, ports.clock.now() + lookAfter.processing),
  );
  ports.log.info('job.planned_again', { job: job.id, chunks: chunks.length });
  if (moved) await dispatch(ports, moved);
};

const endJob = async (
  ports: Ports,
  job: Job,
  state: 'completed' | 'incomplete',
  rows: number,
  files: Job['files'] = {},
): Promise<void> => {
  const now = ports.clock.now();
  const set = { finishedAt: now, rows, files, deliveries: firstDeliveries(job), due: now + lookAfter.reporting };
  const ended = await ports.jobs.move(job.id, end(job, state, set));
  if (!ended) return;
  ports.log.info('job.ended', {
    job: job.id,
    client: job.client,
    type: job.type,
    state,
    rows,
    ms: now - job.createdAt,
    bytes: files.export?.size ?? 0,
    ...job.counts,
  });
  await sendReports(ports, ended);
  await removeWork(ports, job);
};
