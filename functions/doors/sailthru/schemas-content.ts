// What /content takes and answers, as schemas, for the OpenAPI document and its tests.
import { z } from 'zod';
import { hexId, moment, names, object, text, textOrNumber, time } from './shapes.ts';

const page = z.object({
  title: text.optional(),
  tags: z.array(text).optional(),
  vars: object.optional(),
  images: object.optional(),
  location: z.array(z.unknown()).optional(),
  price: z.number().int().optional(),
  inventory: z.number().int().optional(),
  description: text.optional(),
  site_name: text.optional(),
  author: text.optional(),
  override_exclude: z.literal(1).optional(),
});

export const contentAnswer = z.strictObject({
  _id: hexId,
  url: text,
  keys: z.strictObject({ sku: text }).optional(),
  ...page.shape,
  date: time,
  expire_date: time.optional(),
});
export const contentsAnswer = z.strictObject({ content: z.array(contentAnswer) });

export const contentName = z.object({
  url: text.optional(),
  id: textOrNumber.optional(),
  key: z.enum(['url', 'sku']).optional(),
});
export const contentQuery = contentName.extend({ items: textOrNumber.optional() });
export const contentOrder = z.object({
  ...contentName.shape,
  keys: z.object({ sku: textOrNumber.optional() }).optional(),
  ...page.shape,
  title: textOrNumber.optional(),
  tags: names.optional(),
  price: textOrNumber.optional(),
  inventory: textOrNumber.optional(),
  date: moment.optional(),
  expire_date: moment.optional(),
  override_exclude: z.union([z.literal(1), z.literal('1')]).optional(),
});
