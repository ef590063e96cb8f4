// What callers of this door say and hear, as schemas: the door reads bodies by the first ones, the OpenAPI document shows all.
import { z } from 'zod';
import { batchStates } from '../../jobs/append/states.ts';

const maxName = 255;
const maxRecords = 100_000;

const text = z.string();

export const loginOrder = z.object({ username: text, password: text });

export const notificationMethod = z.string().regex(/^(GET|POST)$/i);
/** `null` and the empty text say nothing; what goes together is looked at where it is read. */
const notification = {
  notification_URL: text.nullish(),
  notification_method: z.union([notificationMethod, z.literal('')]).nullish(),
};

export const containerOrder = z.object({
  name: z
    .string('name is required')
    .regex(/\S/, 'name is required')
    .max(maxName, `name is longer than ${maxName} characters`),
  output_format: z
    .string()
    .regex(/^(JSON)?$/i)
    .nullish(),
  ...notification,
});

const fields = z.array(text.min(1).max(100)).max(50).nullish();

/** What a record holds is looked at by the job: one that is not understood spoils no other. */
export const recordList = z
  .array(z.unknown(), 'record_list must be an array of records')
  .min(1, 'record_list must be an array of records')
  .max(maxRecords, `record_list has more than ${maxRecords} records: send a batch-file`);

export const fileOrder = z.object({ fields, ...notification });
export const batchOrder = z.object({ record_list: recordList, ...fileOrder.shape });

const count = z.number().int().min(0);
/** Milliseconds since 1970. */
const time = text.regex(/^\d{13}$/);
const jobId = text.regex(/^\d{12}[0-9a-f]{3,}$/);
const batchId = text.regex(/^[0-9a-f]{16}$/);
const state = z.enum(batchStates);
const format = z.literal('JSON');

export const tokenAnswer = z.strictObject({
  authorization_token: text,
  AuthorizationToken: text,
  expiration_date: time,
});
export const revokedAnswer = z.strictObject({ revoked: z.literal(true) });
export const containerMade = z.strictObject({ job_id: jobId });
export const batchMade = z.strictObject({ batch_id: batchId });
export const fileAwaited = z.strictObject({ batch_id: batchId, upload_url: z.url(), upload_expiration_date: time });

export const containerAnswer = z.strictObject({
  state,
  number_batches_waiting_for_upload: count,
  number_batches_queued: count,
  number_batches_in_progress: count,
  number_batches_completed: count,
  number_batches_failed: count,
  number_batches_malformed: count,
  created_date: time,
  output_format: format,
  batch_list: z.array(batchId),
});

export const batchAnswer = z.strictObject({
  state,
  created_date: time,
  batch_id: batchId,
  job_id: jobId,
  number_records: count.nullable(),
  number_records_processed: count,
  number_records_matched: count,
  unmatched_reasons: z.record(text, count).optional(),
  error_message: text.optional(),
});

export const resultsAnswer = z.strictObject({
  batch_id: batchId,
  state: z.literal('COMPLETED'),
  output_format: format,
  record_list: z.array(z.record(text, z.unknown())).optional(),
  results_url: z.url().optional(),
  results_expiration_date: time.optional(),
});

export const errorAnswer = z.strictObject({ message: text, state: state.optional() });
