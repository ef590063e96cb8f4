// What this door takes and answers, as schemas: for the OpenAPI document, and for the tests that hold real answers against them.
import { z } from 'zod';
import { flag } from '../../jobs/requests/params.ts';
import { subscriberParams } from '../../jobs/types/subscriber-params.ts';
import { counters } from './import-view.ts';

/** Whole seconds in UTC. */
const time = z.string().regex(/^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ$/);
const id = z.number().int().positive();
const count = z.number().int().min(0);

const job = z.strictObject({
  begins_at: time.nullable(),
  created_at: time,
  finished_at: time.nullable(),
  id,
  job_type: z.string(),
  mailing_list_id: id.nullable(),
  name: z.string(),
  organization_id: id,
  paused: z.boolean(),
  progress_total: count.nullable(),
  progress_value: count,
  retry_at: time.nullable(),
  started_at: time.nullable(),
  state: z.string(),
  state2: z.null(),
  suppression_list_id: z.null(),
  updated_at: time,
});

const success = { success: z.literal(true), error_code: z.null(), error_message: z.null() };
const envelope = (data: z.ZodType) => z.strictObject({ ...success, data });
const page = (data: z.ZodType) =>
  z.strictObject({
    ...success,
    data: z.array(data),
    page: count.nullable(),
    per_page: count,
    num_records: count.nullable(),
    num_pages: count.nullable(),
    page_token: z.string().nullable(),
    next_page_token: z.string().nullable(),
  });

const importSummary = z.strictObject({
  id,
  mailing_list_id: id,
  mailing_list_name: z.string(),
  created_at: time,
  state: z.enum(['scheduled', 'downloading', 'splitting', 'importing', 'paused', 'finished', 'failed', 'cancelled']),
  begins_at: time.nullable(),
  finished_at: time.nullable(),
  file_source: z.union([
    z.strictObject({ type: z.literal('json'), filename: z.string() }),
    z.strictObject({ type: z.literal('url'), url: z.string() }),
  ]),
  stats: z.strictObject({ number_of_records: count.nullable(), records_imported: count }),
});

const options = subscriberParams.omit({ list: true, begins_at: true, is_text: true });

const importDetail = importSummary.extend({
  ...options.shape,
  error_message: z.string().nullable(),
  stats: importSummary.shape.stats.extend({
    subscribers: z.strictObject(Object.fromEntries(counters.map((counter) => [counter, count]))),
  }),
});

const list = z.strictObject({ id, name: z.string(), created_at: time });

export const jobsAnswer = page(job);
export const importsAnswer = page(importSummary);
export const importAnswer = envelope(importDetail);
export const listsAnswer = envelope(z.array(list));
export const listAnswer = envelope(list);
export const errorAnswer = z.strictObject({
  success: z.literal(false),
  data: z.null(),
  error_code: z.enum([
    'not_authorized',
    'validation_failed',
    'invalid_request',
    'requested_too_many',
    'not_found',
    'internal_error',
  ]),
  error_message: z.string(),
});

/** The body of an order for an import. */
export const importOrder = z.object({
  subscriber_import: options.extend({
    begins_at: z.union([z.string(), z.number()]).optional(),
    overwrite: flag.optional(),
    file_source: z.union([
      z.object({ type: z.literal('json'), content: z.string() }),
      z.object({ type: z.literal('url'), url: z.url() }),
    ]),
  }),
});
export const listOrder = z.object({ mailing_list: z.object({ name: z.string() }) });

const moment = z.union([z.string(), z.number()]).optional();
const paging = {
  page: count.optional(),
  per_page: z.number().int().min(1).max(2000).optional(),
  page_token: z.string().optional(),
};
export const jobsQuery = z.object({
  state: z.string().optional(),
  job_type: z.string().optional(),
  begins_at__after: moment,
  begins_at__before: moment,
  finished_at__after: moment,
  finished_at__before: moment,
  ...paging,
});
export const importsQuery = z.object({ scope: z.enum(['recent', 'active', 'finished', 'all']).optional(), ...paging });
