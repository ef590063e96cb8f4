// Criteria about variables. Types count, as 5 and "5" are two values; only comparisons of size read numbers out of text.
import { levelOf } from '../exports/engagement.ts';
import type { Millis } from '../job.ts';
import { type Offset, readDate } from '../local-time.ts';
import type { Profile } from '../profile.ts';
import { type Definition, define } from './definition.ts';
import { invalidQuery, type Test } from './query.ts';
import { isBound, rangeOf } from './ranges.ts';
import { type Alternative, choicesOf, numberOf } from './values.ts';

type Read = (profile: Profile) => unknown;

/** A variable by its name or, when there is none of that name, by the path `object.key`. Undefined when missing. */
const variableOf = (field: string): Read => {
  const path = field.split('.');
  return ({ vars }) => {
    if (Object.hasOwn(vars, field)) return vars[field];
    if (path.length === 1) return undefined;
    let at: unknown = vars;
    for (const key of path) {
      if (typeof at !== 'object' || at === null || Array.isArray(at) || !Object.hasOwn(at, key)) return undefined;
      at = (at as Record<string, unknown>)[key];
    }
    return at;
  };
};

/** Equal to one of the choices, an array with such an element, or an object with such a key. */
const equalsOne = (choices: readonly Alternative[]): ((variable: unknown) => boolean) => {
  const values: ReadonlySet<unknown> = new Set(choices.map(({ value }) => value));
  const keys = choices.map(({ text }) => text);
  return (variable) => {
    if (typeof variable !== 'object' || variable === null) return values.has(variable);
    if (!Array.isArray(variable)) return keys.some((key) => Object.hasOwn(variable, key));
    for (const element of variable) if (values.has(element)) return true;
    return false;
  };
};

const equality = (wanted: boolean): Definition =>
  define({
    needs: ['field', 'value'],
    compile(attributes) {
      const [read, equals] = [variableOf(attributes.field), equalsOne(choicesOf(attributes))];
      return (profile) => equals(read(profile)) === wanted;
    },
  });

/** Numbers are compared as numbers, also with the text of one; other texts by their characters. */
const order = (holds: <Item extends number | string>(variable: Item, bound: Item) => boolean): Definition =>
  define({
    needs: ['field', 'value'],
    compile(attributes) {
      const read = variableOf(attributes.field);
      const bounds = choicesOf(attributes).map(({ value }) => value);
      if (bounds.some((bound) => typeof bound === 'boolean'))
        throw invalidQuery(`${attributes.criterion}: value must be a number or text`);
      return (profile) => {
        const variable = read(profile);
        const number = numberOf(variable);
        for (const bound of bounds) {
          if (typeof bound === 'number' && number !== undefined && holds(number, bound)) return true;
          if (typeof bound === 'string' && typeof variable === 'string' && holds(variable, bound)) return true;
        }
        return false;
      };
    },
  });

const isFilled = (variable: unknown): boolean => {
  if (variable === undefined || variable === null || variable === '') return false;
  return typeof variable !== 'object' || Object.keys(variable).length > 0;
};

/** A stored date: text, eight digits `yyyymmdd`, or Unix seconds. */
const storedDate = (variable: unknown, offset: Offset): Millis | undefined => {
  if (typeof variable !== 'string' && typeof variable !== 'number') return undefined;
  const text = String(variable).trim();
  if (/^\d{8}$/.test(text)) return readDate(`${text.slice(0, 4)}-${text.slice(4, 6)}-${text.slice(6)}`, offset);
  if (typeof variable === 'number') return variable * 1000;
  return /^\d{9,11}$/.test(text) ? Number(text) * 1000 : readDate(text, offset);
};

const maxKnownDates = 10_000;

const dateIn = (field: string, offset: Offset): ((profile: Profile) => Millis | undefined) => {
  if (field === 'signup') return ({ signupAt }) => signupAt;
  const read = variableOf(field);
  // Reading a date is the slowest thing that a criterion does, and many people share one.
  const known = new Map<unknown, Millis | undefined>();
  return (profile) => {
    const variable = read(profile);
    if (known.has(variable)) return known.get(variable);
    const at = storedDate(variable, offset);
    if (known.size >= maxKnownDates) known.clear();
    // Short texts only, so that what is kept is small; an object would never be seen again.
    if (typeof variable === 'string' && variable.length < 64) known.set(variable, at);
    return at;
  };
};

export const variableCriteria: Readonly<Record<string, Definition>> = {
  match: equality(true),
  not: equality(false),
  exists: define({
    needs: ['field'],
    compile({ field }) {
      const read = variableOf(field);
      return (profile) => read(profile) !== undefined;
    },
  }),
  /** Of a variable: that it is not empty. Of a person: that mail may be sent. */
  valid: define({
    needs: [],
    takes: ['field'],
    compile({ field }, { now }): Test {
      if (field === undefined) return (profile) => levelOf(profile, now) > 0;
      const read = variableOf(field);
      return (profile) => isFilled(read(profile));
    },
  }),
  gt: order((variable, bound) => variable > bound),
  lt: order((variable, bound) => variable < bound),
  min: order((variable, bound) => variable >= bound),
  max: order((variable, bound) => variable <= bound),
  var_date: define({
    needs: ['field', 'timerange'],
    takes: ['value'],
    bound: isBound,
    compile(attributes, context) {
      const [read, within] = [dateIn(attributes.field, context.offset), rangeOf(attributes, context)];
      return (profile) => within(read(profile));
    },
  }),
};
