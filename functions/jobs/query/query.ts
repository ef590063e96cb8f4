// What a query is once it is understood: which people of the base are meant. Plain JSON, so that jobs and smart lists can keep it.
import { Refusal } from '../errors.ts';
import type { Millis } from '../job.ts';
import type { Offset } from '../local-time.ts';
import type { ListId, Profile } from '../profile.ts';

export type Scalar = string | number | boolean;

export const timeRanges = ['ever', 'not_ever', 'since_date', 'not_since_date', 'since_days', 'not_since_days'] as const;
type TimeRange = (typeof timeRanges)[number];
export const comparisons = ['min', 'max', 'gt', 'lt', 'match'] as const;
export type Comparison = (typeof comparisons)[number];

/** What a criterion may say besides its name; on the wire each is an array of its own, tied together by the index. */
export interface Attributes {
  /** A variable, or `object.key` inside one. */
  field: string;
  /** As it was sent: its texts are read by `alternativesOf`. */
  value: Scalar;
  /** Level 0 to 6. */
  engagement: number;
  threshold: number;
  timerange: TimeRange;
  /** How often seen in the place, at least. */
  geo_frequency: number;
  /** True for the measured place, false for what the person told. */
  use_geo: boolean;
  /** Miles. */
  radius: number;
  compare: Comparison;
  compare_value: number;
}
export type AttributeName = keyof Attributes;

export interface Criterion extends Partial<Attributes> {
  criterion: string;
}

/** The lists that restrict the base: to members of any of them, or of all. */
export interface SourceLists {
  lists: string[];
  mode: 'any' | 'all';
}

export interface Query {
  /** Absent: everyone. */
  source?: SourceLists;
  mode: 'and' | 'or';
  /** None: everyone in the source. */
  criteria: Criterion[];
}

/** The name that stands for the whole base. */
export const everyone = 'All Users';

/** What a query depends on besides the profile. */
export interface QueryContext {
  /** The moment that relative times count from: one for the whole job, so that all its parts judge alike. */
  now: Millis;
  /** The client's clock. */
  offset: Offset;
  /** Ids of the lists that the query names. Nobody is in a list that is not there. */
  lists: ReadonlyMap<string, ListId>;
}

export type Test = (profile: Profile) => boolean;

export const invalidQuery = (reason: string): Refusal =>
  new Refusal('invalid_parameter', `Invalid query: ${reason.slice(0, 300)}`);
