// How a door tells what it takes and answers, for those who write clients: schemas that its code uses, sentences, examples.
// Each door has one in its `describe.ts`; the OpenAPI documents and their tests are made of them.
import { z } from 'zod';
import type { JobType } from '../jobs/define.ts';
import { registry } from '../jobs/registry.ts';

/** A shape, and what its members mean where the name does not say it. */
export interface Shape {
  schema: z.ZodType;
  notes?: Readonly<Record<string, string>>;
}

/** A call that is shown, and that a test makes. */
export interface Example {
  name: string;
  summary: string;
  /** Values of the path's parameters, and of the query. */
  path?: Readonly<Record<string, string>>;
  query?: Readonly<Record<string, string>>;
  /** What is sent: for a form its parameters, before they are signed. */
  body?: Readonly<Record<string, unknown>>;
  status: number;
  /** The answer's schema, where the protocol has another one under this status. */
  component?: string;
  /** As it may look: members of the real answer may be more, and have other values. */
  answer: Readonly<Record<string, unknown>>;
  /**
   * The answer's id stands for this one from here on: in a test, later examples that show it are made with the real one.
   * The work that was ordered is done before the next example.
   */
  makes?: string;
}

export interface Operation {
  id: string;
  method: 'get' | 'post' | 'delete';
  /** With parameters in braces. */
  path: string;
  summary: string;
  description?: string;
  pathNotes?: Readonly<Record<string, string>>;
  query?: Shape;
  /** `kind` is how it is written on the wire; `component` the name of its schema. */
  body?: { kind: 'json' | 'form'; required: boolean; component: string };
  /** Names of the security schemes that the call carries, where they are not all. */
  security?: readonly string[];
  /** By HTTP status: the name of a component and a sentence. */
  answers: Readonly<Record<number, { component: string; text: string }>>;
  examples: readonly Example[];
}

export interface DoorDescription {
  /** The door's name: the document is called so. */
  name: string;
  title: string;
  /** Markdown. */
  description: string;
  /** Security schemes as OpenAPI writes them; every operation asks for all of them, unless it says for which. */
  security: Readonly<Record<string, Readonly<Record<string, string>>>>;
  components: Readonly<Record<string, Shape>>;
  operations: readonly Operation[];
}

const text = z.string();
const numberOrDigits = z.union([z.number(), text]);

/** What every job takes, whichever door it comes through. */
const everyJob = z.object({
  report_email: z.email().optional(),
  postback_url: z.url().optional(),
  begins_at: numberOrDigits.optional(),
  parent_job_id: text.optional(),
});

/** What jobs over rows take besides: where the rows are, how far to go. */
const rowJobs = z.object({
  emails: z.union([text, z.array(text)]).optional(),
  url: z.url().optional(),
  upload: z.object({ filename: text.optional(), size: z.union([z.number().int(), text]) }).optional(),
  mode: z.enum(['run', 'plan']).optional(),
  max_errors: numberOrDigits.optional(),
  max_error_pct: numberOrDigits.optional(),
});

/** Every kind of order; `key` is the member that names the job type. */
export const orderSchema = (key: string, more: z.ZodObject = z.object({})): z.ZodType =>
  z.union(
    registry.map((type: JobType) => {
      const common = everyJob.extend(type.work.kind === 'rows' ? rowJobs.shape : {}).extend(more.shape);
      const named = z.object({ [key]: z.enum([type.name, ...(type.aliases ?? [])]) });
      return z.intersection(named, z.intersection(type.params, common));
    }),
  );

export const orderNotes: Readonly<Record<string, string>> = {
  list: 'The name of the list. An import makes it when it is missing.',
  signup_dates: 'The column `signup_date` says when people signed up.',
  fields: 'The columns to be written, each with 1; `vars` with 1 for all variables, or with those that are wanted.',
  hash_algo: 'Of the column Email Hash.',
  emails: 'Addresses in place of a file: text that separates them by commas, or an array.',
  url: 'An http or https URL that the server fetches the file from.',
  upload: 'The file comes later, and has exactly so many bytes: the answer holds a form by which it is sent.',
  report_email: 'Who gets a mail at the end.',
  postback_url: 'What gets a signed message at the end.',
  begins_at: "Not before this date, in the client's time zone, or Unix time in seconds; at most six days ahead.",
  parent_job_id: 'A job that this one belongs to.',
  mode: '`plan` is a dry run: everything is read and matched, nothing is written.',
  max_errors: 'With more rejected rows than this the job is stopped.',
  max_error_pct: 'So it is with a larger share of them, in percent.',
  idempotency_key: 'The same order under the same key is one job for a day.',
};
