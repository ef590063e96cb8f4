// The page about queries says what is so.
import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { criteria } from '../../functions/jobs/query/criteria.ts';
import { parseQuery } from '../../functions/jobs/query/parse-query.ts';

const page = readFileSync(new URL('../../docs/protocols/queries.md', import.meta.url), 'utf8');
const section = (title: string): string => page.split(/^## /m).find((part) => part.startsWith(title)) ?? '';

describe('the page about queries', () => {
  it('has examples that are understood', () => {
    const examples = [...page.matchAll(/```json\n(.*?)```/gs)].map(([, json = '']) => json);
    expect(examples.length).toBeGreaterThan(2);
    for (const example of examples) expect(parseQuery(example).criteria.length).toBeGreaterThan(0);
  });

  it('tells of every criterion just what it needs', () => {
    const told = new Map<string, string[]>();
    for (const [, names = '', needs = ''] of section('Criteria').matchAll(/^\| (`[^|]*`) \| ([^|]*)\|/gm)) {
      const [first = '', ...more] = [...names.matchAll(/`([^`]+)`/g)].map(([, name = '']) => name);
      const required = [...needs.replace(/\(.*?\)/, '').matchAll(/`([^`]+)`/g)].map(([, name = '']) => name);
      for (const name of [first, ...more])
        told.set(name.startsWith('_') ? first.replace(/_min$/, name) : name, required.toSorted());
    }
    const needed = [...criteria].map(([name, { needs, bound }]): [string, string[]] => [
      name,
      [...needs, ...(bound(undefined) ? ['value'] : [])].toSorted(),
    ]);
    expect(told).toEqual(new Map(needed));
  });
});
