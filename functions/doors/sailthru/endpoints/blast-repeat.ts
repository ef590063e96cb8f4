// /blast_repeat: what a team says of the campaigns that it repeats. They are kept and shown; nothing is sent by them.
import { listRepeats, type Repeat, removeRepeat, saveRepeat } from '../../../jobs/campaigns/repeat.ts';
import type { Client } from '../../../jobs/ports.ts';
import { rfc2822 } from '../dates.ts';
import { ApiError } from '../errors.ts';
import type { Answer, Endpoint } from './endpoint.ts';
import { invalid, reading } from './reading.ts';

export const repeatLists = ['days', 'days_month', 'seed_emails', 'errors'];
export const repeatFacts = [
  'name',
  'list',
  'template',
  'template_id',
  'status',
  'send_time',
  'generate_time',
  'report_email',
  'start_date',
  'end_date',
  'suppress_list',
  'error_time',
  'previous_blast_id',
  'message_criteria',
  'is_static',
  'data_feed_url',
];

/** Every key that extractors know is there; `modify_time` is the one that they go on from. */
const answerOf = ({ id, more, createdAt, modifiedAt }: Repeat, { settings }: Client): Answer => ({
  repeat_id: id,
  ...Object.fromEntries(repeatFacts.map((name) => [name, more[name] ?? null])),
  ...Object.fromEntries(repeatLists.map((name) => [name, more[name] ?? []])),
  status: more.status ?? 'active',
  create_time: rfc2822(createdAt, settings.timeZone),
  modify_time: rfc2822(modifiedAt, settings.timeZone),
  create_user: null,
  modify_user: null,
});

const unknownRepeat = (id: string): ApiError => new ApiError(404, 99, `Unknown repeat_id: ${id}`);

export const blastRepeat: Endpoint = {
  async GET({ ports, client }) {
    return { repeats: (await listRepeats(ports, client.id)).map((repeat) => answerOf(repeat, client)) };
  },

  async POST(call) {
    const { ports, client } = call;
    const read = reading(call);
    const id = read.name('repeat_id');
    const more = read.kept(repeatFacts);
    for (const name of repeatLists) {
      const texts = read.texts(name);
      if (texts) more[name] = texts;
    }
    if (id === undefined) {
      read.needed('name', read.name('name'));
      read.needed('list', read.name('list'));
    }
    if (id !== undefined && !/^[0-9a-f]{24}$/.test(id)) throw invalid('repeat_id');
    const saved = await saveRepeat(ports, client.id, id, more);
    if (!saved) throw unknownRepeat(id ?? '');
    return answerOf(saved, client);
  },

  async DELETE(call) {
    const { ports, client } = call;
    const read = reading(call);
    const id = read.needed('repeat_id', read.name('repeat_id'));
    if (!(await removeRepeat(ports, client.id, id))) throw unknownRepeat(id);
    return { ok: true, repeat_id: id };
  },
};
