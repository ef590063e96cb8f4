// Makes a handler of a factory: the environment is read when the first event comes, not when the file is imported.
import type { Context } from 'aws-lambda';
import type { z } from 'zod';

/** The handler that `create` makes, made once; made anew at the next event if the environment was not right. */
export const onColdStart = <S extends z.ZodType, Event, Result>(
  schema: S,
  create: (env: z.output<S>) => (event: Event, context: Context) => Promise<Result>,
): ((event: Event, context: Context) => Promise<Result>) => {
  let handler: ((event: Event, context: Context) => Promise<Result>) | undefined;
  return async (event, context) => {
    handler ??= create(schema.parse(process.env));
    return handler(event, context);
  };
};
