// The criteria about variables, addresses and consent, by example.
import { describe, expect, it } from 'vitest';
import type { Profile } from '../../functions/jobs/profile.ts';
import { lists, now } from './query-naive.ts';
import { ago, one, person } from './query-people.ts';

const withVar = (value: unknown): Profile => person({ vars: { plan: value } });
const field = 'plan';

describe('variables', () => {
  it.each([
    ['a text', 'gold', 'gold', true],
    ['a text in other letters', 'gold', 'Gold', false],
    ['one of two', 'silver|gold', 'gold', true],
    ['one of two, with blanks around', 'silver | gold', 'gold', true],
    ['a number for a number', 5, 5, true],
    ['the text of a number for the number', '5', 5, true],
    ['the text of a number, for text as CSV imports store it', '5', '5', false],
    ['a number in quotes, for that text', '"53214"', '53214', true],
    ['a number in quotes, for the number', '"53214"', 53214, false],
    ['an integral float of text', '5.0', 5, true],
    ['a code with a leading zero, which is text', '07030', '07030', true],
    ['a bar in quotes', '"a|b"|c', 'a|b', true],
    ['true', 'true', true, true],
    ['true, for the text', 'true', 'true', false],
    ['an element of an array', 'gold', ['silver', 'gold'], true],
    ['a key of an object', 'gold', { gold: 0 }, true],
    ['what every object has', 'constructor', {}, false],
    ['nothing', 'gold', null, false],
  ])('match and not: %s', (_what, value, variable, expected) => {
    expect(one('match', { field, value }, withVar(variable))).toBe(expected);
    expect(one('not', { field, value }, withVar(variable))).toBe(!expected);
  });

  it('not is true of those who do not have the variable, and leaves out all alternatives', () => {
    expect(one('not', { field, value: 'gold' }, person())).toBe(true);
    expect(one('match', { field, value: 'gold' }, person())).toBe(false);
    expect(one('not', { field, value: 'silver|gold' }, withVar('gold'))).toBe(false);
  });

  it('exists asks whether there is one, valid whether it says something', () => {
    expect([null, '', 0].map((value) => one('exists', { field }, withVar(value)))).toEqual([true, true, true]);
    expect(one('exists', { field }, person())).toBe(false);
    expect([null, '', [], {}, 0, 'x'].map((value) => one('valid', { field }, withVar(value)))).toEqual([
      false,
      false,
      false,
      false,
      true,
      true,
    ]);
  });

  it('valid without a field asks whether mail may be sent', () => {
    expect(one('valid', {}, person())).toBe(true);
    expect(one('valid', {}, person({ status: 'softbounce', optout: 'blast' }))).toBe(true);
    expect(one('valid', {}, person({ status: 'hardbounce' }))).toBe(false);
    expect(one('valid', {}, person({ optout: 'all' }))).toBe(false);
  });

  it.each([
    ['gt', [false, false, true]],
    ['lt', [true, false, false]],
    ['min', [false, true, true]],
    ['max', [true, true, false]],
  ])('%s compares numbers, also those that are stored as text', (criterion, expected) => {
    expect([9, 10, 11].map((variable) => one(criterion, { field, value: 10 }, withVar(variable)))).toEqual(expected);
    expect(['9', '10', '11'].map((variable) => one(criterion, { field, value: '10' }, withVar(variable)))).toEqual(
      expected,
    );
    expect(
      [person(), withVar('many'), withVar(null), withVar([10])].map((who) => one(criterion, { field, value: 10 }, who)),
    ).toEqual([false, false, false, false]);
    expect(['a', 'm', 'z'].map((variable) => one(criterion, { field, value: 'm' }, withVar(variable)))).toEqual(
      expected,
    );
  });

  it('are found by their path inside an object, unless one has the whole name', () => {
    expect(one('match', { field: 'home.city', value: 'Oslo' }, person({ vars: { home: { city: 'Oslo' } } }))).toBe(
      true,
    );
    expect(
      one(
        'match',
        { field: 'home.city', value: 'Oslo' },
        person({ vars: { 'home.city': 'Rome', home: { city: 'Oslo' } } }),
      ),
    ).toBe(false);
    expect(one('exists', { field: 'home.length' }, person({ vars: { home: ['Oslo'] } }))).toBe(false);
  });

  it('with names that every object knows are variables like others', () => {
    for (const name of ['constructor', '__proto__', 'toString']) {
      expect(one('exists', { field: name }, person())).toBe(false);
      const vars = JSON.parse(`{"${name}":"x"}`) as Record<string, unknown>;
      expect(one('match', { field: name, value: 'x' }, person({ vars }))).toBe(true);
    }
  });

  it('var_date reads dates, eight digits and Unix times on the client’s clock, and signup means the signup date', () => {
    const since = (value: string, variable: unknown) =>
      one('var_date', { field, timerange: 'since_date', value }, withVar(variable));
    for (const variable of ['2024-06-01', '6/1/2024', '20240601', 20240601, 1717214400, '1717214400', 'June 1, 2024'])
      expect([since('06/01/2024', variable), since('06/02/2024', variable)]).toEqual([true, false]);
    expect(['soon', true, null, 20241399].map((variable) => since('01/01/1970', variable))).toEqual([
      false,
      false,
      false,
      false,
    ]);
    const recent = { field: 'signup', timerange: 'since_date', value: '-3 days' };
    expect(one('var_date', recent, person({ signupAt: ago(2) }))).toBe(true);
    expect(one('var_date', recent, person({ signupAt: ago(4) }))).toBe(false);
  });
});

describe('the address and mail', () => {
  it('domain is the whole domain, in any case and script', () => {
    expect(one('domain', { value: 'Example.COM' }, person())).toBe(true);
    expect(one('domain', { value: 'gmail.com|example.com' }, person())).toBe(true);
    expect(one('domain', { value: 'ample.com' }, person())).toBe(false);
    expect(one('domain', { value: 'bücher.example' }, person({ email: 'a@xn--bcher-kva.example' }))).toBe(true);
  });

  it('email is the address, or what it contains between stars', () => {
    expect(
      ['ada@example.com', '*EXAMPLE*', 'ada@*', '*.com', 'a*m'].every((value) => one('email', { value }, person())),
    ).toBe(true);
    expect(['ada', '*gmail*', 'ada@example.com*com'].some((value) => one('email', { value }, person()))).toBe(false);
  });

  it('bounces and consents are told apart', () => {
    const who = [{ optout: 'all' }, { optout: 'basic' }, { optout: 'blast' }, {}].map((more) =>
      person(more as Partial<Profile>),
    );
    const ask = (criterion: string) => who.map((profile) => one(criterion, {}, profile));
    expect(ask('optout_all')).toEqual([true, false, false, false]);
    expect(ask('optout_blast')).toEqual([true, true, true, false]);
    expect(ask('optout_blast_only')).toEqual([false, false, true, false]);
    expect(one('status_softbounce', {}, person({ status: 'softbounce' }))).toBe(true);
    expect(one('status_hardbounce', {}, person({ status: 'softbounce' }))).toBe(false);
    expect(one('optout_template', { value: 'Welcome' }, person({ optoutTemplates: ['Welcome'] }))).toBe(true);
    expect(one('optout_template', { value: 'Welcome' }, person())).toBe(false);
  });

  it('list_member and list_member_not ask for lists by name, a bar in a name in quotes', () => {
    const inA = person({ lists: { [lists.get('A') ?? '']: now } });
    expect([
      one('list_member', { value: 'A' }, inA),
      one('list_member', { value: 'B' }, inA),
      one('list_member', { value: 'B|A' }, inA),
    ]).toEqual([true, false, true]);
    expect([one('list_member_not', { value: 'B' }, inA), one('list_member_not', { value: 'B|A' }, inA)]).toEqual([
      true,
      false,
    ]);
    expect(one('list_member', { value: '"C|D"' }, person({ lists: { [lists.get('C|D') ?? '']: now } }))).toBe(true);
    expect([one('list_member', { value: 'erased' }, inA), one('list_member_not', { value: 'erased' }, inA)]).toEqual([
      false,
      true,
    ]);
    expect(one('list_member', { value: 'All Users' }, person())).toBe(true);
  });
});
