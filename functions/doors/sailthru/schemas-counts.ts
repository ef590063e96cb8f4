// What /stats and /ad/plan take and answer, as schemas, for the OpenAPI document and its tests.
import { z } from 'zod';
import { weekdays } from '../../jobs/campaigns/ad-plan.ts';
import { statsParts } from './endpoints/stats.ts';
import { count, flagWord, hexId, names, object, text, textOrNumber, time } from './shapes.ts';

const partsAs = (schema: z.ZodType) => Object.fromEntries(statsParts.map((name) => [name, schema.optional()]));

export const statsQuery = z.object({
  stat: z.enum(['list', 'blast', 'send']),
  list: text.optional(),
  date: textOrNumber.optional(),
  blast_id: textOrNumber.optional(),
  template: text.optional(),
  // Each asks for a part of the statistics of a campaign.
  ...partsAs(flagWord),
});

/** Counters of what a snapshot counts besides stand beside them. */
export const listStats = z.looseObject({
  day: z.number().int(),
  list: text,
  count_time: time,
  email_count: count,
  valid_count: count,
  lists_signup_count: count,
  lists_remove_count: count,
  signup_month: object,
  source_count: object,
  source_signup_count: object,
});
/** Totals by their names, and the parts that were asked for. */
export const blastStats = z.looseObject({ blast_id: count, ...partsAs(object) });
export const sendStats = z.strictObject({
  template: text,
  count,
  open_total: count,
  click_total: count,
  optout: count,
});

const dayWord = z.union([z.literal(1), z.literal(-1), z.literal(0)]);
export const adPlanAnswer = z.strictObject({
  plan_id: hexId,
  name: text,
  list: text,
  schedule: z.array(z.enum(weekdays)),
  schedule_days: z.record(text, dayWord),
  zones: z.array(text),
  modify_time: time,
});
export const adPlansAnswer = z.strictObject({ ad_plans: z.array(adPlanAnswer) });
export const adPlanQuery = z.object({ name: text.optional() });
export const adPlanOrder = z.object({
  name: text,
  list: text.optional(),
  schedule: names.optional(),
  schedule_days: z.record(text, z.union([dayWord, text])).optional(),
  zones: z.union([names, object]).optional(),
});
