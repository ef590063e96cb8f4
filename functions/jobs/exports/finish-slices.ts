// The finisher of exports: joins the slices' parts, or has them written again when the guess that they shared was wrong.
import { randomBytes } from 'node:crypto';
import type { JobContext, SliceWork } from '../define.ts';
import { dispatch } from '../dispatch.ts';
import { endJob } from '../end.ts';
import { lookAfter } from '../looks.ts';
import { placesOf, readTypeMarks } from '../marks.ts';
import { exportKey, headerKey, partKey } from '../parts.ts';
import { type Plan, writePlan } from '../planning/plan-record.ts';
import { planAgain } from '../states.ts';
import type { Meter } from '../usage.ts';

type Context = JobContext<unknown, unknown>;

export const finishSlices = async (
  context: Context,
  work: SliceWork<unknown, unknown>,
  plan: Plan,
  meter: Meter,
): Promise<void> => {
  const { ports, job, client } = context;
  const better = work.settle(plan.prepared, readTypeMarks(job.marks));
  if (better !== undefined) return runAgain(context, plan, better);
  const places = placesOf('export', job.marks);
  // Slices that an earlier version wrote have no marks: they are written again rather than left out.
  if (places.length !== plan.chunks.length - plan.first) return runAgain(context, plan, plan.prepared);
  const [key, filename, { contentType }] = [exportKey(job), work.filename(job.params), work];
  const { size } = await meter.run(async () => {
    const header = headerKey(job.id, 'export');
    await ports.files.put(header, work.header(context));
    const parts = places.map((place) => partKey(job.id, 'export', place));
    const joined = await ports.files.join(key, [header, ...parts], { contentType, filename });
    await work.finish?.(context);
    return joined;
  });
  const expiresAt = ports.clock.now() + client.settings.exportHours * 3600_000;
  await endJob(ports, job, {
    state: 'completed',
    rows: job.counts.exported ?? 0,
    counts: job.counts,
    files: { export: { key, filename, size, expiresAt } },
    used: meter.used,
  });
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
