// Parameters as clients really send them: what counts as text, a flag or an object, and what a bad one is answered with.
import { z } from 'zod';
import type { JobType } from '../define.ts';
import { Refusal, type RefusalReason } from '../errors.ts';

/** Text; a number is read as its digits. */
export const text = z.union([z.string(), z.number().transform(String)]);

/** `true`, `1`, `"1"`, `"true"` in any case, and their opposites; `""` is false. */
export const flag = z
  .union([z.boolean(), z.number(), z.string()])
  .refine((value) => typeof value !== 'string' || /^(1|0|true|false|)$/i.test(value.trim()))
  .transform(
    (value) => value === true || value === 1 || (typeof value === 'string' && /^(1|true)$/i.test(value.trim())),
  );

/** Makes a check refuse with a reason and text of its own. */
export const refuse = (reason: RefusalReason) => ({ params: { reason } });

/** The name of a list: 1 to 200 characters without control characters; `All Users` is a pseudo list. */
export const isListName = (name: string): boolean =>
  name.trim() !== '' && [...name].length <= 200 && name.isWellFormed() && !/\p{Cc}/u.test(name) && name !== 'All Users';

export const listName = text.superRefine((name, context) => {
  if (!isListName(name))
    context.addIssue({
      code: 'custom',
      message: `Invalid list name: ${name.slice(0, 200)}`,
      ...refuse('invalid_list_name'),
    });
});

/** Drops what counts as absent: null, undefined and the empty string. */
export const withoutAbsent = (raw: Record<string, unknown>): Record<string, unknown> =>
  Object.fromEntries(Object.entries(raw).filter(([, value]) => value !== undefined && value !== null && value !== ''));

/** The type's parameters; throws the Refusal of the first bad one. */
export const parseParams = (type: JobType, raw: Record<string, unknown>): unknown => {
  const parsed = type.params.safeParse(raw);
  if (parsed.success) return parsed.data;
  const [issue] = parsed.error.issues;
  const reason = issue?.code === 'custom' ? (issue.params?.reason as RefusalReason | undefined) : undefined;
  if (reason && issue) throw new Refusal(reason, issue.message);
  const name = String(issue?.path[0] ?? 'parameter');
  if (!Object.hasOwn(raw, name)) throw new Refusal('missing_parameter', `Missing required parameter: ${name}`);
  throw new Refusal('invalid_parameter', `Invalid ${name}`);
};
