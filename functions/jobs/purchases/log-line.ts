// A line of the purchase log. The columns, their order and the form of the date are wire facts.
import { hash } from 'node:crypto';
import { csvLine, guardFormula } from '../../files/csv-out.ts';
import { rfc2822 } from '../rfc2822.ts';
import type { Item, Purchase } from './purchase.ts';

const columns = [
  'Date',
  'Email Hash',
  'Extid',
  'Message ID',
  'Items',
  'Urls',
  'Price',
  'Channel',
  'Unit Prices',
  'Quantities',
];

export const logHeader = csvLine(columns);

/** Between the entries of a cell that holds one for each item; in the entries themselves it becomes a space. */
const separator = '|';

const listed = (items: readonly Item[], entry: (item: Item) => string | number): string =>
  items.map((item) => String(entry(item)).replaceAll(separator, ' ')).join(separator);

/** Amounts are in cents; times stand on the clock of `timeZone`. */
export const logLine = (purchase: Purchase, timeZone: string, guard: boolean): string => {
  const { time, email, keys, messageId, items, price, channel } = purchase;
  const cells = [
    rfc2822(time, timeZone),
    hash('md5', email, 'hex'),
    keys?.extid ?? '',
    messageId ?? '',
    listed(items, ({ title, id, url }) => title ?? id ?? url ?? ''),
    listed(items, ({ url }) => url ?? ''),
    String(price),
    channel,
    listed(items, ({ price: each }) => each),
    listed(items, ({ qty }) => qty),
  ];
  // Numbers stay numbers: a total may be negative.
  return csvLine(guard ? cells.map((cell) => (/^-?\d+$/.test(cell) ? cell : guardFormula(cell))) : cells);
};
