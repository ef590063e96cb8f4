// /ad/plan: which plan of ads takes which zones on which days.
import {
  type AdPlan,
  findAdPlan,
  listAdPlans,
  saveAdPlan,
  type Weekday,
  weekdays,
} from '../../../jobs/campaigns/ad-plan.ts';
import { daysBetween } from '../../../jobs/campaigns/inventory.ts';
import type { Client } from '../../../jobs/ports.ts';
import { rfc2822 } from '../dates.ts';
import type { Answer, Endpoint } from './endpoint.ts';
import { invalid, isObject, type Reading, reading } from './reading.ts';

const maxDays = 2000;

const answerOf = ({ id, name, list, schedule, days, zones, modifiedAt }: AdPlan, { settings }: Client): Answer => ({
  plan_id: id,
  name,
  list: list ?? '',
  schedule,
  schedule_days: days,
  zones,
  modify_time: rfc2822(modifiedAt, settings.timeZone),
});

const readSchedule = (read: Reading): Weekday[] | undefined =>
  read.texts('schedule')?.map((text) => {
    const day = weekdays.find((weekday) => weekday.toLowerCase() === text.slice(0, 3).toLowerCase());
    if (!day) throw invalid('schedule');
    return day;
  });

const readDays = (read: Reading): AdPlan['days'] | undefined => {
  const days = read.object('schedule_days');
  if (!days) return undefined;
  if (Object.keys(days).length > maxDays) throw invalid('schedule_days');
  const entries = Object.entries(days).map(([day, word]) => {
    const value = Number(word);
    if (daysBetween(day, day) === undefined || !(value === 1 || value === -1 || value === 0))
      throw invalid('schedule_days');
    return [day, value] as const;
  });
  return Object.fromEntries(entries);
};

/** Names in an array or text, or an object whose keys are the names. */
const readZones = (read: Reading): string[] | undefined => {
  const zones = read.given('zones');
  const named = isObject(zones) && !Object.keys(zones).every((key) => /^\d+$/.test(key));
  const names = named ? Object.keys(zones) : read.texts('zones');
  if (names && (names.length > 200 || names.some((name) => name.length > 200))) throw invalid('zones');
  return names;
};

export const adPlan: Endpoint = {
  async GET(call) {
    const { ports, client } = call;
    const name = reading(call).name('name');
    const found = name === undefined ? undefined : await findAdPlan(ports, client.id, name);
    const plans = name === undefined ? await listAdPlans(ports, client.id) : found ? [found] : [];
    return { ad_plans: plans.map((plan) => answerOf(plan, client)) };
  },

  async POST(call) {
    const { ports, client } = call;
    const read = reading(call);
    const name = read.needed('name', read.name('name'));
    const [list, schedule, days, zones] = [read.name('list'), readSchedule(read), readDays(read), readZones(read)];
    const saved = await saveAdPlan(ports, client.id, name, {
      ...(list !== undefined && { list }),
      ...(schedule && { schedule }),
      ...(days && { days }),
      ...(zones && { zones }),
    });
    return answerOf(saved, client);
  },
};
