// What is asked for in a query string: filters, pages. Anything that is not understood is refused by name.
import { z } from 'zod';
import type { State } from '../../jobs/job.ts';
import type { JobFilter } from '../../jobs/listing.ts';
import { DoorError } from './errors.ts';
import { jobAnswer } from './schemas.ts';

/** Time as ISO 8601 or Unix seconds, in milliseconds. */
const time = z.union([
  z.iso.datetime({ offset: true }).transform((text) => Date.parse(text)),
  z
    .string()
    .regex(/^\d{1,11}$/)
    .transform((text) => Number(text) * 1000),
]);
const states = jobAnswer.shape.state;
const limited = (most: number, usual: number) => z.coerce.number().int().min(1).max(most).default(usual);

/** The query of `GET /jobs`. */
export const jobsQuery = z.strictObject({
  /** One or more, separated by commas. */
  state: z
    .string()
    .transform((text) => text.split(','))
    .pipe(z.array(states))
    .optional(),
  type: z.string().max(200).optional(),
  since: time.optional(),
  until: time.optional(),
  text: z.string().max(200).optional(),
  limit: limited(100, 25),
  after: z
    .string()
    .regex(/^[01]\d{13}[0-9a-f]{24}$/)
    .optional(),
});

/** The query of `GET /lists`. */
export const listsQuery = z.strictObject({ text: z.string().max(200).optional(), limit: limited(1000, 200) });

/** The query of `GET /jobs/:id/rejected`. */
export const rejectedQuery = z.strictObject({ limit: limited(100, 20) });

/** What the query says. Empty values count as absent. Throws DoorError. */
export const readQuery = <T>(schema: z.ZodType<T>, query: Record<string, string>): T => {
  const given = Object.fromEntries(Object.entries(query).filter(([, value]) => value !== ''));
  const read = schema.safeParse(given);
  if (read.success) return read.data;
  const [issue] = read.error.issues;
  const name = issue?.code === 'unrecognized_keys' ? issue.keys[0] : issue?.path[0];
  throw new DoorError(400, 'invalid_parameter', `Invalid ${String(name)}`);
};

export const filterOf = ({ state, type, since, until, text }: z.output<typeof jobsQuery>): JobFilter => ({
  ...(state && { states: state satisfies State[] }),
  ...(type !== undefined && { type }),
  ...(since !== undefined && { since }),
  ...(until !== undefined && { until }),
  ...(text !== undefined && { text }),
});
