// What of a query is understood, refused and answered, by example; which lists it is about.
import { describe, expect, it } from 'vitest';
import { z } from 'zod';
import { Refusal } from '../../functions/jobs/errors.ts';
import { matcher } from '../../functions/jobs/query/matcher.ts';
import { parseQuery } from '../../functions/jobs/query/parse-query.ts';
import { queryAnswer } from '../../functions/jobs/query/query-answer.ts';
import { queryParam } from '../../functions/jobs/query/query-param.ts';
import { findLists, listNamesOf, resolveLists, sourceLists } from '../../functions/jobs/query/source.ts';
import { lists, now, offset } from './query-naive.ts';
import { ago, matches, person } from './query-people.ts';

const understood = (raw: unknown): unknown => queryAnswer(parseQuery(raw));
const inLists = (...names: string[]) =>
  person({ lists: Object.fromEntries(names.map((name) => [lists.get(name) ?? '', now])) });

describe('a query without criteria', () => {
  it.each([{}, [], '{}', '[]', { source_list: 'All Users' }, { source_list: null, criteria: [], value: [''] }])(
    '%j means everyone',
    (raw) => {
      expect(understood(raw)).toEqual({});
      expect([matches(raw, person()), matches({ query_mode: 'or' }, person())]).toEqual([true, true]);
    },
  );
});

describe('queries that programs send', () => {
  it('recent members of a list, as a connector asks for them', () => {
    const raw = {
      source_list: 'A',
      criteria: ['var_date'],
      field: ['signup'],
      timerange: ['since_date'],
      value: ['-3 days'],
    };
    const member = { lists: inLists('A').lists };
    expect(matches(raw, person({ ...member, signupAt: ago(2) }))).toBe(true);
    expect(matches(raw, person({ ...member, signupAt: ago(4) }))).toBe(false);
    expect(matches(raw, person({ signupAt: ago(2) }))).toBe(false);
    expect(understood(raw)).toEqual(raw);
  });

  it('everyone of a list, to copy it or to opt it out', () => {
    expect(sourceLists(parseQuery({ source_list: 'A' }))).toEqual({ lists: ['A'], mode: 'any' });
    expect([matches({ source_list: 'A' }, inLists('A')), matches({ source_list: 'A' }, inLists('B'))]).toEqual([
      true,
      false,
    ]);
  });

  it('a domain, as parsed out of a form', () => {
    expect(understood({ criteria: ['domain'], value: ['example.com'] })).toEqual({
      criteria: ['domain'],
      value: ['example.com'],
    });
    expect(matches({ criteria: ['domain'], value: ['example.com'] }, person())).toBe(true);
  });

  it('levels at the index of a PHP array with gaps', () => {
    const raw = { criteria: { 1: 'engagement_min', 5: 'domain' }, engagement: { 1: '5' }, value: { 5: 'example.com' } };
    expect(understood(raw)).toEqual({
      criteria: ['engagement_min', 'domain'],
      value: ['', 'example.com'],
      engagement: [5, ''],
    });
  });

  it('a variable that is true', () => {
    expect(matches({ criteria: ['match'], field: ['vip'], value: [true] }, person({ vars: { vip: true } }))).toBe(true);
  });

  it('the three criteria of the Java client, whose arrays have no gaps', () => {
    const raw = {
      criteria: ['domain', 'engagement_min', 'click_time', 'purchase_count_min'],
      ...{
        value: ['example.com'],
        engagement: [5.0],
        geo_frequency: [],
        threshold: [30, 2],
        timerange: ['since_days'],
        field: [],
      },
    };
    expect(understood(raw)).toEqual({
      criteria: raw.criteria,
      ...{ value: ['example.com', '', 30, 2], engagement: ['', 5, '', ''], timerange: ['', '', 'since_days', ''] },
    });
    expect(understood({ criteria: ['purchase_count_min', 'domain'], threshold: [3], value: ['a.com'] })).toEqual({
      criteria: ['purchase_count_min', 'domain'],
      value: [3, 'a.com'],
    });
    const between = ['domain', 'purchase_count_min', 'email'];
    expect(understood({ criteria: between, threshold: [3], value: ['a.com', 'b@c.de'] })).toEqual({
      criteria: between,
      value: ['a.com', 3, 'b@c.de'],
    });
  });

  it('with what their criteria do not use left out', () => {
    expect(understood({ criteria: ['optout_all'], value: ['x'], engagement: [''], threshold: { 4: 2 } })).toEqual({
      criteria: ['optout_all'],
    });
  });
});

describe('what cannot be understood is refused with the reason', () => {
  it.each([
    ['x', 'it must be an object'],
    [[{}], 'it must be an object'],
    [null, 'it must be an object'],
    [{ criterion: ['domain'] }, 'unknown attribute criterion'],
    [{ value: ['example.com'] }, 'criteria is missing'],
    [{ criteria: ['constructor'] }, 'unknown criterion constructor'],
    [{ criteria: { first: 'domain' } }, 'criteria must be an array'],
    [{ criteria: [['domain']] }, 'criteria must hold texts, numbers, true or false'],
    [{ criteria: Array.from({ length: 101 }, () => 'optout_all') }, 'more than 100 criteria'],
    [{ criteria: ['domain'], value: ['x'.repeat(50_000)] }, 'more than 50000 characters'],
    [{ criteria: ['domain'] }, 'domain needs value'],
    [{ criteria: ['domain'], value: [' | '] }, 'domain needs value'],
    [{ criteria: ['match'], value: ['x'] }, 'match needs field'],
    [{ criteria: ['engagement_min'], engagement: [7] }, 'engagement_min: engagement must be a level from 0 to 6'],
    [{ criteria: ['engagement_min'], engagement: ['5.5'] }, 'engagement_min: engagement must be a level from 0 to 6'],
    [{ criteria: ['open_time'] }, 'open_time needs timerange'],
    [
      { criteria: ['open_time'], timerange: ['lately'] },
      'open_time: timerange must be one of ever, not_ever, since_date, not_since_date, since_days, not_since_days',
    ],
    [{ criteria: ['open_time'], timerange: ['since_days'] }, 'open_time needs value'],
    [
      { criteria: ['open_time'], timerange: ['since_days'], value: ['-3 days'] },
      'open_time: value must be a number of days',
    ],
    [{ criteria: ['open_time'], timerange: ['since_date'], value: ['31/12/2024'] }, 'open_time: value must be a date'],
    [{ criteria: ['signup_after'], value: ['soon'] }, 'signup_after: value must be a date'],
    [{ criteria: ['purchase_count_min'], value: ['many'] }, 'purchase_count_min: value must be a number'],
    [{ criteria: ['horizon_interest'], value: ['jazz'] }, 'horizon_interest needs threshold'],
    [{ criteria: ['gt'], field: ['age'], value: ['true'] }, 'gt: value must be a number or text'],
    [
      { criteria: ['geo_radius'], value: ['91,0'], radius: [1] },
      'geo_radius: value must be latitude,longitude such as 40.71,-74.01, not the name of a place',
    ],
    [{ query_mode: 'xor' }, 'query_mode must be and or or'],
    [{ source_list: '.multiple' }, 'source_list .multiple needs multiple_source_list'],
    [{ multiple_source_list: ['A'] }, 'multiple_source_list needs source_list .multiple or .multiple-all'],
  ])('%j', (raw, reason) => {
    expect(() => parseQuery(raw)).toThrow(new Refusal('invalid_parameter', `Invalid query: ${reason}`));
  });

  it('also as a parameter of a job type', () => {
    const params = z.object({ query: queryParam });
    expect(params.parse({ query: '{"source_list":"A"}' }).query).toEqual(parseQuery({ source_list: 'A' }));
    expect(params.safeParse({ query: { criteria: ['x'] } }).error?.issues).toMatchObject([
      { path: ['query'], message: 'Invalid query: unknown criterion x', params: { reason: 'invalid_parameter' } },
    ]);
  });
});

describe('the lists of a query', () => {
  const find = async (name: string) => {
    const id = lists.get(name);
    return id === undefined ? undefined : await Promise.resolve({ id });
  };

  it('restrict the base to members of any, or of all of them', () => {
    const any = { source_list: '.multiple', multiple_source_list: ['A', 'B', 'A'] };
    const all = { source_list: '.multiple-all', multiple_source_list: { 3: 'A', 7: 'B' } };
    expect(sourceLists(parseQuery(any))).toEqual({ lists: ['A', 'B'], mode: 'any' });
    expect(sourceLists(parseQuery(all))).toEqual({ lists: ['A', 'B'], mode: 'all' });
    for (const [names, inAny, inAll] of [
      [['A'], true, false],
      [['A', 'B'], true, true],
      [[], false, false],
    ] as const)
      expect([matches(any, inLists(...names)), matches(all, inLists(...names))]).toEqual([inAny, inAll]);
    expect(parseQuery(understood(all))).toEqual(parseQuery(all));
  });

  it('do not restrict it when everyone is among them, and only the others count where all are asked for', () => {
    expect(
      sourceLists(parseQuery({ source_list: '.multiple', multiple_source_list: ['A', 'All Users'] })),
    ).toBeUndefined();
    const all = { source_list: '.multiple-all', multiple_source_list: ['A', 'All Users'] };
    expect(sourceLists(parseQuery(all))).toEqual({ lists: ['A'], mode: 'any' });
  });

  it('restrict it also when the criteria are joined by or', () => {
    const raw = { source_list: 'A', query_mode: 'or', criteria: ['optout_all', 'domain'], value: ['', 'example.com'] };
    expect([matches(raw, inLists('A')), matches(raw, inLists('B'))]).toEqual([true, false]);
  });

  it('are all named once, those of criteria too, and an unknown one is refused', async () => {
    const raw = { source_list: 'A', criteria: ['list_member', 'list_member_not'], value: ['A|"C|D"', 'B|All Users'] };
    expect(listNamesOf(parseQuery(raw))).toEqual(['A', 'C|D', 'B']);
    expect(await resolveLists(parseQuery(raw), find)).toEqual(lists);
    const unknown = parseQuery({ source_list: 'A', criteria: ['list_member_not'], value: ['Nobody'] });
    await expect(resolveLists(unknown, find)).rejects.toThrow(
      new Refusal('invalid_parameter', 'Invalid query: unknown list Nobody'),
    );
    expect(await findLists(unknown, find)).toEqual(new Map([['A', lists.get('A')]]));
  });

  it('have nobody once they are erased', () => {
    const erased = { now, offset, lists: new Map([['A', lists.get('A') ?? '']]) };
    const all = parseQuery({ source_list: '.multiple-all', multiple_source_list: ['A', 'B'] });
    expect([
      matcher(all, erased)(inLists('A')),
      matcher(parseQuery({ source_list: 'B' }), erased)(inLists('A')),
    ]).toEqual([false, false]);
  });

  it('are at most a hundred', async () => {
    const names = Array.from({ length: 101 }, (_, index) => `L${index}`);
    const query = parseQuery({ source_list: '.multiple', multiple_source_list: names });
    await expect(resolveLists(query, find)).rejects.toThrow('Invalid query: more than 100 lists');
  });
});
