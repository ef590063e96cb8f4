// How endpoints read what callers send: null and '' are nothing, numbers may be texts, objects may be JSON inside a text.
import { ApiError } from '../errors.ts';

type Params = Record<string, unknown>;

export const absent = (value: unknown): boolean => value === undefined || value === null || value === '';

/** Text, or a number or truth value as its text; undefined when absent. Throws ApiError `Invalid <name>` for anything else. */
export const textIn = (params: Params, name: string): string | undefined => {
  const value = params[name];
  if (absent(value)) return undefined;
  if (typeof value === 'string') return value;
  if (typeof value === 'number' || typeof value === 'boolean') return String(value);
  throw new ApiError(400, 99, `Invalid ${name}`);
};

/** An object; `[]`, as PHP writes an empty one, and JSON inside a text are read as such. Throws ApiError. */
export const objectIn = (params: Params, name: string): Record<string, unknown> => {
  const value = params[name];
  if (absent(value) || (Array.isArray(value) && value.length === 0)) return {};
  const object = typeof value === 'string' ? parse(value) : value;
  if (typeof object === 'object' && object !== null && !Array.isArray(object)) return object as Record<string, unknown>;
  throw new ApiError(400, 99, `Invalid ${name}`);
};

const parse = (text: string): unknown => {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
};
