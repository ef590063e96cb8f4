// Ad plans: which plan takes which zones of a mail on which days.
import type { ClientId, Millis } from '../job.ts';
import { newId } from '../job.ts';
import type { Ports } from '../ports.ts';
import { allOf, changeRecord } from './change-record.ts';

export const weekdays = ['Sun', 'Mon', 'Tue', 'Wed', 'Thu', 'Fri', 'Sat'] as const;
export type Weekday = (typeof weekdays)[number];

export type AdPlan = {
  /** 24 lower-case hex digits. */
  id: string;
  name: string;
  list?: string;
  /** The days of the week on which it runs. */
  schedule: Weekday[];
  /** Single days (`yyyymmdd`): 1 it runs, -1 it does not, 0 as the week says. */
  days: Record<string, 1 | -1 | 0>;
  zones: string[];
  createdAt: Millis;
  modifiedAt: Millis;
};

type Stores = Pick<Ports, 'records' | 'clock'>;

const part = 'ad-plans';

/** All plans, in order of name. May be a moment old. */
export const listAdPlans = (ports: Pick<Ports, 'records'>, client: ClientId): Promise<AdPlan[]> =>
  allOf<AdPlan>(ports, client, 'blasts', part);

export const findAdPlan = async (
  { records }: Pick<Ports, 'records'>,
  client: ClientId,
  name: string,
): Promise<AdPlan | undefined> => {
  const [found] = await records.read(client, 'blasts', [{ part, sort: name }], { fresh: true });
  return found?.value as AdPlan | undefined;
};

/** Makes the plan of that name, or changes it: what is not given stays. */
export const saveAdPlan = (
  ports: Stores,
  client: ClientId,
  name: string,
  fields: Partial<Pick<AdPlan, 'list' | 'schedule' | 'days' | 'zones'>>,
): Promise<AdPlan> => {
  const now = ports.clock.now();
  const made = { id: newId(now), name, schedule: [], days: {}, zones: [], createdAt: now };
  return changeRecord<AdPlan, AdPlan>(
    ports,
    client,
    { table: 'blasts', part, sort: name },
    (before = { ...made, modifiedAt: now }) => ({
      ...before,
      ...fields,
      modifiedAt: now,
    }),
  );
};
