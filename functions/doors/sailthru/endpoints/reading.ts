// What a call says, parameter by parameter: clients write the same value in several ways.
import type { Millis } from '../../../jobs/job.ts';
import { depthOf, maxJsonDepth } from '../../../jobs/json-depth.ts';
import { offsetOf } from '../../../jobs/local-time.ts';
import { readMoment } from '../../../jobs/relative-time.ts';
import { ApiError, missing } from '../errors.ts';
import type { EndpointCall } from './endpoint.ts';

const maxText = 2000;
/** Of parameters that are kept as they came, as JSON. */
const maxKept = 20_000;

export const invalid = (name: string): ApiError => new ApiError(400, 99, `Invalid ${name}`);

export const isObject = (value: unknown): value is Record<string, unknown> =>
  typeof value === 'object' && value !== null && !Array.isArray(value);

/** Each reads one parameter: undefined when it is not there, or null. A value of the wrong kind throws an ApiError that names it. */
export const reading = ({ params, ports, client }: Pick<EndpointCall, 'params' | 'ports' | 'client'>) => {
  const given = (name: string): unknown => (Object.hasOwn(params, name) ? (params[name] ?? undefined) : undefined);

  /** Text; a number is read as its digits. The empty text says that there is to be none. */
  const text = (name: string, most = maxText): string | undefined => {
    const value = given(name);
    if (value === undefined) return undefined;
    const read = typeof value === 'number' || typeof value === 'boolean' ? String(value) : value;
    if (typeof read !== 'string' || !read.isWellFormed() || read.length > most) throw invalid(name);
    return read;
  };
  /** A name that things are found by: 1 to 200 characters, none of them a control character. */
  const name = (of: string): string | undefined => {
    const value = text(of, 200);
    if (value === undefined || value.trim() === '') return undefined;
    if (/\p{Cc}/u.test(value)) throw invalid(of);
    return value;
  };
  const whole = (of: string): number | undefined => {
    const value = text(of, 20)?.trim();
    if (value === undefined || value === '') return undefined;
    if (!/^\d{1,15}$/.test(value)) throw invalid(of);
    return Number(value);
  };
  const flag = (of: string): boolean | undefined => {
    const value = text(of, 20)?.trim().toLowerCase();
    if (value === undefined) return undefined;
    if (['1', 'true'].includes(value)) return true;
    if (['0', 'false', ''].includes(value)) return false;
    throw invalid(of);
  };
  /** An array, PHP's array with gaps in its keys, or texts between commas. Empty ones are left out. */
  const texts = (of: string): string[] | undefined => {
    const value = given(of);
    if (value === undefined) return undefined;
    const list = typeof value === 'string' ? value.split(',') : isObject(value) ? Object.values(value) : value;
    if (!Array.isArray(list)) throw invalid(of);
    const read = list.map((each: unknown) => {
      if (typeof each === 'number') return String(each);
      if (typeof each !== 'string' || !each.isWellFormed() || each.length > maxText) throw invalid(of);
      return each.trim();
    });
    return read.filter((each) => each !== '');
  };
  /** An object, as itself or as JSON in a text; PHP's empty array is an empty one. */
  const object = (of: string): Record<string, unknown> | undefined => {
    const value = given(of);
    if (value === undefined || value === '') return undefined;
    const read = typeof value === 'string' ? parsed(value) : value;
    if (Array.isArray(read) && read.length === 0) return {};
    if (!isObject(read)) throw invalid(of);
    return read;
  };
  /** A moment as people tell them, on the client's clock. */
  const moment = (of: string): Millis | undefined => {
    const value = text(of, 100)?.trim();
    if (value === undefined || value === '') return undefined;
    const at = readMoment(value, offsetOf(client.settings.timeZone), ports.clock.now());
    if (at === undefined) throw new ApiError(400, 18, `Invalid ${of}: ${value}`);
    return at;
  };
  /** Those of the parameters of these names that are there, as they came. */
  const kept = (names: readonly string[]): Record<string, unknown> => {
    const found = Object.fromEntries(names.flatMap((of) => (given(of) === undefined ? [] : [[of, given(of)]])));
    for (const [of, value] of Object.entries(found)) if (JSON.stringify(value).length > maxKept) throw invalid(of);
    return found;
  };
  /** What was read, or the error for a parameter that is not there. */
  const needed = <T>(of: string, value: T | undefined): T => {
    if (value === undefined || value === '') throw missing(of);
    return value;
  };
  return { given, text, name, whole, flag, texts, object, moment, kept, needed };
};
export type Reading = ReturnType<typeof reading>;

const parsed = (text: string): unknown => {
  if (depthOf(text) > maxJsonDepth) return undefined;
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
};
