// delete_content: takes all content, or all that has expired, out of the library; of a range of days when both are given.
import { z } from 'zod';
import { contentShards } from '../content/content.ts';
import {
  type DeletionEntry,
  type Doomed,
  deleteContent,
  doomedLines,
  lookAtDeletions,
  readDoomedLine,
} from '../content/delete.ts';
import type { Writer } from '../content/save.ts';
import { defineJobType, type JobContext } from '../define.ts';
import { instantOf, offsetOf, readDate } from '../local-time.ts';
import { refuse, text } from '../requests/params.ts';

const dayLength = 24 * 3600_000;
/** Slices of the library that are read side by side. */
const slices = 16;

/** A day in any of the forms of dates, as `yyyy-mm-dd`. */
const day = text.transform((value, context) => {
  const written = value.trim().replace(/^(\d{4})(\d{2})(\d{2})$/, '$1-$2-$3');
  const at = readDate(written, () => 0);
  if (at !== undefined) return new Date(at).toISOString().slice(0, 10);
  context.addIssue({ code: 'custom', message: 'Invalid start_date/end_date format', ...refuse('invalid_date') });
  return z.NEVER;
});

const params = z
  .object({ type: z.enum(['all', 'expired']), start_date: day.optional(), end_date: day.optional() })
  .superRefine(({ start_date: start, end_date: end }, context) => {
    const refusal = (message: string) => context.addIssue({ code: 'custom', message, ...refuse('invalid_parameter') });
    if ((start === undefined) !== (end === undefined)) refusal('start_date and end_date must be specified together');
    else if (start !== undefined && end !== undefined && start > end)
      refusal('Invalid date range. Start Date cannot be later than End Date');
  });
type Params = z.infer<typeof params>;
type Context = Omit<JobContext<Params, null>, 'prepared'>;

/** Both days count whole, on the client's clock. What has expired is what had expired when the job began. */
const doomedBy = ({ client, job, params: { type, start_date, end_date } }: Context): Doomed => {
  const offset = offsetOf(client.settings.timeZone);
  const expired = type === 'expired' ? { expiredBy: job.startedAt ?? job.createdAt } : {};
  if (start_date === undefined || end_date === undefined) return expired;
  const [start, end] = [Date.parse(start_date), Date.parse(end_date) + dayLength];
  return { ...expired, start: instantOf(start, offset), end: instantOf(end, offset) };
};

const writerOf = ({ ports, client, job }: Context): Writer => ({
  ports,
  client,
  by: job.id,
  at: job.startedAt ?? job.createdAt,
});

export const deleteContentJob = defineJobType<Params, null, DeletionEntry>({
  name: 'delete_content',
  params,
  title: () => 'Delete Content',
  echo: () => ({}),
  needs: ['content:read', 'content:write'],
  hurt: 'People who clean up their content library: old pages stay in it.',
  work: {
    kind: 'rows',
    sources: ['selection'],
    noSource: 'Missing required parameter: type',
    select: {
      selects: () => true,
      slices: async () => {
        const width = contentShards / slices;
        return Array.from({ length: slices }, (_, index) => ({ from: index * width, to: (index + 1) * width }));
      },
      lines: (context, slice) => doomedLines(context, doomedBy(context), slice),
    },
    keyOf: (line) => line,
    prepare: async () => null,
    parse: (_context, { cells }) => readDoomedLine(cells[0] ?? '') ?? { reject: 'not a line of a selection' },
    merge: (_earlier, later) => later,
    apply: (context, entries) => deleteContent(writerOf(context), entries, doomedBy(context)),
    look: (context, entries) => lookAtDeletions(writerOf(context), entries, doomedBy(context)),
    finish: async ({ job }) => ({ deleted_count: job.counts.updated ?? 0 }),
  },
});
