// What this door takes and answers: every shape once, as schemas from which the types are inferred.
import { z } from 'zod';
import { actions } from '../../jobs/actions.ts';
import { fileKinds, outcomes } from '../../jobs/job.ts';
import { usageNames } from '../../jobs/usage.ts';

/** ISO 8601 in UTC, with milliseconds. */
const time = z.iso.datetime();
const count = z.number().int().min(0);
const amount = z.number().min(0);
/** In the order in which a job passes them. */
export const phase = z.enum(['downloading', 'splitting', 'processing', 'finishing']);

/** The body of a request for a job. All other members are the parameters of the job type, and those that every job takes. */
export const jobOrder = z.looseObject({
  type: z.string().min(1).max(200),
  /** The same order under the same key is one job, for a day. */
  idempotency_key: z
    .string()
    .regex(/^[\x21-\x7e]{1,255}$/)
    .optional(),
});

const file = z.strictObject({
  filename: z.string(),
  /** Bytes. */
  size: count,
  /** When the file itself ends. */
  expires: time,
  /** Absent once the file is gone. Lives for two hours at most; reading the job gives a new one. */
  url: z.url().optional(),
});

/** A form by which anyone may bring the job's file: a multipart POST to `url` of all `fields`, then the part `file`. */
const upload = z.strictObject({
  url: z.url(),
  fields: z.record(z.string(), z.string()),
  expires: time,
});

const report = z.strictObject({
  channel: z.enum(['mail', 'postback']),
  state: z.enum(['due', 'sending', 'delivered', 'failed']),
  attempts: count,
  /** How many of them were made before the report was asked for once more. */
  before: count.optional(),
  /** When the last attempt was made. */
  at: time.optional(),
  /** What came of it: an HTTP status, or a word. */
  answer: z.string().optional(),
});

const receipt = z.strictObject({
  /** By phase; `waiting` before the first, `total` all in all. */
  seconds: z.partialRecord(z.enum([...phase.options, 'waiting', 'total']), amount),
  rowsPerSecond: amount,
  usage: z.record(z.enum(usageNames), amount),
  costUsd: amount,
  plannedCostUsd: amount.optional(),
});

/** A job. */
export const jobAnswer = z.strictObject({
  id: z.string().regex(/^[0-9a-f]{24}$/),
  type: z.string(),
  name: z.string(),
  door: z.enum(['sailthru', 'greenarrow', 'append', 'console', 'drop']),
  state: z.enum(['scheduled', 'pending', 'running', 'paused', 'completed', 'incomplete', 'failed', 'cancelled']),
  /** Why the job is being brought to an early end: it writes nothing more, and is about to have ended. */
  stopping: z.enum(['cancel', 'errors']).optional(),
  phase: phase.optional(),
  mode: z.enum(['run', 'plan']),
  /** The job whose rows this one brings again. */
  parent: z.string().optional(),
  /** Those parameters that may be shown. */
  params: z.record(z.string(), z.unknown()),
  createdAt: time,
  beginsAt: time.optional(),
  startedAt: time.optional(),
  pausedAt: time.optional(),
  finishedAt: time.optional(),
  /** When each phase was first entered. */
  times: z.partialRecord(phase, time),
  /** Data rows of the input, once they are counted. */
  rows: count.optional(),
  /** Rows with an outcome, of the rows there are; of an export, slices. `total` is null until it is known. */
  progress: z.strictObject({ value: count, total: count.nullable() }),
  /** Rows by outcome; of an export, the rows it wrote. */
  counts: z.union([z.strictObject({ exported: count }), z.record(z.enum(outcomes), count)]),
  /** Rejected rows by reason. */
  reasons: z.record(z.string(), count),
  /** Notes for the person who sent the file. */
  warnings: z.array(z.string()),
  failure: z
    .strictObject({ class: z.enum(['input', 'remote', 'timeout', 'internal']), message: z.string() })
    .optional(),
  files: z.partialRecord(z.enum(fileKinds), file),
  /** Only while the job waits for its file. */
  upload: upload.optional(),
  reports: z.array(report),
  /** Of an ended job. */
  receipt: receipt.optional(),
  errorBudget: z.strictObject({ maxErrors: amount.optional(), maxErrorPct: amount.optional() }).optional(),
  /** What may be done to the job now. */
  actions: z.array(z.enum(actions)),
});

/** Of a job what a list of jobs shows. */
export const jobSummary = jobAnswer.pick({
  id: true,
  type: true,
  name: true,
  door: true,
  state: true,
  stopping: true,
  phase: true,
  mode: true,
  parent: true,
  createdAt: true,
  beginsAt: true,
  startedAt: true,
  finishedAt: true,
  times: true,
  rows: true,
  progress: true,
  counts: true,
  failure: true,
  actions: true,
});

/** A page of jobs. With `next` there may be more, behind it. */
export const jobsAnswer = z.strictObject({ jobs: z.array(jobSummary), next: z.string().optional() });

/** The beginning of the file of rejected rows. */
export const rejectedAnswer = z.strictObject({
  columns: z.array(z.string()),
  rows: z.array(z.strictObject({ line: count, reason: z.string(), cells: z.array(z.string()) })),
});

export const listsAnswer = z.strictObject({
  lists: z.array(
    z.strictObject({
      id: z.string(),
      name: z.string(),
      createdAt: time,
      /** About how many people are in it. */
      about: count,
      /** Variables that its members are known to have. */
      vars: z.array(z.string()),
      /** True of a list that a query makes. */
      smart: z.boolean(),
    }),
  ),
  /** How many lists there are, of that text. */
  total: count,
});

/** The job types that there are. `rows` read a file, a URL or addresses; `slices` go through the user base. */
export const typesAnswer = z.strictObject({
  types: z.array(z.strictObject({ name: z.string(), kind: z.enum(['rows', 'slices']) })),
});

/** All jobs that have not ended, and those that ended in the last 24 hours. */
export const overviewAnswer = z.strictObject({
  since: time,
  /** True when there are more jobs than were looked at. */
  more: z.strictObject({ unfinished: z.boolean(), ended: z.boolean() }),
  states: z.partialRecord(jobAnswer.shape.state, count),
  /** Rows by outcome; plans are left out. */
  counts: z.record(z.enum(outcomes), count),
  /** Rows by hour. A job's rows are spread evenly over the time in which it worked. */
  throughput: z.array(z.strictObject({ at: time, rows: count })),
  running: z.array(jobSummary),
  failures: z.array(jobSummary),
});

/** The body of an order to send reports once more; empty for all of them. */
export const reportOrder = z.strictObject({ channel: z.enum(['mail', 'postback']).optional() });

export type JobSummary = z.infer<typeof jobSummary>;
export type JobsAnswer = z.infer<typeof jobsAnswer>;
export type RejectedAnswer = z.infer<typeof rejectedAnswer>;
export type TypesAnswer = z.infer<typeof typesAnswer>;
export type ListsAnswer = z.infer<typeof listsAnswer>;
export type OverviewAnswer = z.infer<typeof overviewAnswer>;
export type JobAnswer = z.infer<typeof jobAnswer>;
export type UploadForm = z.infer<typeof upload>;

export const errorAnswer = z.strictObject({
  error: z.strictObject({
    code: z.enum([
      'missing_parameter',
      'invalid_parameter',
      'invalid_list_name',
      'invalid_lists',
      'invalid_url',
      'invalid_date',
      'invalid_json',
      'unknown_type',
      'unauthorized',
      'list_not_found',
      'blast_not_found',
      'template_not_found',
      'send_not_found',
      'already_sent',
      'blast_not_exportable',
      'job_not_found',
      'not_found',
      'method_not_allowed',
      'not_allowed',
      'idempotency_conflict',
      'too_large',
      'too_many_calls',
      'internal',
    ]),
    message: z.string(),
  }),
});
export type ErrorAnswer = z.infer<typeof errorAnswer>;
export type ErrorCode = ErrorAnswer['error']['code'];
