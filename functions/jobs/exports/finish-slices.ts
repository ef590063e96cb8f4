// The finisher of exports: joins the slices' parts, or has them written again when the guess that they shared was wrong.
import { randomBytes } from 'node:crypto';
import type { JobContext, SliceFile, SliceWork } from '../define.ts';
import { dispatch } from '../dispatch.ts';
import { endJob } from '../end.ts';
import type { ResultFile } from '../job.ts';
import { lookAfter } from '../looks.ts';
import { placesOf, readTypeMarks } from '../marks.ts';
import { exportKey, headerKey, partKey } from '../parts.ts';
import { type Plan, writePlan } from '../planning/plan-record.ts';
import type { Ports } from '../ports.ts';
import { planAgain } from '../states.ts';
import type { Meter } from '../usage.ts';

type Context = JobContext<unknown, unknown>;

export const finishSlices = async (
  context: Context,
  work: SliceWork<unknown, unknown>,
  plan: Plan,
  meter: Meter,
): Promise<void> => {
  const { ports, job } = context;
  const better = work.settle?.(plan.prepared, readTypeMarks(job.marks));
  if (better !== undefined) return runAgain(context, plan, better);
  const places = placesOf('export', job.marks);
  // Slices that an earlier version wrote have no marks: they are written again rather than left out.
  if (places.length !== plan.chunks.length - plan.first) return runAgain(context, plan, plan.prepared);
  const parts = places.map((place) => partKey(job.id, 'export', place));
  const made = await meter.run(async () => {
    const files = work.file ? { export: await joinFile(context, work.file, parts) } : {};
    const result = await work.finish?.(context, textsOf(ports, parts));
    return { files, ...(result && { result }) };
  });
  const { counts } = job;
  await endJob(ports, job, { state: 'completed', rows: counts.exported ?? 0, counts, ...made, used: meter.used });
};

const joinFile = async (
  context: Context,
  file: SliceFile<unknown, unknown>,
  parts: readonly string[],
): Promise<ResultFile> => {
  const { ports, job, client } = context;
  const [key, header, filename] = [exportKey(job), headerKey(job.id, 'export'), file.name(context)];
  await ports.files.put(header, file.header(context));
  const { size } = await ports.files.join(key, [header, ...parts], { contentType: file.contentType, filename });
  return { key, filename, size, expiresAt: ports.clock.now() + client.settings.exportHours * 3600_000 };
};

/** What the slices wrote, each part whole: types whose texts are read again keep them small. */
async function* textsOf(ports: Pick<Ports, 'files'>, parts: readonly string[]): AsyncGenerator<string> {
  for (const key of parts) {
    const blocks: Uint8Array[] = [];
    for await (const block of ports.files.get(key)) blocks.push(block);
    yield Buffer.concat(blocks).toString('utf8');
  }
}

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
