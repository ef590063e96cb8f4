// Parameters out of form fields: JSON text, PHP brackets, and both at once.
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { type Field, fieldsOf, plainOf, treeOf } from '../../functions/doors/sailthru/form.ts';
import { parametersOf } from '../../functions/doors/sailthru/parameters.ts';
import { fieldsOfQuery } from '../../functions/doors/sailthru/query.ts';

const params = (query: string) => parametersOf(fieldsOfQuery(query), 'utf8');
const json = (value: string) => parametersOf([['json', Buffer.from(value).toString('latin1')]], 'utf8');

describe('the json parameter', () => {
  it.each(['{}', '[]', 'null', '', ' [ ] '])('%j is no parameters', (text) => {
    expect(json(text)).toEqual({});
  });

  it('may be absent', () => {
    expect(params('api_key=k&sig=s&format=json')).toEqual({});
  });

  it.each(['{', '[1]', '"x"', '1', 'true', '{"a":1}}', 'undefined', '\ufeff{}'])('%j is refused', (text) => {
    expect(() => json(text)).toThrow(
      expect.objectContaining({ status: 400, code: 99, message: 'Invalid JSON provided' }),
    );
  });

  it('nested in brackets is refused', () => {
    expect(() => params('json[a]=1')).toThrow('Invalid JSON provided');
  });

  it('keeps types and wins over flat parameters', () => {
    const query = `job=a&list=flat&extra=1&json=${encodeURIComponent('{"list":"Main","n":1,"b":false}')}`;
    expect(params(query)).toEqual({ job: 'a', list: 'Main', extra: '1', n: 1, b: false });
  });

  it('may be nested 100 deep and no deeper', () => {
    const nested = (depth: number) => `{"a":${'['.repeat(depth - 1)}${']'.repeat(depth - 1)}}`;
    expect(json(nested(100))).toHaveProperty('a');
    expect(() => json(nested(101))).toThrow('Invalid JSON provided');
    expect(() => json('['.repeat(5_000_000))).toThrow('Invalid JSON provided');
  });

  it('is not deep because of brackets in a text', () => {
    const text = '[{"\\'.repeat(200);
    expect(json(JSON.stringify({ text }))).toEqual({ text });
  });

  it('may hold a text of megabytes', () => {
    const emails = 'ada@example.com,\\"'.repeat(200_000);
    expect(json(JSON.stringify({ emails }))).toEqual({ emails });
  });

  it('never reaches a prototype', () => {
    const read = json('{"__proto__":{"polluted":1},"constructor":{"prototype":{"polluted":1}}}');
    expect(Object.keys(read)).toEqual(['__proto__', 'constructor']);
    expect(({} as Record<string, unknown>).polluted).toBeUndefined();
    expect(Object.getPrototypeOf(read)).toBe(Object.prototype);
  });

  it('never carries system parameters or the path of a file into the call', () => {
    expect(json('{"file":"/home/ada/people.csv","api_key":"x","sig":"y","format":"php","list":"A"}')).toEqual({
      list: 'A',
    });
  });

  it('is read as UTF-8 or Latin-1, as the signature says, and broken UTF-8 is code 6', () => {
    const latin: Field[] = [['json', '{"list":"\u00dcberblick"}']];
    expect(parametersOf(latin, 'latin1')).toEqual({ list: 'Überblick' });
    expect(() => parametersOf(latin, 'utf8')).toThrow(expect.objectContaining({ status: 400, code: 6 }));
  });
});

describe('objects and lists that clients write in other ways', () => {
  it('reads fields, query and update from a JSON text inside a text, and [] as empty', () => {
    expect(json('{"fields":"{\\"opens\\":1}","update":[],"query":"[]"}')).toEqual({
      fields: { opens: 1 },
      update: {},
      query: {},
    });
    expect(() => json('{"fields":"{opens"}')).toThrow('Invalid JSON provided');
  });

  it('reads a PHP array with gaps as a list of addresses', () => {
    expect(json('{"emails":{"0":"a@example.com","2":"b@example.com"}}')).toEqual({
      emails: ['a@example.com', 'b@example.com'],
    });
  });
});

describe('flat parameters', () => {
  it.each<[string, unknown]>([
    ['vars[city]=Oslo', { vars: { city: 'Oslo' } }],
    ['query[criteria][0]=domain&query[criteria][1]=opens', { query: { criteria: ['domain', 'opens'] } }],
    ['update[lists][My+list]=1', { update: { lists: { 'My list': '1' } } }],
    ['lists[]=A&lists[]=B', { lists: ['A', 'B'] }],
    ['a[5]=x&a[]=y', { a: { 5: 'x', 6: 'y' } }],
    ['a=1&a=2', { a: '2' }],
    ['a=1&a[b]=2', { a: { b: '2' } }],
    ['a[b]=2&a=1', { a: '1' }],
    ['a[b=1', { 'a[b': '1' }],
    ['[a]=1', { '[a]': '1' }],
    ['a[b]c[d]=1', { a: { b: '1' } }],
    ['a', { a: '' }],
    ['&&a=%C3%9C%zz', { a: 'Ü%zz' }],
    ['A=1&a=2', { A: '1', a: '2' }],
    [
      'a[__proto__][polluted]=1&__proto__[polluted]=1',
      JSON.parse('{"a":{"__proto__":{"polluted":"1"}},"__proto__":{"polluted":"1"}}'),
    ],
  ])('%s', (query, expected) => {
    expect(JSON.stringify(params(query))).toBe(JSON.stringify(expected));
    expect(({} as Record<string, unknown>).polluted).toBeUndefined();
  });

  it('are refused when nested too deeply or too many', () => {
    expect(() => params(`a${'[b]'.repeat(200)}=1`)).toThrow(expect.objectContaining({ status: 400, code: 99 }));
    expect(() => params('a=1&'.repeat(100_001))).toThrow(expect.objectContaining({ status: 413, code: 99 }));
  });

  it('come back as what was written, whatever it was', () => {
    const text = fc.string({ unit: 'grapheme' });
    const name = fc.string({ minLength: 1, unit: fc.constantFrom('a', 'B', '_', ' ', 'é', '.') });
    const value = fc.letrec((tie) => ({
      any: fc.oneof({ depthSize: 'small' }, text, tie('list'), tie('object')),
      list: fc.array(tie('any'), { minLength: 1, maxLength: 3 }),
      object: fc.dictionary(name, tie('any'), { minKeys: 1, maxKeys: 3 }),
    })).any;
    fc.assert(
      fc.property(fc.dictionary(name, value), (values) => {
        expect(JSON.stringify(plainOf(treeOf(fieldsOf(values))))).toBe(JSON.stringify(values));
      }),
    );
  });
});
