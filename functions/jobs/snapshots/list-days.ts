// What was counted of a list on a day, kept so that it can be told later: the last snapshot of each day counts.
import type { ClientId, Millis } from '../job.ts';
import type { Offset } from '../local-time.ts';
import type { Ports } from '../ports.ts';
import type { ListId } from '../profile.ts';
import type { Query } from '../query/query.ts';
import type { Aggregate } from './aggregate.ts';
import { engagementCounts, signupMonths } from './people.ts';

type Stores = Pick<Ports, 'records'>;

/** Counters as `GET /stats` shows them. */
export interface ListDay {
  /** `yyyymmdd` on the client's clock. */
  day: number;
  countedAt: Millis;
  counts: Record<string, unknown>;
}

/** Stands for the whole base. */
export const wholeBase = 'all';
const partOf = (list: ListId | typeof wholeBase): string => `list#${list}`;
const table = 'recipients';
/** Behind every day. */
const never = '99999999';

/** The day on the client's clock, as a number of eight digits. */
export const dayOf = (at: Millis, offset: Offset): number =>
  Number(new Date(at + offset(at)).toISOString().slice(0, 10).replaceAll('-', ''));

/** The list whose members, all of them, the query means; undefined when it means others. */
export const listMeant = ({ source, criteria }: Query): string | typeof wholeBase | undefined => {
  if (criteria.length > 0) return undefined;
  if (!source) return wholeBase;
  return source.lists.length === 1 ? source.lists[0] : undefined;
};

/** Counters of a list, out of a snapshot of its people. */
export const countsOf = (all: Aggregate): Record<string, unknown> => ({
  email_count: all.number('email_count'),
  valid_count: all.number('valid_count'),
  ...Object.fromEntries(Object.entries(engagementCounts(all)).map(([word, count]) => [`${word}_count`, count])),
  lists_count: all.number('lists_count'),
  signup_month: signupMonths(all),
  source_count: all.topCounts('source'),
});

export const saveListDay = async (
  { records }: Stores,
  client: ClientId,
  list: ListId | typeof wholeBase,
  day: ListDay,
): Promise<void> => {
  await records.write(client, table, [{ part: partOf(list), sort: String(day.day), value: { ...day } }]);
};

/** The counters of that day; without one, those of the last day on which there were any. */
export const readListDay = async (
  { records }: Stores,
  client: ClientId,
  list: ListId | typeof wholeBase,
  day?: number,
): Promise<ListDay | undefined> => {
  const bounds = day === undefined ? { to: never } : { from: String(day), to: String(day + 1) };
  for await (const page of records.range(client, table, partOf(list), { ...bounds, descending: true, limit: 1 }))
    for (const { value } of page) return value as unknown as ListDay;
  return undefined;
};
