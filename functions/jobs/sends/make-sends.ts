// A call that asks for sends: to whom, by which template, when. Who may not be sent it is left out, with the reason.
import { normaliseAddress } from '../../files/address.ts';
import { unknownTemplate } from '../campaigns/save-blast.ts';
import { findTemplate, type Template } from '../campaigns/template.ts';
import { Refusal } from '../errors.ts';
import type { ClientId, Millis } from '../job.ts';
import type { Ports } from '../ports.ts';
import { sidOf } from '../profile.ts';
import { peopleAt, type Refused, refusalOf } from './consent.ts';
import { newSendId, type Send } from './send.ts';
import { acceptSends } from './sends.ts';

export interface SendRequest {
  template: string;
  /** As they came. */
  emails: readonly string[];
  vars: Record<string, unknown>;
  /** Variables of one address, over the others. */
  evars: Record<string, unknown>;
  options: Record<string, unknown>;
  more: Record<string, unknown>;
  /** When it is to go; now when that has passed. */
  at?: Millis;
}

/** One for each address that was asked for, in their order. */
export type Made = { email: string } & ({ send: Send } | { refused: Refused | 'address' });

/** Of a send as JSON: within what a record holds. */
const maxLength = 60_000;

/** Makes the sends and tells those that are to go now. Throws Refusal for what is wrong with all of them. */
export const makeSends = async (ports: Ports, client: ClientId, request: SendRequest): Promise<Made[]> => {
  const template = await findTemplate(ports, client, request.template);
  if (!template) throw unknownTemplate(request.template);
  if (template.disabled) throw new Refusal('not_allowed', `The template is disabled: ${template.name}`);
  const read = request.emails.map((given) => ({ given, ...normaliseAddress(given) }));
  const addresses = [...new Set(read.flatMap((each) => ('address' in each ? [each.address] : [])))];
  const people = await peopleAt(ports, client, addresses);
  const asked = { template: template.name, basic: template.basic };
  const now = ports.clock.now();
  const sends = new Map<string, Send>();
  const made = read.map((each): Made => {
    if (!('address' in each)) return { email: each.given, refused: 'address' };
    const email = each.address;
    const refused = refusalOf(people.get(email), asked);
    if (refused) return { email, refused };
    // An address that comes twice is sent it once.
    const own = { ...request, evars: ownVars(request.evars, each) };
    const sid = people.get(email)?.sid ?? sidOf(client, email);
    const send = sends.get(email) ?? sendTo({ email, sid }, template, own, now);
    sends.set(email, send);
    return { email, send };
  });
  for (const send of sends.values())
    if (JSON.stringify(send).length > maxLength) throw new Refusal('invalid_parameter', 'Invalid vars');
  await acceptSends(ports, client, [...sends.values()]);
  return made;
};

const ownVars = (evars: SendRequest['evars'], { given, address }: { given: string; address: string }) => {
  const name = [given, address].find((text) => Object.hasOwn(evars, text));
  const own = name === undefined ? {} : evars[name];
  return typeof own === 'object' && own !== null && !Array.isArray(own) ? { ...own } : {};
};

const sendTo = (to: Pick<Send, 'email' | 'sid'>, template: Template, request: SendRequest, now: Millis): Send => {
  const { vars, evars, options, more, at = now } = request;
  return {
    id: newSendId(),
    state: at > now ? 'scheduled' : 'due',
    template: template.name,
    templateId: template.id,
    ...to,
    vars: { ...vars, ...evars },
    options,
    more,
    createdAt: now,
    dueAt: Math.max(at, now),
  };
};
