// POST /event: something that somebody did, told on to the team's other systems.
import { readPersonKey } from '../../../jobs/people/person-key.ts';
import { tellEvent } from '../../../jobs/people/tell-event.ts';
import { ApiError } from '../errors.ts';
import type { Endpoint } from './endpoint.ts';
import { invalid, reading } from './reading.ts';

/** What happens by itself is told by nobody. */
const reserved = ['send', 'cancel', 'open', 'click', 'purchase', 'daily'];

/** Names get into logs: an address must not. */
const namePattern = /^[^@\p{Cc}]{1,100}$/u;

export const event: Endpoint = {
  async POST(call) {
    const { ports, client } = call;
    const read = reading(call);
    const id = read.needed('id', read.text('id'));
    const name = read.needed('event', read.text('event')).trim();
    if (reserved.includes(name.toLowerCase())) throw new ApiError(400, 99, `The event name "${name}" is reserved`);
    if (!namePattern.test(name)) throw invalid('event');
    read.object('vars');
    const key = readPersonKey(id, read.text('key'));
    if ('reject' in key)
      throw new ApiError(400, /@/.test(id) ? 11 : 99, /@/.test(id) ? `Invalid email: ${id}` : 'Invalid id');
    if (!(await tellEvent(ports, client, key, name))) throw new ApiError(404, 99, `Unknown user: ${id}`);
    return { ok: true };
  },
};
