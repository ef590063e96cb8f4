// export_purchase_log: the purchases of up to 31 days in order of time, as a CSV.
import { defineJobType, type JobContext, type Slice, type SliceResult } from '../define.ts';
import { offsetOf } from '../local-time.ts';
import { purchasesBetween } from '../purchases/log.ts';
import { logHeader, logLine } from '../purchases/log-line.ts';
import { type DayRange, dayRange, daysIn, instantsOf } from '../requests/day-range.ts';

async function* write(context: JobContext<DayRange, null>, slice: Slice): AsyncGenerator<string, SliceResult> {
  const { ports, client, params } = context;
  const { timeZone, guardFormulas } = client.settings;
  const [start, end] = instantsOf(params, slice, offsetOf(timeZone));
  let rows = 0;
  for await (const purchases of purchasesBetween(ports, client.id, start, end)) {
    rows += purchases.length;
    yield purchases.map((purchase) => logLine(purchase, timeZone, guardFormulas)).join('');
  }
  return { rows, marks: [] };
}

export const exportPurchaseLog = defineJobType<DayRange, null, never>({
  name: 'export_purchase_log',
  params: dayRange,
  title: ({ start_date, end_date }) => `Export purchase logs from ${start_date} to ${end_date}`,
  echo: () => ({}),
  needs: ['purchases:read', 'exports:write'],
  hurt: 'People who wait for the log of purchases: the file and its link do not come.',
  work: {
    kind: 'slices',
    file: {
      contentType: 'text/csv; charset=utf-8',
      name: ({ params: { start_date, end_date } }) => `purchase_log-${start_date}-${end_date}.csv`,
      header: () => logHeader,
    },
    /** A slice for each day: slices are joined in their order, so that the file is in order of time. */
    prepare: async ({ params }) => ({
      prepared: null,
      slices: Array.from({ length: daysIn(params) }, (_, day) => ({ from: day, to: day + 1 })),
    }),
    write,
  },
});
