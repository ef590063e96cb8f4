// The parameters of a subscriber import: what the columns are, how the file is written, and who may be overwritten with what.
import { z } from 'zod';
import { flag, listName } from '../requests/params.ts';

/** What a subscriber of a list is. Of these, people here can be active, unsubscribed or bounced. */
export const statuses = ['active', 'unsubscribed', 'bounced', 'deactivated', 'scomp'] as const;
export type SubscriberStatus = (typeof statuses)[number];

/** Columns with a meaning of their own; any other name is that of a variable. */
export const ownColumns = [
  'email',
  'status',
  'confirmed',
  'email_format',
  'subscribe_time',
  'subscribe_ip',
  'remove_time',
  'remove_ip',
] as const;

const maxColumns = 1000;
const maxNameLength = 32;

const columnMapping = z
  .array(z.string().transform((name) => name.trim()))
  .max(maxColumns)
  .superRefine((names, context) => {
    const refuse = (message: string) =>
      context.addIssue({ code: 'custom', message, params: { reason: 'invalid_parameter' } });
    const named = names.filter((name) => name !== '');
    if (!names.includes('email')) refuse('column_mapping must name a column email');
    const twice = named.find((name, index) => named.indexOf(name) !== index);
    if (twice !== undefined) refuse(`column_mapping names ${twice.slice(0, 100)} twice`);
    if (named.some((name) => [...name].length > maxNameLength || /\p{Cc}/u.test(name) || !name.isWellFormed()))
      refuse(`a name in column_mapping is longer than ${maxNameLength} characters, or not plain text`);
  });

const value = z.union([z.string(), z.number(), z.boolean(), z.array(z.string())]);
const flags = <Name extends string>(usual: Record<Name, boolean>) =>
  z.object(
    Object.fromEntries(Object.entries(usual).map(([name, on]) => [name, flag.default(on as boolean)])) as Record<
      Name,
      z.ZodDefault<typeof flag>
    >,
  );

const overwriteWhat = flags({
  custom_fields: true,
  autoresponder: true,
  confirmed: false,
  format: false,
  status: false,
});
const overwriteWhen = flags({ active: true, unsubscribed: false, bounced: false, deactivated: false, scomp: false });
const fileFormat = z.object({
  csv_has_headers: flag.default(true),
  /** As it was sent: its letters are shown again. */
  character_set: z
    .string()
    .regex(/^(?:utf-8|iso-8859-1)$/i)
    .default('UTF-8'),
  csv_field_separator: z.enum([',', ';', '\t', '|']).default(','),
  csv_field_enclosure: z.enum(['"', "'"]).default('"'),
  date_format: z.enum(['mdy', 'dmy']).default('mdy'),
});
const usual = <T extends z.ZodType>(schema: T) => schema.prefault({} as z.input<T>);

export const subscriberParams = z.object({
  list: listName,
  column_mapping: columnMapping,
  /** Unix seconds: what was asked for, also when it had passed already. */
  begins_at: z.number().optional(),
  default_custom_fields: z.record(z.string().max(maxNameLength), value).default({}),
  subscriber_defaults: z.record(z.string(), z.unknown()).default({}),
  overwrite: flag.default(false),
  overwrite_what: usual(overwriteWhat),
  overwrite_when_status: usual(overwriteWhen),
  file_format: usual(fileFormat),
  /** The table stood in the request itself: it is UTF-8, whatever the request says of its characters. */
  is_text: flag.default(false),
});
export type SubscriberParams = z.infer<typeof subscriberParams>;
