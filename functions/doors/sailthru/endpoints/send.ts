// /send: one message by a template, to one person or some. It is kept here and told to the team's own sender when it is to go.
import { Refusal } from '../../../jobs/errors.ts';
import type { Client } from '../../../jobs/ports.ts';
import { type Made, makeSends, type SendRequest } from '../../../jobs/sends/make-sends.ts';
import type { Send } from '../../../jobs/sends/send.ts';
import { cancelSend, findSend } from '../../../jobs/sends/sends.ts';
import { rfc2822 } from '../dates.ts';
import { ApiError } from '../errors.ts';
import type { Answer, Endpoint, EndpointCall } from './endpoint.ts';
import { invalid, isObject, type Reading, reading } from './reading.ts';

const maxAddresses = 1000;

/** What an address is refused for. The documents know a code 34 too, for what nothing here is. */
const refusals: Record<Exclude<Refused, 'address'>, readonly [code: number, text: string]> = {
  all: [32, 'User has opted out of everything'],
  template: [33, 'User has opted out of this template'],
  hardbounce: [35, 'Known hardbounce'],
  basic: [37, 'Only basic templates allowed'],
};
type Refused = Extract<Made, { refused: unknown }>['refused'];

const errorOf = (refused: Refused, email: string): ApiError => {
  if (refused === 'address') return new ApiError(400, 11, `Invalid email: ${email}`);
  const [code, text] = refusals[refused];
  return new ApiError(403, code, `${text}: ${email}`);
};

const statusOf = ({ state, refused }: Send): string => {
  if (state === 'scheduled') return 'scheduled';
  return refused === 'hardbounce' ? 'hardbounce' : 'unknown';
};

const shortAnswer = (send: Send, { settings }: Client): Answer => ({
  send_id: send.id,
  email: send.email,
  template: send.template,
  status: statusOf(send),
  send_key: null,
  ...(send.state === 'scheduled' && { schedule_time: rfc2822(send.dueAt, settings.timeZone) }),
});

/** All that whoever sends it needs. */
const wholeAnswer = (send: Send, client: Client): Answer => {
  const { timeZone } = client.settings;
  const [refusedCode] = send.refused ? refusals[send.refused] : [];
  return {
    ...send.more,
    ...shortAnswer(send, client),
    profile_id: send.sid,
    template_id: send.templateId,
    vars: send.vars,
    options: send.options,
    schedule_time: rfc2822(send.dueAt, timeZone),
    ...(send.outAt !== undefined && { send_time: rfc2822(send.outAt, timeZone) }),
    ...(refusedCode !== undefined && { refused_code: refusedCode }),
  };
};

/** A moment, or an object that says between which two; it is told at the first. */
const readSchedule = (call: EndpointCall, read: Reading): { at?: number; more: Record<string, unknown> } => {
  const given = read.given('schedule_time');
  if (!isObject(given)) {
    const at = read.moment('schedule_time');
    return { ...(at !== undefined && { at }), more: {} };
  }
  const at = reading({ ...call, params: given }).moment('start_time');
  if (at === undefined) throw new ApiError(400, 18, 'Invalid schedule_time');
  const { end_time, method } = given;
  return { at, more: { ...(end_time !== undefined && { end_time }), ...(method !== undefined && { method }) } };
};

const readRequest = (call: EndpointCall): SendRequest => {
  const read = reading(call);
  const template = read.needed('template', read.name('template'));
  const addresses = read.needed('email', read.given('email') === '' ? undefined : read.texts('email'));
  if (addresses.length === 0 || addresses.length > maxAddresses) throw invalid('email');
  const { at, more } = readSchedule(call, read);
  return {
    template,
    emails: addresses,
    vars: read.object('vars') ?? {},
    evars: read.object('evars') ?? {},
    options: read.object('options') ?? {},
    more: { ...read.kept(['limit', 'data_feed_url']), ...more },
    ...(at !== undefined && { at }),
  };
};

const manyAnswer = (template: string, made: readonly Made[]): Answer => {
  const sent = made.flatMap((each) => ('send' in each ? [[each.email, each.send.id] as const] : []));
  const refused = made.flatMap((each) => {
    if (!('refused' in each)) return [];
    const { code, message } = errorOf(each.refused, each.email);
    return [[each.email, { code, message }] as const];
  });
  const ids = Object.fromEntries(sent);
  return {
    sent_count: Object.keys(ids).length,
    send_ids: ids,
    template,
    ...(refused.length > 0 && { refused: Object.fromEntries(refused) }),
  };
};

const idOf = (read: Reading): string => read.needed('send_id', read.name('send_id'));
const unknown = (id: string): Refusal => new Refusal('send_not_found', `Unknown send_id: ${id}`);

export const send: Endpoint = {
  async POST(call) {
    const { ports, client } = call;
    const request = readRequest(call);
    const made = await makeSends(ports, client.id, request);
    const [only] = made;
    if (!only || made.length > 1) return manyAnswer(request.template, made);
    if ('refused' in only) throw errorOf(only.refused, only.email);
    return shortAnswer(only.send, client);
  },

  async GET(call) {
    const { ports, client } = call;
    const id = idOf(reading(call));
    const found = await findSend(ports, client.id, id);
    if (!found) throw unknown(id);
    return wholeAnswer(found, client);
  },

  async DELETE(call) {
    const { ports, client } = call;
    const id = idOf(reading(call));
    const found = await cancelSend(ports, client.id, id);
    if (!found) throw unknown(id);
    if (found.state !== 'scheduled')
      throw new Refusal('already_sent', `Cannot cancel send_id ${id}: it was sent already`);
    return { send_id: id, ok: true };
  },
};
