// Makes of a query one test of profiles, once for a whole job: what can be prepared is not done again for each of millions.
import { inAll, inAny } from './contact.ts';
import { criteria } from './criteria.ts';
import type { Attributes, Criterion, Query, QueryContext, Test } from './query.ts';

/**
 * Whether a profile is among those that the query means, its source lists included: it may be asked about any superset
 * of their members. `context.lists` comes from `resolveLists` or `findLists`.
 */
export const matcher = (query: Query, context: QueryContext): Test => {
  const tests = query.criteria.map((criterion) => compile(criterion, context));
  const test = query.mode === 'or' && tests.length > 0 ? anyOf(tests) : allOf(tests);
  const { source } = query;
  if (!source) return test;
  return allOf([source.mode === 'all' ? inAll(source.lists, context) : inAny(source.lists, context), test]);
};

const compile = (criterion: Criterion, context: QueryContext): Test => {
  const definition = criteria.get(criterion.criterion);
  if (!definition) throw new Error('a query with a criterion that this version does not know');
  // parseQuery saw to it that all that is needed is there.
  return definition.compile(criterion as Criterion & Attributes, context);
};

const allOf = (tests: readonly Test[]): Test => {
  if (tests.length === 1 && tests[0]) return tests[0];
  return (profile) => {
    for (const test of tests) if (!test(profile)) return false;
    return true;
  };
};

const anyOf = (tests: readonly Test[]): Test => {
  if (tests.length === 1 && tests[0]) return tests[0];
  return (profile) => {
    for (const test of tests) if (test(profile)) return true;
    return false;
  };
};
