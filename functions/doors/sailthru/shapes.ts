// What many schemas of this door are made of: clients write one value in several ways, answers in one.
import { z } from 'zod';

export const text = z.string();
export const textOrNumber = z.union([text, z.number()]);
export const object = z.record(text, z.unknown());
/** Yes and no: 1 and 0, `true` and `false`, also as texts. */
export const flagWord = z.union([z.boolean(), z.number(), text]);
/** An array, or a text with commas. */
export const names = z.union([text, z.array(textOrNumber)]);
/** A date as people write them, in the client's time zone, or Unix time in seconds. */
export const moment = z.union([text, z.number()]);

export const count = z.number().int().min(0);
export const amount = z.number().min(0);
/** RFC 2822, in the client's time zone. */
export const time = text.regex(/^\w{3}, \d\d \w{3} \d{4} \d\d:\d\d:\d\d [+-]\d{4}$/);
/** 24 hex digits. */
export const hexId = text.regex(/^[0-9a-f]{24}$/);
