// /blast: campaigns. They are kept, scheduled and counted here, and sent by somebody else, who says so by `status`.
import type { BlastStatus } from '../../../jobs/campaigns/blast.ts';
import { contentOf, findBlast, removeBlast } from '../../../jobs/campaigns/blasts.ts';
import { type BlastRequest, saveBlast, unknownBlast } from '../../../jobs/campaigns/save-blast.ts';
import { Refusal } from '../../../jobs/errors.ts';
import { wholeBlastAnswer } from './blast-answer.ts';
import { listByStatus, statusWords } from './blast-list.ts';
import type { Endpoint } from './endpoint.ts';
import { readContent, readEnvelope } from './mail-content.ts';
import { invalid, type Reading, reading } from './reading.ts';

/** Kept as they come, and shown again: only whoever sends knows what they mean. */
const keptNames = [
  'mode',
  'replyto',
  'reply_to',
  'report_email',
  'seed_emails',
  'is_link_tracking',
  'is_google_analytics',
  'is_public',
  'link_params',
  'link_domain',
  'message_criteria',
  'email_hour_range',
  'abtest',
  'abtest_type',
  'abtest_segment',
  'abtest_final',
  'abtest_segments',
  'abtest_winner_metric',
  'abtest_final_time',
  'test_percent',
  'data_feed_url',
  'setup',
  'vars',
  'test_vars',
  'ad_plan',
  'autoconvert_text',
  'eval_template',
  'previous_blast_id',
  'paused',
];

/** An id that cannot be one is as unknown as one that nobody has. */
const idOf = (read: Reading, name: string): number | undefined => {
  const text = read.text(name)?.trim();
  if (text === undefined || text === '') return undefined;
  if (!/^[1-9]\d{0,14}$/.test(text)) throw unknownBlast(text);
  return Number(text);
};

/** One name, or an array of them: names may hold commas. */
const readLists = (read: Reading, name: string): string[] | undefined => {
  const given = read.given(name);
  if (typeof given !== 'string') return read.texts(name);
  const one = read.name(name);
  return one === undefined ? [] : [one];
};

const statusOf = (read: Reading): BlastStatus | undefined => {
  const word = read.text('status');
  if (word === undefined || word === '') return undefined;
  const status = statusWords.get(word);
  if (!status) throw invalid('status');
  return status;
};

const readRequest = (read: Reading): BlastRequest => {
  const [id, copyBlast, copyTemplate] = [idOf(read, 'blast_id'), idOf(read, 'copy_blast'), read.name('copy_template')];
  const [name, list] = [read.name('name'), read.name('list')];
  const [labels, suppressLists] = [read.texts('labels'), readLists(read, 'suppress_list')];
  // Given and empty: the schedule is taken back.
  const schedule = read.given('schedule_time') === '' ? null : read.moment('schedule_time');
  const [startAt, stopAt, status] = [read.moment('start_time'), read.moment('stop_time'), statusOf(read)];
  const more = read.kept(keptNames);
  return {
    ...(id !== undefined && { id, imported: read.flag('imported') ?? false }),
    ...(copyBlast !== undefined && { copyBlast }),
    ...(copyTemplate !== undefined && { copyTemplate }),
    fields: {
      ...(name !== undefined && { name }),
      ...(list !== undefined && { list }),
      ...readEnvelope(read),
      ...(labels && { labels }),
      ...(suppressLists && { suppressLists }),
      ...(Object.keys(more).length > 0 && { more }),
    },
    content: readContent(read),
    ...(schedule !== undefined && { schedule }),
    ...(status && { status }),
    ...(startAt !== undefined && { startAt }),
    ...(stopAt !== undefined && { stopAt }),
  };
};

export const blast: Endpoint = {
  async GET(call) {
    const { ports, client } = call;
    const read = reading(call);
    const id = idOf(read, 'blast_id');
    if (id === undefined && read.given('status') !== undefined) return listByStatus(call);
    const found = await findBlast(ports, client.id, read.needed('blast_id', id));
    if (!found) throw unknownBlast(id ?? '');
    return wholeBlastAnswer(found, await contentOf(ports, client.id, found), client);
  },

  async POST(call) {
    const { ports, client } = call;
    const saved = await saveBlast(ports, client.id, readRequest(reading(call)));
    return wholeBlastAnswer(saved, await contentOf(ports, client.id, saved), client);
  },

  async DELETE(call) {
    const { ports, client } = call;
    const read = reading(call);
    const id = read.needed('blast_id', idOf(read, 'blast_id'));
    const removed = await removeBlast(ports, client.id, id, ({ status }) => {
      if (status === 'sent') throw new Refusal('already_sent', `Cannot delete blast_id ${id}: it was sent already`);
      if (status === 'sending') throw new Refusal('already_sent', `Cannot delete blast_id ${id}: it is being sent`);
    });
    if (!removed) throw unknownBlast(id);
    return { ok: true, blast_id: id };
  },
};
