// A person as this protocol shows one: what is there without asking, and what `fields` asks for.
import { engagementOf } from '../../../jobs/exports/engagement.ts';
import { offsetOf } from '../../../jobs/local-time.ts';
import type { Client, List, Ports } from '../../../jobs/ports.ts';
import type { Profile } from '../../../jobs/profile.ts';
import { purchasesOf } from '../../../jobs/purchases/person.ts';
import { matcher } from '../../../jobs/query/matcher.ts';
import { parseQuery } from '../../../jobs/query/parse-query.ts';
import { findLists } from '../../../jobs/query/source.ts';
import { rfc2822 } from '../dates.ts';
import type { Answer } from './endpoint.ts';
import { shownPurchase } from './purchase.ts';

interface View {
  ports: Ports;
  client: Client;
  profile: Profile;
}

type Time = (at: number | undefined) => string | null;
const timeIn =
  ({ settings }: Client): Time =>
  (at) =>
    at === undefined ? null : rfc2822(at, settings.timeZone);

/** Shown when nothing is asked for. */
const usual = ['keys', 'vars', 'lists', 'engagement', 'optout_email'];

const keysOf = ({ sid, email, keys = {} }: Profile): Answer => {
  const { cookie, ...others } = keys;
  return { sid, ...(cookie !== undefined && { cookie }), email, ...others };
};

/** Names of the client's natural lists that the person is in, with the times of joining; what was erased has no name. */
export const listTimes = ({ lists }: Profile, all: readonly List[]): [name: string, at: number][] =>
  all.flatMap(({ id, name }) => (Object.hasOwn(lists, id) ? [[name, lists[id] ?? 0] as [string, number]] : []));

const smartLists = async ({ ports, client, profile }: View): Promise<string[]> => {
  const found: string[] = [];
  for (const { name, details } of await ports.lists.all(client.id)) {
    if (!details.query) continue;
    const query = parseQuery(details.query);
    const lists = await findLists(query, (list) => ports.lists.find(client.id, list));
    const context = { now: ports.clock.now(), offset: offsetOf(client.settings.timeZone), lists };
    if (matcher(query, context)(profile)) found.push(name);
  }
  return found;
};

const purchases = async ({ ports, client, profile }: View, incomplete: boolean): Promise<Answer[]> => {
  const all = (await purchasesOf({ ports, client }, [profile.sid])).get(profile.sid) ?? [];
  const wanted = all.filter((purchase) => (purchase.incomplete ?? false) === incomplete);
  return wanted.map((purchase) => shownPurchase(purchase, client));
};

const fields: Readonly<Record<string, (view: View, time: Time) => unknown>> = {
  keys: ({ profile }) => keysOf(profile),
  // Made from entries, so that a variable `__proto__` is one like any other.
  vars: ({ profile }) => Object.fromEntries(Object.entries(profile.vars)),
  lists: async ({ ports, client, profile }, time) =>
    Object.fromEntries(listTimes(profile, await ports.lists.all(client.id)).map(([name, at]) => [name, time(at)])),
  engagement: ({ profile, ports }) => engagementOf(profile, ports.clock.now()),
  optout_email: ({ profile }) => profile.optout ?? 'none',
  activity: ({ profile: { signupAt, createdAt, optoutAt, stats = {} } }, time) => ({
    signup_time: time(signupAt),
    create_time: time(createdAt),
    open_time: time(stats.lastOpen),
    click_time: time(stats.lastClick),
    login_time: null,
    view_time: time(stats.lastPageview),
    optout_time: time(optoutAt),
  }),
  device: ({ profile: { stats = {} } }) => ({ top_device_email: stats.topDevice ?? null }),
  lifetime: ({ profile: { stats = {} } }) => ({
    lifetime_message: stats.messages ?? 0,
    lifetime_pv: stats.pageviews ?? 0,
    lifetime_open: stats.opens ?? 0,
    lifetime_click: stats.clicks ?? 0,
    lifetime_purchase: stats.purchases ?? 0,
    lifetime_purchase_price: stats.purchasePrice ?? 0,
  }),
  purchase_incomplete: (view) => purchases(view, true),
  purchases: (view) => purchases(view, false),
  smart_lists: smartLists,
  optout_templates: ({ profile }) => profile.optoutTemplates ?? [],
};

/** The fields that `asked` names with a truthy value, in the order in which they are named; the usual ones when it names none. */
export const userAnswer = async (view: View, asked: Answer): Promise<Answer> => {
  const named = Object.keys(asked).filter((name) => asked[name] && asked[name] !== '0' && Object.hasOwn(fields, name));
  const names = named.length > 0 ? named : usual;
  const answer: Answer = {};
  for (const name of names) answer[name] = await fields[name]?.(view, timeIn(view.client));
  return answer;
};
