// Queries mean what a plain reading says, in all forms in which they come, and nothing that is sent does harm.
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { Refusal } from '../../functions/jobs/errors.ts';
import { criteria } from '../../functions/jobs/query/criteria.ts';
import { matcher } from '../../functions/jobs/query/matcher.ts';
import { parseQuery } from '../../functions/jobs/query/parse-query.ts';
import { queryAnswer } from '../../functions/jobs/query/query-answer.ts';
import { type Asked, lists, naive, now, offset, people, questions } from './query-naive.ts';
import { gapless, variants } from './query-wire.ts';

const context = { now, offset, lists };
const manyPeople = fc.array(people, { minLength: 1, maxLength: 8 });
const anyQuestions = fc.array(questions, { maxLength: 4 });

const full = (asked: readonly Asked[], mode: string): Record<string, unknown> => ({
  ...(variants['full arrays']?.(asked) as Record<string, unknown>),
  query_mode: mode,
});

describe('a query', () => {
  it('matches those whom a plain reading of it matches, for every criterion there is', () => {
    const seen = new Set<string>();
    fc.assert(
      fc.property(anyQuestions, fc.constantFrom('and', 'or'), manyPeople, (asked, mode, profiles) => {
        const matches = matcher(parseQuery(full(asked, mode)), context);
        for (const { criterion } of asked) seen.add(criterion);
        for (const profile of profiles) {
          const answers = asked.map((question) => naive(question, profile));
          const expected = mode === 'and' || asked.length === 0 ? answers.every(Boolean) : answers.some(Boolean);
          expect(matches(profile)).toBe(expected);
        }
      }),
      { numRuns: 3000 },
    );
    expect([...seen].toSorted()).toEqual([...criteria.keys()].toSorted());
  });

  it.each(Object.keys(variants))('means the same as %s', (name) => {
    fc.assert(
      fc.property(anyQuestions, manyPeople, (asked, profiles) => {
        const matches = matcher(parseQuery(full(asked, 'and')), context);
        const same = matcher(parseQuery(variants[name]?.(asked)), context);
        expect(profiles.map(same)).toEqual(profiles.map(matches));
      }),
      { numRuns: 500 },
    );
  });

  it('means the same in the arrays without gaps of the Java client, when an array can be told to belong to its criteria', () => {
    const inJava = [
      'domain',
      'engagement_min',
      'engagement_max',
      'horizon_interest',
      'status_hardbounce',
      'signup_after',
      'open_time',
      'purchase_time',
      'purchase_count_min',
    ];
    const java = questions.filter(({ criterion }) => inJava.includes(criterion));
    fc.assert(
      fc.property(fc.array(java, { maxLength: 4 }), (asked) => {
        expect(parseQuery(gapless(asked))).toEqual(parseQuery(variants['full arrays']?.(asked)));
      }),
      { numRuns: 500 },
    );
  });

  it('is kept as plain JSON, and what is answered reads as the same query again', () => {
    fc.assert(
      fc.property(anyQuestions, fc.constantFrom('and', 'or'), (asked, mode) => {
        const query = parseQuery(full(asked, mode));
        expect(JSON.parse(JSON.stringify(query))).toEqual(query);
        const answer: unknown = JSON.parse(JSON.stringify(queryAnswer(query)));
        expect(parseQuery(answer)).toEqual(query);
        expect(queryAnswer(parseQuery(answer))).toEqual(answer);
      }),
      { numRuns: 1000 },
    );
  });
});

const refusedOrUsable = (raw: unknown): void => {
  try {
    const query = parseQuery(raw);
    matcher(
      query,
      context,
    )({ sid: '', email: 'a@b.co', vars: {}, lists: {}, createdAt: 0, createdBy: '', changedBy: '', signupAt: 0 });
    expect(parseQuery(queryAnswer(query))).toEqual(query);
  } catch (error) {
    expect(error).toBeInstanceOf(Refusal);
    expect((error as Refusal).reason).toBe('invalid_parameter');
    expect((error as Refusal).message).toMatch(/^Invalid query: ./);
  }
};

describe('whatever is sent', () => {
  it('is refused or can be run', () => {
    fc.assert(fc.property(fc.oneof(fc.jsonValue(), fc.anything(), fc.json()), refusedOrUsable), { numRuns: 2000 });
  });

  it('is refused or can be run when it is nearly right, too', () => {
    const names = fc.constantFrom(
      'criteria',
      'value',
      'field',
      'timerange',
      'threshold',
      'engagement',
      'radius',
      'source_list',
      'multiple_source_list',
      'query_mode',
      '__proto__',
      'constructor',
    );
    const cell = fc.oneof(
      fc.constantFrom(...criteria.keys()),
      fc.constantFrom<unknown>(
        '',
        null,
        0,
        -1,
        1e300,
        '5.0',
        '"',
        '"|',
        '|',
        'since_days',
        'ever',
        '.multiple',
        'A',
        '0,0',
        '*',
        '\ud800',
        '__proto__',
        {},
      ),
    );
    const cellsOf = fc.oneof(
      cell,
      fc.array(cell, { maxLength: 5 }),
      fc.dictionary(fc.constantFrom('0', '1', '2', '7', '01', '-1', '__proto__'), cell),
    );
    fc.assert(fc.property(fc.dictionary(names, cellsOf), refusedOrUsable), { numRuns: 5000 });
  });
});
