// inventory (also ad_inventory): which zones of ads are taken on which days, and where plans are in each other's way.
import { z } from 'zod';
import { listAdPlans } from '../campaigns/ad-plan.ts';
import { daysBetween, type Inventory, inventoryOf } from '../campaigns/inventory.ts';
import { defineJobType, type SliceResult } from '../define.ts';
import { Reject } from '../errors.ts';
import { text } from '../requests/params.ts';

const maxDays = 366;
/** Of the result as JSON: within what a job may keep. */
const maxLength = 90_000;

const day = text.refine((value) => daysBetween(value, value) !== undefined);
const params = z
  .object({ start_date: day, end_date: day })
  .refine(({ start_date, end_date }) => start_date <= end_date, { path: ['end_date'] })
  .refine(({ start_date, end_date }) => (daysBetween(start_date, end_date) ?? []).length <= maxDays, {
    path: ['end_date'],
  });
type Params = z.infer<typeof params>;

interface Prepared extends Inventory {
  plans: number;
}

/** Nothing is written: all is found out when the job is planned. */
// biome-ignore lint/correctness/useYield: a slice without text
async function* write({ prepared }: { prepared: Prepared }): AsyncGenerator<string, SliceResult> {
  return { rows: prepared.plans, marks: [] };
}

export const inventory = defineJobType<Params, Prepared, never>({
  name: 'inventory',
  aliases: ['ad_inventory'],
  params,
  title: () => 'Ad Inventory',
  echo: ({ start_date, end_date }) => ({ start_date, end_date }),
  needs: ['blasts:read'],
  hurt: 'People who plan ads: they do not learn which days are free.',
  work: {
    kind: 'slices',
    async prepare({ ports, client, params: { start_date, end_date } }) {
      const plans = await listAdPlans(ports, client.id);
      const found = inventoryOf(plans, daysBetween(start_date, end_date) ?? []);
      if (JSON.stringify(found).length > maxLength)
        throw new Reject('The inventory of so many days and zones is too long: ask for fewer days');
      return { slices: [{ from: 0, to: 1 }], prepared: { ...found, plans: plans.length } };
    },
    write,
    finish: async ({ prepared: { inventory, conflicts } }) => ({ inventory, conflicts }),
  },
});
