// What /template and /send take and answer, as schemas, for the OpenAPI document and its tests.
import { z } from 'zod';
import { mail } from './schemas-blasts.ts';
import { count, flagWord, hexId, moment, names, object, text, textOrNumber, time } from './shapes.ts';

/** What else is said of a template is kept as it came, and shown again. */
const listedTemplate = z.looseObject({
  mode: z.unknown(),
  data_feed_url: z.unknown(),
  teams: z.unknown(),
  template_id: count,
  name: text,
  labels: z.array(text),
  tags: z.array(text),
  subject: text,
  modify_time: time,
  is_basic: z.boolean(),
  is_disabled: z.boolean(),
});
export const templateAnswer = listedTemplate.extend({
  from_name: text,
  from_email: text,
  content_html: text,
  content_text: text,
  revision: count,
  create_time: time,
});
export const templatesAnswer = z.strictObject({ templates: z.array(listedTemplate) });
export const templateRemoved = z.strictObject({ template: text, ok: z.literal(true) });

export const templateName = z.object({ template: text });
export const templateQuery = z.object({ template: text.optional(), revision: textOrNumber.optional() });
export const templateOrder = z.looseObject({
  template: text,
  ...mail.shape,
  labels: names.optional(),
  tags: names.optional(),
  is_basic: flagWord.optional(),
  is_disabled: flagWord.optional(),
  revision: textOrNumber.optional(),
});

const schedule = z.object({ start_time: moment, end_time: z.unknown().optional(), method: z.unknown().optional() });
export const sendOrder = z.object({
  template: text,
  email: names,
  vars: object.optional(),
  evars: z.record(text, object).optional(),
  options: object.optional(),
  schedule_time: z.union([moment, schedule]).optional(),
  limit: z.unknown().optional(),
  data_feed_url: z.unknown().optional(),
});

const sendId = text.regex(/^[\w-]{16}$/);
export const sendMade = z.strictObject({
  send_id: sendId,
  email: text,
  template: text,
  status: z.enum(['scheduled', 'hardbounce', 'unknown']),
  send_key: z.null(),
  schedule_time: time.optional(),
});
export const sendsMade = z.strictObject({
  sent_count: count,
  send_ids: z.record(text, sendId),
  template: text,
  refused: z.record(text, z.strictObject({ code: z.number().int(), message: text })).optional(),
});
/** All that whoever sends it needs; what else the call said stands beside it. */
export const sendAnswer = z.looseObject({
  ...sendMade.shape,
  profile_id: hexId,
  template_id: count,
  vars: object,
  options: object,
  schedule_time: time,
  send_time: time.optional(),
  refused_code: z.number().int().optional(),
});
export const sendName = z.object({ send_id: sendId });
export const sendCancelled = z.strictObject({ send_id: sendId, ok: z.literal(true) });
