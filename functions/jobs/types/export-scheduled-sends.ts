// export_scheduled_sends: the sends that are still to come, in order of their times, as a CSV.
import { z } from 'zod';
import { csvLine, guardFormula } from '../../files/csv-out.ts';
import { defineJobType, type JobContext, type SliceResult } from '../define.ts';
import { offsetOf, slashTime } from '../local-time.ts';
import { rfc2822 } from '../rfc2822.ts';
import { scheduledSends } from '../sends/scheduled.ts';
import type { Send } from '../sends/send.ts';

const params = z.object({});
type Params = z.infer<typeof params>;

const columns = ['Send Id', 'Template', 'Email', 'Profile Id', 'Schedule Time'];

async function* write({ ports, client }: JobContext<Params, null>): AsyncGenerator<string, SliceResult> {
  const { guardFormulas, timeZone } = client.settings;
  const line = ({ id, template, email, sid, dueAt }: Send): string => {
    const cells = [id, template, email, sid, rfc2822(dueAt, timeZone)];
    return csvLine(guardFormulas ? cells.map(guardFormula) : cells);
  };
  let rows = 0;
  for await (const sends of scheduledSends(ports, client.id)) {
    rows += sends.length;
    yield sends.map(line).join('');
  }
  return { rows, marks: [] };
}

export const exportScheduledSends = defineJobType<Params, null, never>({
  name: 'export_scheduled_sends',
  params,
  title: () => 'Export Scheduled Sends',
  echo: () => ({}),
  needs: ['sends:read', 'exports:write'],
  hurt: 'People who wait for the list of scheduled sends: the file and its link do not come.',
  work: {
    kind: 'slices',
    file: {
      contentType: 'text/csv; charset=utf-8',
      // The day on which the job was asked for, on the client's clock.
      name: ({ job, client }) => {
        const day = slashTime(job.createdAt, offsetOf(client.settings.timeZone)).slice(0, 10);
        return `scheduled_sends-${day.replaceAll('/', '')}.csv`;
      },
      header: () => csvLine(columns),
    },
    /** One slice: sends stand in order of time over several parts, which are merged. */
    prepare: async () => ({ prepared: null, slices: [{ from: 0, to: 1 }] }),
    write,
  },
});
