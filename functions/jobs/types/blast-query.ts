// blast_query: who got a campaign and what they did, as a CSV, byte for byte as clients of the Sailthru API know it.
import { hash } from 'node:crypto';
import { z } from 'zod';
import { csvLine, guardFormula } from '../../files/csv-out.ts';
import { isOut } from '../campaigns/blast.ts';
import { defineJobType, type JobContext, type Slice, type SliceResult } from '../define.ts';
import { Refusal } from '../errors.ts';
import type { Millis } from '../job.ts';
import { checkLists } from '../query/matching.ts';
import { queryParam } from '../query/query-param.ts';
import { audience, audienceSlices, type Reached } from '../recipients/audience.ts';
import { blastParam, knownBlast } from '../recipients/blast-param.ts';
import { countDevices, topDeviceOf } from '../recipients/happenings.ts';

const params = z.object({ blast_id: blastParam, query: queryParam.optional() });
type Params = z.infer<typeof params>;
type Context = JobContext<Params, null>;

const header = csvLine([
  'profile_id',
  'email hash',
  'send_time',
  'open_time',
  'click_time',
  'first_ten_clicks',
  'purchase_time',
  'device',
  'first_ten_clicks_time',
]);

const shownClicks = 10;

/** `YYYY-MM-DD HH:MM:SS` in UTC: unlike list exports, this one does not show the client's clock. */
const utcTime = (at: Millis | undefined): string =>
  at === undefined ? '' : new Date(at).toISOString().slice(0, 19).replace('T', ' ');

const lineOf = ({ profile, happenings }: Reached, guard: (cell: string) => string): string => {
  const { send, open, click, purchase } = happenings;
  const devices = new Map<string, number>();
  countDevices(happenings, devices);
  // Readers pair addresses and times: a click without an address has no place among them.
  const clicks = (click?.first ?? []).filter(({ url }) => url !== undefined).slice(0, shownClicks);
  return csvLine([
    profile.sid,
    hash('md5', profile.email, 'hex'),
    utcTime(send?.first[0]?.at),
    utcTime(open?.first[0]?.at),
    utcTime(click?.first[0]?.at),
    clicks.map(({ url }) => url).join(' '),
    utcTime(purchase?.first[0]?.at),
    guard(topDeviceOf(devices) ?? ''),
    clicks.map(({ at }) => utcTime(at)).join('|'),
  ]);
};

/** Text that is gathered before it goes on its way. */
const blockSize = 64 * 1024;

async function* write(context: Context, slice: Slice): AsyncGenerator<string, SliceResult> {
  const { blast_id: blast, query } = context.params;
  const guard = context.client.settings.guardFormulas ? guardFormula : (cell: string) => cell;
  let rows = 0;
  let block = '';
  for await (const reached of audience(context, { blast, query }, slice)) {
    rows += reached.length;
    for (const each of reached) block += lineOf(each, guard);
    if (block.length < blockSize) continue;
    yield block;
    block = '';
  }
  if (block !== '') yield block;
  return { rows, marks: [] };
}

const day = 24 * 3600_000;

export const blastQuery = defineJobType<Params, null, never>({
  name: 'blast_query',
  params,
  async admit({ blast_id, query }, client, ports, { blastQueryDays }) {
    const blast = await knownBlast(ports, client, blast_id);
    if (!isOut(blast)) throw new Refusal('blast_not_exportable', 'You may not export a blast that has not been sent');
    const sentAt = blast.startAt ?? blast.scheduleAt ?? blast.createdAt;
    if (blastQueryDays !== undefined && sentAt < ports.clock.now() - blastQueryDays * day)
      throw new Refusal(
        'blast_not_exportable',
        `You may not export a blast that was sent more than ${blastQueryDays} days ago`,
      );
    if (query) await checkLists(query, client, ports);
  },
  title: ({ blast_id }) => `Blast Query: ${blast_id}`,
  echo: ({ blast_id }) => ({ blast_id }),
  needs: ['profiles:read', 'lists:read', 'blasts:read', 'recipients:read', 'exports:write'],
  hurt: 'People who wait for the export of a campaign: the file and its link do not come.',
  work: {
    kind: 'slices',
    file: {
      contentType: 'text/csv; charset=utf-8',
      name: ({ params: { blast_id } }) => `blast_${blast_id}.csv`,
      header: () => header,
    },
    async prepare(context) {
      return { prepared: null, slices: await audienceSlices(context, context.params.blast_id) };
    },
    write,
  },
});
