// What this door answers, as schemas: for the OpenAPI document, and for the tests that hold real answers against them.
import { z } from 'zod';
import { outcomes } from '../../jobs/job.ts';
import { amount, count, flagWord, hexId, object, text, textOrNumber, time } from './shapes.ts';

/** The answer to an order. What the type repeats of its parameters, such as `list`, stands beside it. */
export const acceptedAnswer = z.looseObject({
  job_id: hexId,
  name: z.string(),
  status: z.literal('pending'),
  upload_url: z.url().optional(),
  upload_fields: z.record(z.string(), z.string()).optional(),
  upload_expires: time.optional(),
});

const receipt = z.strictObject({
  seconds: z.record(z.string(), amount),
  rows_per_second: amount,
  read_units: amount,
  write_units: amount,
  requests: amount,
  bytes_read: amount,
  bytes_written: amount,
  cost_usd: amount,
  prices: z.string(),
});

/** What is known of a job. What the type repeats of its parameters stands beside it. */
export const jobAnswer = z.looseObject({
  job_id: hexId,
  name: z.string(),
  error: z.literal(false).optional(),
  status: z.enum(['pending', 'running', 'completed', 'error', 'incomplete']),
  start_time: time.optional(),
  end_time: time.optional(),
  filename: z.string().optional(),
  export_url: z.url().optional(),
  expired: z.literal(true).optional(),
  rows: count.optional(),
  ...Object.fromEntries(outcomes.map((outcome) => [outcome, count.optional()])),
  rejected_url: z.url().optional(),
  not_processed_url: z.url().optional(),
  changes_url: z.url().optional(),
  reasons: z.record(z.string(), count).optional(),
  warnings: z.array(z.string()).optional(),
  error_message: z.string().optional(),
  mode: z.literal('plan').optional(),
  parent_job_id: hexId.optional(),
  begins_at: time.optional(),
  planned: z.strictObject({ write_units: amount, cost_usd: amount }).optional(),
  receipt: receipt.optional(),
  reports: z
    .array(
      z.strictObject({
        channel: z.enum(['mail', 'postback']),
        state: z.enum(['due', 'sending', 'delivered', 'failed']),
        attempts: count,
        answer: z.string().optional(),
      }),
    )
    .optional(),
});

/** Exactly two keys: with a third some clients would take the failure for a success. */
export const errorAnswer = z.strictObject({ error: z.number().int(), errormsg: z.string() });

/** The parameters of `GET /job`. */
export const jobQuery = z.object({ job_id: hexId });

const listKind = z.enum(['normal', 'smart']);
/** A list, as `/list` shows it alone. */
export const listAnswer = z.strictObject({
  list_id: text.optional(),
  list: text,
  create_time: time,
  send_time: z.null(),
  count,
  type: listKind,
  primary: z.boolean(),
  vars: object,
  public_name: text,
  query: object.optional(),
});
export const listsAnswer = z.strictObject({
  lists: z.array(
    z.strictObject({
      list_id: text,
      name: text,
      email_count: count,
      valid_count: count,
      create_time: time,
      type: listKind,
    }),
  ),
});
export const listErased = z.strictObject({ list: text, ok: z.literal(true) });
export const listQuery = z.object({
  list: text.optional(),
  list_id: text.optional(),
  primary: flagWord.optional(),
  limit: textOrNumber.optional(),
});
export const listOrder = z.object({
  list: text,
  type: listKind.optional(),
  query: object.optional(),
  primary: flagWord.optional(),
  public_name: text.optional(),
  vars: object.optional(),
  emails: z.union([text, z.array(text)]).optional(),
});

export const settingsAnswer = z.looseObject({ id: text, timezone: text, lists_primary: z.array(text) });

export const eventOrder = z.object({ id: textOrNumber, key: text.optional(), event: text, vars: object.optional() });
export const okAnswer = z.strictObject({ ok: z.literal(true) });

const item = z.looseObject({ id: text, title: text, price: z.number(), qty: z.number(), url: text.optional() });
export const purchase = z.looseObject({
  items: z.array(item),
  price: z.number(),
  qty: z.number(),
  time,
  unique_id: text.optional(),
  channel: text.optional(),
  purchase_keys: object,
});
export const purchaseOrder = z.looseObject({
  email: text.optional(),
  items: z.array(item),
  date: textOrNumber.optional(),
  incomplete: flagWord.optional(),
  purchase_keys: object.optional(),
  vars: object.optional(),
});
export const purchaseMade = z.strictObject({ purchase: purchase.extend({ _id: text }) });
export const purchaseAnswer = purchase.extend({ email: text, user_id: text });
export const purchaseQuery = z.object({ purchase_id: text, purchase_key: z.enum(['sid', 'extid']).optional() });
