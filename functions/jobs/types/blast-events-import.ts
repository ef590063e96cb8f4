// blast_events_import: the history of campaigns out of a file of JSON lines: who got them, opened, clicked, bought.
import { z } from 'zod';
import type { InputRow } from '../../files/rows.ts';
import { defineJobType, type JobContext } from '../define.ts';
import { haveMoved } from '../people/aliases.ts';
import { eventKey, readEvent } from '../recipients/read-event.ts';
import { recountTouched } from '../recipients/recount.ts';
import { type EventEntry, type EventWriter, lookAtEvents, saveEvents } from '../recipients/save.ts';
import { validityCounts } from '../rows/validity-counts.ts';

const params = z.object({});
type Params = z.infer<typeof params>;
interface Prepared {
  /** Addresses were changed: those that lead nowhere are looked up. */
  moved: boolean;
}
type Context = JobContext<Params, Prepared>;

const writerOf = ({ ports, client, job, prepared }: Context): EventWriter => ({
  ...prepared,
  ports,
  client,
  by: job.id,
  at: job.startedAt ?? job.createdAt,
});

const parse = ({ client, job }: Context, { cells }: InputRow): EventEntry | { reject: string } => {
  const [line = ''] = cells;
  const read = readEvent(client, line, job.startedAt ?? job.createdAt);
  if ('reject' in read) return read;
  const key = eventKey(line);
  return key === undefined ? { reject: 'the line has objects where texts are expected' } : { ...read, key };
};

/** Rows of one event may differ in the device: the last in order of name counts, as among the events that are kept. */
const merge = (earlier: EventEntry, later: EventEntry): EventEntry =>
  (earlier.event.device ?? '') > (later.event.device ?? '') ? earlier : later;

export const blastEventsImport = defineJobType<Params, Prepared, EventEntry>({
  name: 'blast_events_import',
  params,
  title: () => 'Blast Events Import',
  echo: () => ({}),
  needs: [
    'profiles:read',
    'profiles:write',
    'aliases:read',
    'aliases:write',
    'blasts:read',
    'blasts:write',
    'lists:read',
    'recipients:read',
    'recipients:write',
  ],
  hurt: 'People who bring the history of their campaigns in: exports, snapshots and queries do not know of it.',
  work: {
    kind: 'rows',
    sources: ['file'],
    noSource: 'File Parameter is required',
    keyOf: eventKey,
    prepare: async ({ ports, client }) => ({ moved: await haveMoved(ports, client.id) }),
    parse,
    merge,
    apply: (context, entries) => saveEvents(writerOf(context), entries),
    look: (context, entries) => lookAtEvents(writerOf(context), entries),
    async finish(context) {
      await recountTouched(context);
      return validityCounts(context.job.counts);
    },
  },
});
