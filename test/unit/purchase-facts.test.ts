// A purchase as it is read: totals, amounts in all forms in which they come, and what can never be one.
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { defaultSettings } from '../../functions/jobs/ports.ts';
import { readFacts } from '../../functions/jobs/purchases/read-purchase.ts';

const now = Date.UTC(2024, 5, 15, 12);
const client = { settings: defaultSettings };
const item = { id: 'a', price: 100, qty: 2 };
const read = (raw: Record<string, unknown>, imported = true) =>
  readFacts(client, { date: '2024-06-01', ...raw }, now, imported);

describe('the facts of a purchase', () => {
  it('add up: items by their quantity, adjustments once, tenders not at all', () => {
    const amount = fc.integer({ min: 0, max: 1_000_000 });
    const items = fc.array(fc.record({ id: fc.constant('a'), price: amount, qty: fc.integer({ min: 1, max: 100 }) }), {
      minLength: 1,
      maxLength: 20,
    });
    const charges = fc.array(fc.record({ title: fc.string(), price: fc.integer({ min: -1000, max: 1000 }) }), {
      maxLength: 5,
    });
    fc.assert(
      fc.property(items, charges, charges, fc.boolean(), (items, adjustments, tenders, asText) => {
        const shown = items.map((each) =>
          asText ? { ...each, price: String(each.price), qty: ` ${each.qty} ` } : each,
        );
        const facts = read({ items: shown, adjustments, tenders });
        const total = [...items.map(({ price, qty }) => price * qty), ...adjustments.map(({ price }) => price)];
        expect(facts).toMatchObject({
          price: total.reduce((sum, each) => sum + each, 0),
          qty: items.reduce((sum, { qty }) => sum + qty, 0),
          channel: 'online',
        });
      }),
    );
  });

  it('of anything else are a reason, never an exception', () => {
    const anything = fc.jsonValue({ maxDepth: 4 });
    const raw = fc.record(
      {
        items: fc.oneof(
          anything,
          fc.array(fc.record({ price: anything, qty: anything, id: anything, tags: anything })),
        ),
        adjustments: anything,
        tenders: anything,
        vars: anything,
        purchase_keys: anything,
        channel: anything,
        date: anything,
      },
      { requiredKeys: [] },
    );
    fc.assert(
      fc.property(raw, fc.boolean(), (raw, imported) => {
        const facts = readFacts(client, raw as Record<string, unknown>, now, imported);
        if ('reject' in facts) expect(facts.reject).toMatch(/^(the|an|no|No) /);
        else expect(Number.isSafeInteger(facts.price) && facts.items.length > 0).toBe(true);
      }),
      { numRuns: 1000 },
    );
  });

  it.each<[string, Record<string, unknown>, string]>([
    ['no items', {}, 'No items in purchase'],
    ['items that are an object', { items: { a: item } }, 'No items in purchase'],
    ['an item that is a text', { items: ['cup'] }, 'an item is not an object'],
    ['an item without a name', { items: [{ price: 1, qty: 1 }] }, 'an item has no id, title or url'],
    [
      'a price that is a word',
      { items: [{ ...item, price: 'free' }] },
      'the price of an item is not a whole number of cents',
    ],
    [
      'a price beyond measure',
      { items: [{ ...item, price: 1e13 }] },
      'the price of an item is not a whole number of cents',
    ],
    [
      'a quantity of none',
      { items: [{ ...item, qty: 0 }] },
      'the qty of an item is not a whole number from 1 to 1,000,000',
    ],
    ['no quantity', { items: [{ id: 'a', price: 1 }] }, 'the qty of an item is not a whole number from 1 to 1,000,000'],
    ['too many items', { items: Array.from({ length: 1001 }, () => item) }, 'the purchase has more than 1,000 items'],
    [
      'a total that is too large',
      { items: Array.from({ length: 1000 }, () => ({ id: 'a', price: 1e12, qty: 1e6 })) },
      'the total is too large',
    ],
    [
      'too many characters',
      { items: [item], vars: { a: 'x'.repeat(100_000) } },
      'the purchase has more than 90,000 characters',
    ],
    ['adjustments that are a text', { items: [item], adjustments: '-5' }, 'the adjustments are not an array'],
    [
      'an adjustment of a fraction',
      { items: [item], adjustments: [{ price: 0.5 }] },
      'the price of an adjustment is not a whole number of cents',
    ],
    ['a date long ago', { items: [item], date: '1869-06-01' }, 'the date lies before 1970'],
    ['a date to come', { items: [item], date: '2024-06-18' }, 'the date lies in the future'],
    ['a date that is an array', { items: [item], date: ['2024-06-01'] }, 'the date is not a date'],
    ['no date', { items: [item], date: null }, 'no date'],
  ])('%s is refused', (_, raw, reject) => {
    expect(read(raw)).toMatchObject({ reject });
  });

  it('keep names that mean something to JavaScript as ordinary names', () => {
    const raw = JSON.parse(
      '{"items":[{"id":"a","price":1,"qty":1,"__proto__":{"x":1}}],"vars":{"__proto__":{"admin":1}}}',
    );
    const facts = read(raw);
    expect(JSON.stringify(facts)).toContain('"__proto__":{"admin":1}');
    expect(JSON.stringify(facts)).toContain('"__proto__":{"x":1}');
    expect(({} as { admin?: number }).admin).toBeUndefined();
  });
});
