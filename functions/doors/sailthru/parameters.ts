// The parameters of a call, out of its form fields: flat ones with brackets, and those in the JSON text, which win.
import { isUtf8 } from 'node:buffer';
import { depthOf, maxJsonDepth } from '../../jobs/json-depth.ts';
import { ApiError } from './errors.ts';
import { type Field, plainOf, treeOf } from './form.ts';
import type { Charset } from './signature.ts';

/** Not parameters of the call. A `file` among them is the path of a file that did, or did not, come as a part. */
const systemNames = new Set(['api_key', 'sig', 'format', 'json', 'file']);
/** Parameters that are objects: some clients write them as JSON inside a text, PHP writes an empty one as `[]`. */
const objectNames = ['fields', 'query', 'update'];

const invalidJson = () => new ApiError(400, 99, 'Invalid JSON provided');

/** Reads what the caller sent; `fields` are texts of bytes. Throws ApiError. */
export const parametersOf = (fields: readonly Field[], charset: Charset): Record<string, unknown> => {
  const decoded = fields.map(([name, value]): Field => [decode(name, charset), decode(value, charset)]);
  const flat = plainOf(treeOf(decoded));
  const params = { ...withoutSystem(flat), ...withoutSystem(readJson(flat.json)) };
  return Object.fromEntries(Object.entries(params).map(([name, value]) => [name, coerce(name, value)]));
};

const decode = (bytes: string, charset: Charset): string => {
  if (charset === 'latin1') return bytes;
  const buffer = Buffer.from(bytes, 'latin1');
  if (!isUtf8(buffer)) throw new ApiError(400, 6, 'Invalid UTF-8 characters');
  return buffer.toString('utf8');
};

const withoutSystem = (params: Record<string, unknown>): Record<string, unknown> =>
  Object.fromEntries(Object.entries(params).filter(([name]) => !systemNames.has(name)));

/** Nothing, null and PHP's empty array are no parameters; anything else must be an object. */
const readJson = (text: unknown): Record<string, unknown> => {
  if (text === undefined || text === '') return {};
  if (typeof text !== 'string') throw invalidJson();
  const value = parse(text);
  if (value === null || (Array.isArray(value) && value.length === 0)) return {};
  if (!isObject(value)) throw invalidJson();
  return value;
};

const parse = (text: string): unknown => {
  if (depthOf(text) > maxJsonDepth) throw invalidJson();
  try {
    return JSON.parse(text);
  } catch {
    throw invalidJson();
  }
};

const isObject = (value: unknown): value is Record<string, unknown> =>
  typeof value === 'object' && value !== null && !Array.isArray(value);

const coerce = (name: string, value: unknown): unknown => {
  // A PHP array with gaps in its keys becomes an object.
  if (name === 'emails' && isObject(value) && Object.keys(value).every((key) => /^\d+$/.test(key)))
    return Object.values(value);
  if (!objectNames.includes(name)) return value;
  const object = typeof value === 'string' && /^\s*[[{]/.test(value) ? parse(value) : value;
  return Array.isArray(object) && object.length === 0 ? {} : object;
};
