// Criteria about where a person is: the measured place, or what the person told in the variables city, state and country.
import type { Profile, Stats } from '../profile.ts';
import { type Definition, define } from './definition.ts';
import { invalidQuery, type Test } from './query.ts';
import { numberOf, textsOf } from './values.ts';

const none: Stats = {};
type Kind = 'city' | 'state' | 'country';

const place = (kind: Kind): Definition =>
  define({
    needs: ['value'],
    takes: ['use_geo', 'geo_frequency'],
    compile(attributes): Test {
      const names = textsOf(attributes);
      const { use_geo: measured = true, geo_frequency: times = 1 } = attributes;
      return measured ? seenIn(kind, names, times) : toldToBeIn(kind, names);
    },
  });

/** The top place counts as one sighting, for profiles without counts. */
const seenIn = (kind: Kind, names: readonly string[], times: number): Test => {
  const top: ReadonlySet<unknown> = new Set(names);
  return ({ stats = none }) => {
    if (times <= 1 && top.has(stats[kind])) return true;
    const counts = stats.places?.[kind];
    if (!counts) return false;
    for (const name of names) if (Object.hasOwn(counts, name) && (counts[name] ?? 0) >= Math.max(times, 1)) return true;
    return false;
  };
};

const toldToBeIn = (kind: Kind, names: readonly string[]): Test => {
  const told: ReadonlySet<unknown> = new Set(names);
  return ({ vars }) => Object.hasOwn(vars, kind) && told.has(vars[kind]);
};

const degrees = Math.PI / 180;
/** Mean radius of the earth in miles. */
const earth = 3958.7613;

interface Point {
  latitude: number;
  longitude: number;
}

const pointOf = (text: string): Point => {
  const [latitude, longitude, ...more] = text.split(',').map(numberOf);
  const valid =
    more.length === 0 &&
    latitude !== undefined &&
    longitude !== undefined &&
    Math.abs(latitude) <= 90 &&
    Math.abs(longitude) <= 180;
  if (!valid)
    throw invalidQuery('geo_radius: value must be latitude,longitude such as 40.71,-74.01, not the name of a place');
  return { latitude, longitude };
};

/** Great-circle distance by the haversine formula. */
const near = (center: Point, miles: number): ((latitude: number, longitude: number) => boolean) => {
  const cosine = Math.cos(center.latitude * degrees);
  // The haversine of the angle grows with the distance: comparing it spares the arc sine.
  const limit = miles >= Math.PI * earth ? 1 : Math.sin(miles / (2 * earth)) ** 2;
  return (latitude, longitude) => {
    const down = Math.sin(((latitude - center.latitude) * degrees) / 2);
    const across = Math.sin(((longitude - center.longitude) * degrees) / 2);
    const haversine = down * down + cosine * Math.cos(latitude * degrees) * across * across;
    return Math.min(haversine, 1) <= limit;
  };
};

export const placeCriteria: Readonly<Record<string, Definition>> = {
  geo_city: place('city'),
  geo_state: place('state'),
  geo_country: place('country'),
  geo_radius: define({
    needs: ['value', 'radius'],
    compile(attributes) {
      const tests = textsOf(attributes).map((text) => near(pointOf(text), attributes.radius));
      return ({ stats = none }: Profile) => {
        const { latitude, longitude } = stats;
        if (latitude === undefined || longitude === undefined) return false;
        for (const test of tests) if (test(latitude, longitude)) return true;
        return false;
      };
    },
  }),
};
