// Which zones of ads are taken on which day, and where two plans want the same one.
import { type AdPlan, weekdays } from './ad-plan.ts';

/** Of a day: zones that no plan takes, and zones that one takes or several. */
interface DayInventory {
  available: string[];
  used: string[];
}

interface Conflict {
  /** `yyyymmdd` */
  day: string;
  zone: string;
  /** Names of the plans. */
  plans: string[];
}

export interface Inventory {
  inventory: Record<string, DayInventory>;
  conflicts: Conflict[];
}

/** The zone of plans that name none. */
const only = 'default';

const dayLength = 86_400_000;

/** The days from `first` to `last` (both `yyyymmdd`, both taken in), in order. Undefined when one of them does not exist. */
export const daysBetween = (first: string, last: string): string[] | undefined => {
  const [from, to] = [dateOf(first), dateOf(last)];
  if (from === undefined || to === undefined) return undefined;
  return Array.from({ length: Math.max(0, (to - from) / dayLength + 1) }, (_, index) =>
    dayOf(from + index * dayLength),
  );
};

const dayOf = (at: number): string => new Date(at).toISOString().slice(0, 10).replaceAll('-', '');

const dateOf = (day: string): number | undefined => {
  const digits = /^(\d{4})(\d{2})(\d{2})$/.exec(day);
  if (!digits) return undefined;
  const at = Date.UTC(Number(digits[1]), Number(digits[2]) - 1, Number(digits[3]));
  return dayOf(at) === day ? at : undefined;
};

/** Whether the plan runs on a day: a single day's word goes before the week's. */
export const runsOn = ({ schedule, days }: Pick<AdPlan, 'schedule' | 'days'>, day: string): boolean => {
  const word = Object.hasOwn(days, day) ? days[day] : 0;
  if (word !== 0) return word === 1;
  const weekday = weekdays[new Date(dateOf(day) ?? 0).getUTCDay()];
  return weekday !== undefined && schedule.includes(weekday);
};

const zonesOf = ({ zones }: AdPlan): string[] => (zones.length > 0 ? zones : [only]);

/** Zones are those that any plan names, whether it runs or not. */
export const inventoryOf = (plans: readonly AdPlan[], days: readonly string[]): Inventory => {
  const zones = [...new Set(plans.flatMap(zonesOf))].sort();
  const inventory: Inventory['inventory'] = {};
  const conflicts: Conflict[] = [];
  for (const day of days) {
    const takers = new Map(zones.map((zone): [string, string[]] => [zone, []]));
    for (const plan of plans)
      if (runsOn(plan, day)) for (const zone of new Set(zonesOf(plan))) takers.get(zone)?.push(plan.name);
    const used = zones.filter((zone) => takers.get(zone)?.length);
    inventory[day] = { available: zones.filter((zone) => !used.includes(zone)), used };
    for (const [zone, names] of takers) if (names.length > 1) conflicts.push({ day, zone, plans: names });
  }
  return { inventory, conflicts };
};
