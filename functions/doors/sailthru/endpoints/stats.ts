// GET /stats: what was counted of lists, campaigns and templates. Nothing is counted while a caller waits.
import { findBlast } from '../../../jobs/campaigns/blasts.ts';
import { offsetOf, readDate } from '../../../jobs/local-time.ts';
import { readBlastId } from '../../../jobs/recipients/read-event.ts';
import { readParts } from '../../../jobs/recipients/recount.ts';
import { dayOf, readListDay, wholeBase } from '../../../jobs/snapshots/list-days.ts';
import { rfc2822 } from '../dates.ts';
import { ApiError, missing } from '../errors.ts';
import type { Answer, Endpoint, EndpointCall } from './endpoint.ts';

/** What a call may ask for besides the totals, each by a flag; those that this product does not know are empty. */
export const statsParts = [
  'clickmap',
  'urls',
  'device',
  'domain',
  'subject',
  'engagement',
  'signup',
  'topusers',
  'beacon_times',
  'click_times',
  'purchase_times',
  'purchase_items',
  'banners',
] as const;

const shown = (value: unknown): string =>
  (typeof value === 'string' || typeof value === 'number' ? String(value) : '').slice(0, 200);
const given = (value: unknown): boolean => value !== undefined && value !== null && value !== '';
const isSet = (value: unknown): boolean => [1, '1', true, 'true'].includes(value as never);

const unknown = (what: unknown): ApiError => new ApiError(404, 99, `Unable to find stats for ${shown(what)}`);
/** Extractors try again later for this status and code alone. */
const notReady = (what: unknown): ApiError => new ApiError(400, 99, `The stats for ${shown(what)} are not ready yet`);

export const stats: Endpoint = {
  async GET(call) {
    const { stat } = call.params;
    if (!given(stat)) throw missing('stat');
    if (stat === 'list') return listStats(call);
    if (stat === 'blast') return blastStats(call);
    if (stat === 'send') return sendStats(call);
    throw new ApiError(400, 99, `Unknown stat: ${shown(stat)}`);
  },
};

/** Counters of a list, or of everyone: of the last snapshot, or of the one of a day. Until there is one, what the list itself knows. */
const listStats = async ({ ports, client, params }: EndpointCall): Promise<Answer> => {
  const name = given(params.list) ? shown(params.list) : '';
  const list = name === '' ? undefined : await ports.lists.find(client.id, name);
  if (name !== '' && !list) throw unknown(name);
  const offset = offsetOf(client.settings.timeZone);
  const asked = given(params.date) ? readDay(params.date, client.settings.timeZone) : undefined;
  const found = await readListDay(ports, client.id, list?.id ?? wholeBase, asked);
  if (found) {
    const { day, countedAt, counts } = found;
    return { day, list: name, count_time: rfc2822(countedAt, client.settings.timeZone), ...none, ...counts };
  }
  const now = ports.clock.now();
  const today = dayOf(now, offset);
  if (asked !== undefined && asked !== today) throw unknown(shown(params.date));
  const people = list?.sizeHint ?? 0;
  const counts = { ...none, email_count: people, valid_count: people };
  return { day: today, list: name, count_time: rfc2822(now, client.settings.timeZone), ...counts };
};

/** Who joined and left on a day is not counted. */
const none = {
  email_count: 0,
  valid_count: 0,
  lists_signup_count: 0,
  lists_remove_count: 0,
  signup_month: {},
  source_count: {},
  source_signup_count: {},
};

const readDay = (value: unknown, timeZone: string): number => {
  const text = shown(value).trim();
  const digits = /^(\d{4})-?(\d{2})-?(\d{2})$/.exec(text);
  const offset = offsetOf(timeZone);
  const at = readDate(digits ? `${digits[1]}-${digits[2]}-${digits[3]}` : text, offset);
  if (at === undefined) throw new ApiError(400, 18, `Invalid date: ${text}`);
  return dayOf(at, offset);
};

const blastStats = async ({ ports, client, params }: EndpointCall): Promise<Answer> => {
  if (!given(params.blast_id)) throw missing('blast_id');
  const id = readBlastId(params.blast_id);
  const blast = id === undefined ? undefined : await findBlast(ports, client.id, id);
  if (!blast) throw unknown(params.blast_id);
  const counted = await readParts(ports, client.id, blast.id);
  if (!counted || !blast.stats) throw notReady(blast.id);
  const { total } = blast.stats;
  const all: Record<string, Record<string, unknown>> = {
    ...counted.parts,
    ...(blast.subject !== undefined && { subject: { [blast.subject]: total } }),
  };
  const asked = statsParts.filter((name) => isSet(params[name]));
  return { blast_id: blast.id, ...total, ...Object.fromEntries(asked.map((name) => [name, all[name] ?? {}])) };
};

/** Mails of templates are sent, and counted, elsewhere. */
const sendStats = async ({ params }: EndpointCall): Promise<Answer> => {
  if (!given(params.template)) throw missing('template');
  return { template: shown(params.template), count: 0, open_total: 0, click_total: 0, optout: 0 };
};
