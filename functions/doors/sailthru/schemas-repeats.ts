// What /blast_repeat takes and answers, as schemas, for the OpenAPI document and its tests.
import { z } from 'zod';
import { repeatFacts, repeatLists } from './endpoints/blast-repeat.ts';
import { hexId, names, text, time } from './shapes.ts';

/** What a team says of a campaign that it repeats is kept as it came, and null until it is said. */
const each = (all: readonly string[], schema: z.ZodType) => Object.fromEntries(all.map((name) => [name, schema]));
export const repeatAnswer = z.strictObject({
  repeat_id: hexId,
  ...each(repeatFacts, z.unknown()),
  ...each(repeatLists, z.array(text)),
  create_time: time,
  modify_time: time,
  create_user: z.null(),
  modify_user: z.null(),
});
export const repeatsAnswer = z.strictObject({ repeats: z.array(repeatAnswer) });
export const repeatErased = z.strictObject({ ok: z.literal(true), repeat_id: hexId });
export const repeatName = z.object({ repeat_id: hexId });
export const repeatOrder = z.looseObject({
  repeat_id: hexId.optional(),
  name: text.optional(),
  list: text.optional(),
  template: text.optional(),
  days: names.optional(),
  days_month: names.optional(),
  seed_emails: names.optional(),
  send_time: text.optional(),
});
