// /email: the older way to one person, by address; some clients still use it.
import { findPerson } from '../../../jobs/people/one-person.ts';
import { readPersonKey } from '../../../jobs/people/person-key.ts';
import type { Profile } from '../../../jobs/profile.ts';
import { rfc2822 } from '../dates.ts';
import { ApiError, missing } from '../errors.ts';
import type { Answer, Endpoint, EndpointCall } from './endpoint.ts';
import { reading } from './reading.ts';
import { send } from './send.ts';
import { invalidEmail, readChange, saveUser, userNotFound } from './user.ts';
import { listTimes } from './user-answer.ts';

const readAddress = ({ params }: EndpointCall, name: string) => {
  const text = params[name];
  const key = readPersonKey(text, 'email');
  if ('reject' in key) throw invalidEmail(text);
  return key;
};

const shown = async ({ ports, client }: EndpointCall, profile: Profile): Promise<Answer> => {
  const lists = listTimes(profile, await ports.lists.all(client.id));
  return {
    email: profile.email,
    lists: Object.fromEntries(lists.map(([name]) => [name, 1])),
    lists_signup: Object.fromEntries(lists.map(([name, at]) => [name, rfc2822(at, client.settings.timeZone)])),
    vars: Object.fromEntries(Object.entries(profile.vars)),
    optout: profile.optout ?? 'none',
    // Nobody is asked here to confirm an address.
    verified: 0,
    hardbounce: profile.status === 'hardbounce' ? 1 : 0,
    templates: profile.optoutTemplates ?? [],
  };
};

/** The change in the words of /user. */
const changeOf = (call: EndpointCall): Answer => {
  const { vars, lists, optout, templates, change_email: email } = call.params;
  // Whether 1 or 0 is the wish not to get mail is not documented: only a list of names cannot be misread.
  if (templates !== undefined && templates !== null && !Array.isArray(templates))
    throw new ApiError(400, 99, 'Invalid templates: an array of names, or optout_templates of /user');
  const keys = email === undefined || email === null || email === '' ? undefined : { email };
  return { vars, lists, optout, optout_templates: templates, keys };
};

export const email: Endpoint = {
  async GET(call) {
    if (reading(call).text('email') === undefined) throw missing('email');
    const key = readAddress(call, 'email');
    const profile = await findPerson(call, key);
    if (!profile) throw userNotFound(key);
    return shown(call, profile);
  },

  async POST(call) {
    if (reading(call).text('email') === undefined) throw missing('email');
    const key = readAddress(call, 'email');
    const profile = await saveUser(call, key, readChange(call, changeOf(call)));
    const { send: template, send_vars: vars } = call.params;
    if (template === undefined || template === null || template === '') return { ok: true };
    const sent = await send.POST?.({ ...call, params: { template, vars, email: profile.email } });
    return { ...sent, ok: true };
  },
};
