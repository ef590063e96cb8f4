// subscriber_import: brings subscribers into a list out of a table whose columns the request names, and says who may be overwritten.
import { normaliseAddress } from '../../files/address.ts';
import type { Header, InputRow } from '../../files/rows.ts';
import { defineJobType, type JobContext, type Reading } from '../define.ts';
import { Refusal, Reject } from '../errors.ts';
import { type Millis, newId } from '../job.ts';
import { offsetOf, readDate } from '../local-time.ts';
import { haveMoved } from '../people/aliases.ts';
import { type ConsentWord, type ListId, type Profile, sidOf } from '../profile.ts';
import { applyPatches, lookAtPatches, type PatchEntry, type Shape } from '../rows/apply-patches.ts';
import {
  ownColumns,
  type SubscriberParams,
  type SubscriberStatus,
  statuses,
  subscriberParams,
} from './subscriber-params.ts';

interface Prepared {
  list: ListId;
  /** Addresses of this client were changed. */
  moved: boolean;
  email: number;
  status: number;
  subscribeTime: number;
  /** Index and name of each column that becomes a variable. */
  vars: [index: number, name: string][];
}

interface Subscriber extends PatchEntry {
  status: SubscriberStatus;
}

type Context = JobContext<SubscriberParams, Prepared>;

/** Why a known subscriber is left alone: the words in the ledger, by what the status forbids. */
export const skipReasons: Record<SubscriberStatus | 'overwrite', string> = {
  overwrite: 'already in the list, which is not to be overwritten',
  active: 'active subscribers are not to be overwritten',
  unsubscribed: 'unsubscribed subscribers are not to be overwritten',
  bounced: 'bounced subscribers are not to be overwritten',
  deactivated: 'deactivated subscribers are not to be overwritten',
  scomp: 'subscribers who complained are not to be overwritten',
};

/** A profile of this many characters would not fit where profiles are kept (400 KB on DynamoDB). */
const maxCharacters = 100_000;
/** Columns of a mended rejected file that speak of the row, not of the person. */
const notes = ['_line', '_reason'];
const unkept = ['confirmed', 'email_format', 'subscribe_ip', 'remove_time', 'remove_ip'];

const columnsOf = ({ names }: Header): Omit<Prepared, 'list' | 'moved'> => ({
  email: names.indexOf('email'),
  status: names.indexOf('status'),
  subscribeTime: names.indexOf('subscribe_time'),
  vars: [...names.entries()].filter(
    ([, name]) => name !== '' && !notes.includes(name) && !(ownColumns as readonly string[]).includes(name),
  ),
});

const joinTime = ({ job }: Pick<Context, 'job'>): Millis => job.startedAt ?? job.createdAt;

/** No one who is not active gets mail again by being brought in; a complaint and a deactivation are kept as an opt-out. */
const consentOf = (status: SubscriberStatus): ConsentWord | undefined =>
  status === 'unsubscribed' || status === 'scomp' || status === 'deactivated' ? 'all' : undefined;

const statusOf = ({ optout, status }: Profile): SubscriberStatus => {
  if (optout !== undefined) return 'unsubscribed';
  return status === 'hardbounce' ? 'bounced' : 'active';
};

/** The date of a row, in the order of day and month that the request named. */
const dateOf = (cell: string, { client, params }: Pick<Context, 'client' | 'params'>): Millis | undefined => {
  const dayFirst = params.file_format.date_format === 'dmy';
  const text = dayFirst ? cell.replace(/^(\d{1,2})([/.-])(\d{1,2})\2(?=\d{4}\b)/, '$3/$1/') : cell;
  return readDate(text, offsetOf(client.settings.timeZone));
};

const parse = (context: Context, { cells, line }: InputRow): Subscriber | { reject: string } => {
  const { client, params, prepared } = context;
  const cellAt = (index: number): string => (index < 0 ? '' : (cells[index] ?? '').trim());
  const address = normaliseAddress(cells[prepared.email] ?? '');
  if ('reason' in address) return { reject: address.reason };
  const vars: Record<string, unknown> = Object.assign(Object.create(null), params.default_custom_fields);
  let characters = 0;
  for (const [index, name] of prepared.vars) {
    const cell = cells[index];
    if (!cell) continue;
    vars[name] = cell;
    characters += name.length + cell.length;
  }
  if (characters > maxCharacters) return { reject: 'the row has more than 100,000 characters of variables' };
  const word = (cellAt(prepared.status) || String(params.subscriber_defaults.status ?? 'active')).toLowerCase();
  const status = statuses.find((known) => known === word);
  if (!status) return { reject: `status is none of ${statuses.join(', ')}` };
  const subscribed = cellAt(prepared.subscribeTime);
  const joinedAt = subscribed === '' ? joinTime(context) : dateOf(subscribed, context);
  if (joinedAt === undefined) return { reject: 'subscribe_time is not a date' };
  const to = consentOf(status);
  return {
    key: sidOf(client.id, address.address),
    email: address.address,
    status,
    patch: {
      vars,
      lists: { [prepared.list]: joinedAt },
      ...(status === 'bounced' && { more: { status: 'hardbounce', statusAt: joinTime(context) } }),
    },
    ...(to && { consent: { to, line } }),
  };
};

const optionsFor = (context: Context) => ({ moved: context.prepared.moved, shape: shapeFor(context) });

/** Who is in the list already is skipped, or overwritten with what the request allows. */
const shapeFor =
  (context: Context): Shape =>
  (entry, profile) => {
    const { job, params, prepared } = context;
    const { patch, status, consent } = entry as Subscriber;
    const since = profile.lists[prepared.list];
    // An earlier run of the same chunk did this: it comes to the same again.
    const isOurs = profile.createdBy === job.id || profile.changedBy === job.id;
    if (since === undefined || (isOurs && since === patch.lists?.[prepared.list]))
      return { patch, ...(consent && { consent }), outcome: 'created' };
    const was = statusOf(profile);
    if (!isOurs && !params.overwrite) return { skip: skipReasons.overwrite };
    if (!isOurs && !params.overwrite_when_status[was]) return { skip: skipReasons[was] };
    const { custom_fields: fields, status: states } = params.overwrite_what;
    const isWell = status === 'active' && profile.status === 'hardbounce';
    const more = isWell ? { status: 'valid' as const, statusAt: joinTime(context) } : patch.more;
    return {
      patch: { ...(fields && patch.vars && { vars: patch.vars }), ...(states && more && { more }) },
      // Only here, where it was asked for three times over, does an import give someone's mail back.
      ...(states && { consent: consent ?? { to: status === 'active' ? 'none' : (profile.optout ?? 'none') } }),
    };
  };

const reading = (params: SubscriberParams): Reading => {
  const { csv_field_separator: delimiter, csv_has_headers: hasHeader, ...format } = params.file_format;
  const names = params.column_mapping;
  return {
    columns: { delimiter, names, email: names.indexOf('email'), hasHeader },
    latin1: !params.is_text && format.character_set.toUpperCase() === 'ISO-8859-1',
    singleQuotes: format.csv_field_enclosure === "'",
  };
};

export const subscriberImport = defineJobType<SubscriberParams, Prepared, Subscriber>({
  name: 'subscriber_import',
  params: subscriberParams,
  async admit({ list }, client, { lists }) {
    if ((await lists.find(client, list))?.details.query)
      throw new Refusal('invalid_list_name', `Invalid list name: ${list} (a smart list has whoever matches its query)`);
  },
  title: ({ list }) => `List Import: ${list}`,
  echo: ({ list }) => ({ list }),
  needs: ['profiles:read', 'profiles:write', 'lists:read', 'lists:write', 'aliases:read', 'aliases:write'],
  hurt: 'People whose import of subscribers does not end: their lists miss new members and changed variables.',
  work: {
    kind: 'rows',
    sources: ['file'],
    noSource: 'One of the following parameters is required: url, or file',
    reading,
    check(_, { names }) {
      if (!names.includes('email')) throw new Reject('No column is called email');
      const left = unkept.filter((name) => names.includes(name));
      return left.length > 0 ? [`Columns that are not kept: ${left.join(', ')}`] : [];
    },
    async prepare({ ports, client, job, params }, header) {
      const now = joinTime({ job });
      // A plan makes no list: an id that nothing has yet stands for one that is missing.
      const isPlan = job.mode === 'plan';
      const list = isPlan
        ? await ports.lists.find(client.id, params.list)
        : await ports.lists.ensure(client.id, params.list, now);
      return { list: list?.id ?? newId(now), moved: await haveMoved(ports, client.id), ...columnsOf(header) };
    },
    parse,
    // Who comes twice is taken as the first row says.
    merge: (earlier) => earlier,
    apply: (context, entries) => applyPatches(context, entries, optionsFor(context)),
    look: (context, entries) => lookAtPatches(context, entries, optionsFor(context)),
    async finish({ ports, client, job, params, prepared }) {
      const { created = 0, updated = 0, unchanged = 0, skipped = 0 } = job.counts;
      const before = (await ports.lists.find(client.id, params.list))?.sizeHint ?? 0;
      const size = Math.max(before + created, created + updated + unchanged + skipped);
      const fields = [...prepared.vars.map(([, name]) => name), ...Object.keys(params.default_custom_fields)];
      await ports.lists.learn(client.id, params.list, { vars: [...new Set(fields)], size });
      return undefined;
    },
  },
});
