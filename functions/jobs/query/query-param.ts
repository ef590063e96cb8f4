// The query as a parameter of a job type.
import { z } from 'zod';
import { Refusal } from '../errors.ts';
import { parseQuery } from './parse-query.ts';
import type { Query } from './query.ts';

/** For the `params` of a type: a bad query is refused with the reason that `parseQuery` gives. */
export const queryParam = z.unknown().transform((raw, context): Query => {
  try {
    return parseQuery(raw);
  } catch (error) {
    if (!(error instanceof Refusal)) throw error;
    context.addIssue({ code: 'custom', message: error.message, params: { reason: error.reason } });
    return z.NEVER;
  }
});
