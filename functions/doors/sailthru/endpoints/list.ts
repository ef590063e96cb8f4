// /list: the lists of a client. Members are not in its answers: an export_list_data job gives those.

import { blastsInUse } from '../../../jobs/campaigns/blasts.ts';
import type { Client, List, ListDetails } from '../../../jobs/ports.ts';
import { checkLists } from '../../../jobs/query/matching.ts';
import { parseQuery } from '../../../jobs/query/parse-query.ts';
import { listName } from '../../../jobs/requests/params.ts';
import { submit } from '../../../jobs/submit.ts';
import { rfc2822 } from '../dates.ts';
import { ApiError, missing } from '../errors.ts';
import type { Answer, Endpoint, EndpointCall } from './endpoint.ts';
import { absent, objectIn, textIn } from './read.ts';

const defaultLimit = 50_000;

const kindOf = ({ details }: List): 'smart' | 'normal' => (details.query ? 'smart' : 'normal');

/** Counts are what imports and exports told last; nobody counts the members for an answer. */
const inAll = (client: Client, list: List): Answer => ({
  list_id: list.id,
  name: list.name,
  email_count: list.sizeHint,
  valid_count: list.sizeHint,
  create_time: rfc2822(list.createdAt, client.settings.timeZone),
  type: kindOf(list),
});

const one = (client: Client, list: List): Answer => ({
  list_id: list.id,
  list: list.name,
  create_time: rfc2822(list.createdAt, client.settings.timeZone),
  send_time: null,
  count: list.sizeHint,
  type: kindOf(list),
  primary: list.details.primary ?? false,
  vars: list.details.custom ?? {},
  public_name: list.details.publicName ?? '',
  ...(list.details.query && { query: list.details.query }),
});

const unknownList = (name: string): ApiError => new ApiError(404, 15, `Unknown list: ${name}`);

const find = async ({ ports, client, params }: EndpointCall): Promise<List> => {
  const [name, id] = [textIn(params, 'list'), textIn(params, 'list_id')];
  if (name !== undefined) {
    const list = await ports.lists.find(client.id, name);
    if (!list) throw unknownList(name);
    return list;
  }
  const list = (await ports.lists.all(client.id)).find((each) => each.id === id);
  if (!list) throw unknownList(id ?? '');
  return list;
};

const all = async ({ ports, client, params }: EndpointCall): Promise<Answer> => {
  const primary = textIn(params, 'primary');
  const limit = Number(textIn(params, 'limit') ?? defaultLimit);
  if (!Number.isInteger(limit) || limit < 0) throw new ApiError(400, 99, 'Invalid limit');
  const lists = await ports.lists.all(client.id);
  const chosen = lists.filter(({ details }) => primary === undefined || (details.primary ?? false) === isOn(primary));
  return { lists: chosen.slice(0, limit || defaultLimit).map((list) => inAll(client, list)) };
};

const isOn = (word: string): boolean => /^(1|true)$/i.test(word);

const detailsOf = async ({ ports, client, params }: EndpointCall): Promise<ListDetails> => {
  const query = absent(params.query) ? undefined : objectIn(params, 'query');
  if (query) await checkLists(parseQuery(query), client.id, ports);
  const [primary, publicName, custom] = [textIn(params, 'primary'), textIn(params, 'public_name'), params.vars];
  return {
    ...(query && { query }),
    ...(primary !== undefined && { primary: isOn(primary) }),
    ...(publicName !== undefined && { publicName }),
    ...(!absent(custom) && { custom: objectIn(params, 'vars') }),
  };
};

export const list: Endpoint = {
  async GET(call) {
    if (absent(call.params.list) && absent(call.params.list_id)) return all(call);
    return one(call.client, await find(call));
  },

  /** Makes or changes a list; addresses in `emails` are brought in by an import job, which goes on after the answer. */
  async POST(call) {
    const { ports, client, params } = call;
    const name = textIn(params, 'list');
    if (name === undefined) throw missing('list');
    if (!listName.safeParse(name).success) throw new ApiError(400, 99, `Invalid list name: ${name.slice(0, 200)}`);
    const type = textIn(params, 'type');
    if (type !== undefined && !['normal', 'smart'].includes(type)) throw new ApiError(400, 99, 'Invalid type');
    const details = await detailsOf(call);
    const before = await ports.lists.find(client.id, name);
    if (type === 'smart' && !details.query && !before?.details.query) throw missing('query');
    // Members of a natural list would be lost from sight: they are not who matches the query.
    if (details.query && before && !before.details.query) throw new ApiError(400, 99, `${name} is not a smart list`);
    const made = await ports.lists.describe(client.id, name, details, ports.clock.now());
    if (!absent(params.emails))
      await submit(ports, client, { door: 'sailthru', type: 'import', params: { list: name, emails: params.emails } });
    const { list_id: _, ...answer } = one(client, made);
    return answer;
  },

  async DELETE(call) {
    const { ports, client } = call;
    if (absent(call.params.list) && absent(call.params.list_id)) throw missing('list');
    const found = await find(call);
    if ((await blastsInUse(ports, client.id)).has(found.name))
      throw new ApiError(400, 99, `The list ${found.name} is used by a campaign that is scheduled or being sent`);
    await ports.lists.erase(client.id, [found]);
    return { list: found.name, ok: true };
  },
};
