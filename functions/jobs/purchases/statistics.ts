// What a person's purchases amount to, as profiles show it and queries ask for it.
import type { Stats } from '../profile.ts';
import type { Purchase } from './purchase.ts';

/** Tags that are told of a person at most: those that were bought most often. */
const maxInterests = 100;

/** No name for an entry of a map in every store: a tag of that name is kept with its purchase alone. */
const unsafeName = '__proto__';

const names = [
  'purchases',
  'purchasePrice',
  'firstPurchase',
  'lastPurchase',
  'largestItemPrice',
  'purchasesIncomplete',
  'interests',
] as const satisfies readonly (keyof Stats)[];
export type PurchaseStats = Pick<Stats, (typeof names)[number]>;

/** Out of all purchases of one person. What there is none of is absent. */
export const statsOf = (purchases: readonly Purchase[]): PurchaseStats => {
  const made = purchases.filter(({ incomplete }) => !incomplete);
  const carts = purchases.length - made.length;
  const left = carts > 0 ? { purchasesIncomplete: carts } : {};
  if (made.length === 0) return left;
  let [price, first, last, largest] = [0, Number.POSITIVE_INFINITY, 0, 0];
  const pieces = new Map<string, number>();
  for (const purchase of made) {
    price += purchase.price;
    first = Math.min(first, purchase.time);
    last = Math.max(last, purchase.time);
    for (const item of purchase.items) {
      largest = Math.max(largest, item.price);
      for (const tag of item.tags ?? []) if (tag !== unsafeName) pieces.set(tag, (pieces.get(tag) ?? 0) + item.qty);
    }
  }
  return {
    purchases: made.length,
    purchasePrice: price,
    firstPurchase: first,
    lastPurchase: last,
    largestItemPrice: largest,
    ...left,
    ...(pieces.size > 0 && { interests: interestsOf(pieces) }),
  };
};

/** In one order, so that the same purchases always give the same. */
const interestsOf = (pieces: ReadonlyMap<string, number>): Record<string, number> => {
  const most = [...pieces].sort(([one, n], [other, m]) => m - n || (one < other ? -1 : 1)).slice(0, maxInterests);
  return Object.fromEntries(most.sort(([one], [other]) => (one < other ? -1 : 1)));
};

/** Whether the profile says it already, in whatever order its store keeps names. */
export const saysAll = (stats: Stats | undefined, wanted: PurchaseStats): boolean =>
  names.every((name) => canonical(stats?.[name]) === canonical(wanted[name]));

const canonical = (value: Stats[(typeof names)[number]]): string =>
  typeof value === 'object'
    ? JSON.stringify(Object.entries(value).sort(([one], [other]) => (one < other ? -1 : 1)))
    : String(value);

/** The profile's stats with those of its purchases put in. */
export const withPurchases = (stats: Stats | undefined, wanted: PurchaseStats): Stats => {
  const others = Object.entries(stats ?? {}).filter(([name]) => !(names as readonly string[]).includes(name));
  return { ...Object.fromEntries(others), ...wanted, version: (stats?.version ?? 0) + 1 };
};
