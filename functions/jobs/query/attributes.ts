// The attributes of a criterion, out of what a client sent for them; numbers come as text from forms, and as 5.0 from Java.
import { maxLevel } from '../exports/engagement.ts';
import { type AttributeName, type Attributes, comparisons, invalidQuery, type Scalar, timeRanges } from './query.ts';
import { numberOf } from './values.ts';

interface Reader<Value> {
  /** Undefined when it is not what it must be. */
  read: (raw: Scalar) => Value | undefined;
  mustBe: string;
}

const oneOf =
  <Word extends string>(words: readonly Word[]) =>
  (raw: Scalar): Word | undefined =>
    words.find((word) => word === String(raw).trim());

const numberThat =
  (holds: (value: number) => boolean) =>
  (raw: Scalar): number | undefined => {
    const value = numberOf(raw);
    return value !== undefined && holds(value) ? value : undefined;
  };

const flagOf = (raw: Scalar): boolean | undefined => {
  const word = String(raw).trim().toLowerCase();
  if (word === 'true' || word === 'false') return word === 'true';
  const number = numberOf(raw);
  return number === 0 || number === 1 ? number === 1 : undefined;
};

const readers: { readonly [Name in AttributeName]: Reader<Attributes[Name]> } = {
  field: { read: String, mustBe: 'the name of a variable' },
  value: { read: (raw) => raw, mustBe: 'a value' },
  engagement: {
    read: numberThat((level) => Number.isInteger(level) && level >= 0 && level <= maxLevel),
    mustBe: `a level from 0 to ${maxLevel}`,
  },
  threshold: { read: numberThat(() => true), mustBe: 'a number' },
  timerange: {
    // One program of the vendor's spells it like this.
    read: (raw) => (raw === 'never' ? 'not_ever' : oneOf(timeRanges)(raw)),
    mustBe: `one of ${timeRanges.join(', ')}`,
  },
  geo_frequency: {
    read: numberThat((times) => Number.isSafeInteger(times) && times >= 0),
    mustBe: 'a whole number',
  },
  use_geo: { read: flagOf, mustBe: '1 or 0' },
  radius: { read: numberThat((miles) => miles > 0), mustBe: 'a number of miles' },
  compare: { read: oneOf(comparisons), mustBe: `one of ${comparisons.join(', ')}` },
  compare_value: { read: numberThat(() => true), mustBe: 'a number' },
};

export const attributeNames = Object.keys(readers) as AttributeName[];

/** Sets one attribute of a criterion; throws Refusal when what was sent is not what it must be. */
export const setAttribute = <Name extends AttributeName>(
  criterion: Partial<Attributes> & { criterion: string },
  name: Name,
  raw: Scalar,
): void => {
  const { read, mustBe } = readers[name];
  const value = read(raw);
  if (value === undefined) throw invalidQuery(`${criterion.criterion}: ${name} must be ${mustBe}`);
  const target: Partial<Attributes> = criterion;
  target[name] = value;
};
