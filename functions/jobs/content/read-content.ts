// Content as callers describe it: of a call, or of a line of a file. What is not said stays as it was.
import type { Millis } from '../job.ts';
import { isObject, type JsonObject } from '../json-line.ts';
import { offsetOf } from '../local-time.ts';
import type { Client } from '../ports.ts';
import { readMoment } from '../relative-time.ts';
import { tagsOf } from '../requests/tags.ts';
import type { ContentFacts } from './content.ts';

/** Why content cannot be taken, and what is wrong with it. */
export interface BadContent {
  reject: string;
  about: 'url' | 'date' | 'content';
}

const maxUrl = 2000;
/** Characters of content as JSON: its record holds no more, with what is added to it. */
const maxCharacters = 90_000;
const maxAmount = 1e12;
/** Dates sort as texts from the year 0 to 9999. */
const latest = Date.UTC(9999, 11, 31);
const earliest = Date.parse('0000-01-01');

const filled = (value: unknown): boolean => value !== undefined && value !== null && value !== '';

/** The URL as it is kept: trimmed, else as it came. Undefined when it is none of http or https. */
export const urlOf = (value: unknown): string | undefined => {
  if (typeof value !== 'string') return undefined;
  const url = value.trim();
  const fits =
    url.length <= maxUrl && /^https?:\/\/[^\s/?#]/i.test(url) && !/[\s\p{Cc}]/u.test(url) && url.isWellFormed();
  return fits && URL.canParse(url) ? url : undefined;
};

const textOf = (value: unknown): string | undefined =>
  typeof value === 'string' || typeof value === 'number' ? String(value).trim() : undefined;

const wholeNumber = (value: unknown): number | undefined => {
  const number = typeof value === 'string' && /^\s*-?\d{1,13}\s*$/.test(value) ? Number(value) : value;
  return typeof number === 'number' && Number.isInteger(number) && Math.abs(number) <= maxAmount ? number : undefined;
};

/** The SKU under `keys`, or the `id` of `key` sku. */
const skuOf = ({ keys, id, key }: JsonObject): string | undefined => {
  const value = isObject(keys) && filled(keys.sku) ? keys.sku : key === 'sku' ? id : undefined;
  const sku = textOf(value);
  return sku === undefined || sku === '' || sku.length > 500 ? undefined : sku;
};

/** Of each field how it is read; undefined is what cannot be read. */
const readers: Record<string, (value: unknown, date: (value: unknown) => Millis | undefined) => unknown> = {
  title: textOf,
  description: textOf,
  site_name: textOf,
  author: textOf,
  date: (value, date) => date(value),
  expire_date: (value, date) => date(value),
  tags: (value) => (Array.isArray(value) || typeof value === 'string' ? (tagsOf(value) ?? []) : undefined),
  vars: (value) => (isObject(value) ? value : undefined),
  images: (value) => (isObject(value) ? value : undefined),
  location: (value) => (Array.isArray(value) ? value : undefined),
  price: wholeNumber,
  inventory: wholeNumber,
};
const dates = ['date', 'expire_date'];

/** What the caller says of content, beside its URL. */
export const readContent = (
  { settings }: Pick<Client, 'settings'>,
  raw: JsonObject,
  now: Millis,
): ContentFacts | BadContent => {
  const offset = offsetOf(settings.timeZone);
  const date = (value: unknown): Millis | undefined => {
    const at = typeof value === 'object' ? undefined : readMoment(String(value), offset, now);
    return at !== undefined && at <= latest && at >= earliest ? at : undefined;
  };
  const facts: JsonObject = {};
  for (const [name, read] of Object.entries(readers)) {
    // PHP writes an empty object as an empty array.
    const empty = Array.isArray(raw[name]) && raw[name].length === 0 && name !== 'tags';
    if (!filled(raw[name]) || empty) continue;
    facts[name] = read(raw[name], date);
    if (facts[name] === undefined)
      return { reject: `the ${name} cannot be read`, about: dates.includes(name) ? 'date' : 'content' };
  }
  const exclude = raw.override_exclude;
  if (filled(exclude) && exclude !== 1 && exclude !== '1')
    return { reject: 'Override exclude must either be unset or equal to 1', about: 'content' };
  if (filled(exclude)) facts.override_exclude = 1;
  const sku = skuOf(raw);
  if (sku !== undefined) facts.sku = sku;
  if (JSON.stringify(facts).length > maxCharacters)
    return { reject: 'the content has more than 90,000 characters', about: 'content' };
  return facts;
};

/** Two descriptions of one page: the later one wins where both speak, variable by variable. */
export const mergeFacts = (earlier: ContentFacts, later: ContentFacts): ContentFacts => ({
  ...earlier,
  ...later,
  ...((earlier.vars ?? later.vars) && { vars: { ...earlier.vars, ...later.vars } }),
});
