// What /blast takes and answers, as schemas, for the OpenAPI document and its tests.
import { z } from 'zod';
import { blastStatuses } from '../../jobs/campaigns/blast.ts';
import { count, flagWord, moment, names, object, text, textOrNumber, time } from './shapes.ts';

/** The line of the subject, who it comes from, and what people read. */
export const mail = z.object({
  subject: text.optional(),
  from_name: text.optional(),
  from_email: text.optional(),
  content_html: text.optional(),
  content_text: text.optional(),
});

const status = z.enum(blastStatuses);
const statusWord = z.enum([...blastStatuses, 'draft', 'unscheduled']);

/** What else is said of a campaign is kept as it came, and shown again. */
const listedBlast = z.looseObject({
  mode: z.unknown(),
  blast_id: count,
  name: text,
  subject: text,
  list: text,
  status,
  from_name: text,
  from_email: text,
  labels: z.array(text),
  suppress_list: z.array(text).optional(),
  sent_count: count,
  email_count: count,
  schedule_time: time.optional(),
  start_time: time.optional(),
  stop_time: time.optional(),
  create_time: time,
  modify_time: time,
  stats: z.looseObject({ total: z.record(text, z.number()) }),
});
export const blastAnswer = listedBlast.extend({ content_html: text, content_text: text });
export const blastsAnswer = z.strictObject({
  unscheduled_count: count,
  scheduled_count: count,
  sending_count: count,
  sent_count: count,
  blast_count: count,
  status: statusWord,
  skip: count,
  blasts: z.array(listedBlast),
  filtered_count: count,
});
export const blastErased = z.strictObject({ ok: z.literal(true), blast_id: count });

export const blastName = z.object({ blast_id: textOrNumber });
export const blastQuery = z.object({
  blast_id: textOrNumber.optional(),
  status: statusWord.optional(),
  list: text.optional(),
  start_date: moment.optional(),
  end_date: moment.optional(),
  skip: textOrNumber.optional(),
  limit: textOrNumber.optional(),
});
export const blastOrder = z.looseObject({
  blast_id: textOrNumber.optional(),
  name: text.optional(),
  list: text.optional(),
  suppress_list: z.union([text, z.array(text)]).optional(),
  ...mail.shape,
  labels: names.optional(),
  schedule_time: moment.optional(),
  copy_blast: textOrNumber.optional(),
  copy_template: text.optional(),
  status: statusWord.optional(),
  start_time: moment.optional(),
  stop_time: moment.optional(),
  imported: flagWord.optional(),
  vars: object.optional(),
});
