// The query as it was understood, in the form in which clients send it.
import { attributeNames } from './attributes.ts';
import type { AttributeName, Criterion, Query, Scalar, SourceLists } from './query.ts';

/** Parallel arrays of one length; `""` where a criterion does not say anything. Attributes that nobody uses are left out. */
export const queryAnswer = ({ source, mode, criteria }: Query): Record<string, unknown> => {
  const used = attributeNames.filter((name) => criteria.some((criterion) => criterion[name] !== undefined));
  return {
    ...sourceAnswer(source),
    ...(mode === 'or' && { query_mode: mode }),
    ...(criteria.length > 0 && { criteria: criteria.map(({ criterion }) => criterion) }),
    ...Object.fromEntries(used.map((name) => [name, criteria.map((criterion) => wireValue(criterion, name))])),
  };
};

const sourceAnswer = (source: SourceLists | undefined): Record<string, unknown> => {
  if (!source) return {};
  if (source.lists.length === 1) return { source_list: source.lists[0] };
  const name = source.mode === 'all' ? '.multiple-all' : '.multiple';
  return { source_list: name, multiple_source_list: source.lists };
};

const wireValue = (criterion: Criterion, name: AttributeName): Scalar => {
  const value = criterion[name] ?? '';
  return name === 'use_geo' && typeof value === 'boolean' ? Number(value) : value;
};
