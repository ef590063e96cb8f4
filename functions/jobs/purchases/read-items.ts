// The lines of a purchase as callers send them: items, adjustments, tenders. Reasons never repeat what was read.
import { isObject, type JsonObject } from '../json-line.ts';
import { tagsOf } from '../requests/tags.ts';
import type { Charge, Item } from './purchase.ts';

type Read<T> = T | { reject: string };

export const isRejected = <T>(read: Read<T>): read is { reject: string } =>
  typeof read === 'object' && read !== null && 'reject' in read;

const maxAmount = 1e12;
const maxQuantity = 1e6;
const maxItems = 1000;

/** A whole number of cents: some callers write it as text. */
const amountOf = (value: unknown): number | undefined => {
  const number = typeof value === 'string' && /^\s*-?\d{1,13}\s*$/.test(value) ? Number(value) : value;
  return typeof number === 'number' && Number.isInteger(number) && Math.abs(number) <= maxAmount ? number : undefined;
};

const textOf = (value: unknown): string | undefined => {
  if (typeof value === 'number') return String(value);
  return typeof value === 'string' && value.trim() !== '' ? value.trim() : undefined;
};

const known = new Set(['id', 'title', 'url', 'price', 'qty', 'tags']);

const readItem = (value: unknown): Read<Item> => {
  if (!isObject(value)) return { reject: 'an item is not an object' };
  const [id, title, url] = [textOf(value.id), textOf(value.title), textOf(value.url)];
  const [price, qty] = [amountOf(value.price), amountOf(value.qty)];
  if ((id ?? title ?? url) === undefined) return { reject: 'an item has no id, title or url' };
  if (price === undefined) return { reject: 'the price of an item is not a whole number of cents' };
  if (price < 0) return { reject: 'the price of an item is negative' };
  if (qty === undefined || qty < 1 || qty > maxQuantity)
    return { reject: 'the qty of an item is not a whole number from 1 to 1,000,000' };
  const tags = tagsOf(value.tags);
  const more = Object.entries(value).filter(([name, each]) => !known.has(name) && each !== null);
  return {
    ...(id !== undefined && { id }),
    ...(title !== undefined && { title }),
    ...(url !== undefined && { url }),
    price,
    qty,
    ...(tags && { tags }),
    ...(more.length > 0 && { more: Object.fromEntries(more) }),
  };
};

/** At least one item, or the documented complaint. */
export const readItems = (value: unknown): Read<Item[]> => {
  const list = listOf(value);
  if (!list || list.length === 0) return { reject: 'No items in purchase' };
  if (list.length > maxItems) return { reject: `the purchase has more than ${maxItems.toLocaleString('en-US')} items` };
  const items: Item[] = [];
  for (const each of list) {
    const item = readItem(each);
    if (isRejected(item)) return item;
    items.push(item);
  }
  return items;
};

/** Adjustments or tenders; undefined when there are none. */
export const readCharges = (value: unknown, what: 'adjustment' | 'tender'): Read<Charge[] | undefined> => {
  if (value === undefined || value === null || value === '') return undefined;
  const list = listOf(value);
  if (!list || list.length > maxItems) return { reject: `the ${what}s are not an array` };
  const charges: Charge[] = [];
  for (const each of list) {
    const price = isObject(each) ? amountOf(each.price) : undefined;
    if (!isObject(each) || price === undefined)
      return {
        reject: `the price of an ${what === 'tender' ? 'entry of tenders' : what} is not a whole number of cents`,
      };
    charges.push({ title: textOf(each.title) ?? '', price });
  }
  return charges.length > 0 ? charges : undefined;
};

/** An array, or what PHP makes of one that has gaps. */
const listOf = (value: unknown): unknown[] | undefined => {
  if (Array.isArray(value)) return value;
  const isList = isObject(value) && Object.keys(value).every((key) => /^\d+$/.test(key));
  return isList ? Object.values(value as JsonObject) : undefined;
};
