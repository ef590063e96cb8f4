// What /user and /email take and answer, as schemas, for the OpenAPI document and its tests.
import { z } from 'zod';
import { consentWords, keyNames } from '../../jobs/profile.ts';
import { purchase } from './schemas.ts';
import { count, flagWord, hexId, moment, object, text, textOrNumber, time } from './shapes.ts';

const flags = z.record(text, flagWord);
const keyName = z.enum(['email', 'sid', ...keyNames]);
const optout = z.enum(consentWords);
const when = time.nullable();

export const userName = z.object({ id: textOrNumber, key: keyName.optional() });
export const userQuery = userName.extend({ fields: z.union([flags, z.array(text)]).optional() });

/** What may be said of a person, in a call as in a line of an `update` job. */
const change = z.object({
  vars: object.optional(),
  delete_vars: z.array(text).optional(),
  lists: flags.optional(),
  optout: optout.optional(),
  optout_email: optout.optional(),
  optout_templates: z.union([z.array(text), flags]).optional(),
  signup_date: moment.optional(),
  source: text.optional(),
  keys: z.record(text, z.unknown()).optional(),
  keysconflict: z.enum(['merge', 'error']).optional(),
});
export const userOrder = z.object({ ...userQuery.partial().shape, ...change.shape });

export const userAnswer = z.strictObject({
  keys: z.looseObject({ sid: hexId, email: text }).optional(),
  vars: object.optional(),
  lists: z.record(text, when).optional(),
  engagement: z
    .enum(['hardbounce', 'optout', 'dormant', 'disengaged', 'new', 'passive', 'active', 'engaged'])
    .optional(),
  optout_email: optout.optional(),
  activity: z
    .strictObject({
      signup_time: when,
      create_time: when,
      open_time: when,
      click_time: when,
      login_time: when,
      view_time: when,
      optout_time: when,
    })
    .optional(),
  device: z.strictObject({ top_device_email: text.nullable() }).optional(),
  lifetime: z
    .strictObject({
      lifetime_message: count,
      lifetime_pv: count,
      lifetime_open: count,
      lifetime_click: count,
      lifetime_purchase: count,
      lifetime_purchase_price: z.number(),
    })
    .optional(),
  purchases: z.array(purchase).optional(),
  purchase_incomplete: z.array(purchase).optional(),
  smart_lists: z.array(text).optional(),
  optout_templates: z.array(text).optional(),
});
export const userSaved = userAnswer.extend({ ok: z.literal(true) });

export const emailQuery = z.object({ email: text });
export const emailOrder = emailQuery.extend({
  vars: object.optional(),
  lists: flags.optional(),
  optout: optout.optional(),
  templates: z.array(text).optional(),
  change_email: text.optional(),
  send: text.optional(),
  send_vars: object.optional(),
});
const zeroOrOne = z.union([z.literal(0), z.literal(1)]);
export const emailAnswer = z.strictObject({
  email: text,
  lists: z.record(text, z.literal(1)),
  lists_signup: z.record(text, time),
  vars: object,
  optout,
  verified: z.literal(0),
  hardbounce: zeroOrOne,
  templates: z.array(text),
});
/** With `send` what /send answers stands before it. */
export const emailSaved = z.looseObject({ ok: z.literal(true) });
