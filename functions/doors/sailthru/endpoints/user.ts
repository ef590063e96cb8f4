// /user: one person, found by address, profile id or another key: shown, changed, forgotten.
import { changePerson, clockOf, findPerson, forgetPerson } from '../../../jobs/people/one-person.ts';
import { type PersonKey, readPersonKey } from '../../../jobs/people/person-key.ts';
import { type PersonUpdate, readPersonUpdate } from '../../../jobs/people/person-update.ts';
import type { Profile } from '../../../jobs/profile.ts';
import { ApiError, missing } from '../errors.ts';
import type { Answer, Endpoint, EndpointCall } from './endpoint.ts';
import { isObject, reading } from './reading.ts';
import { userAnswer } from './user-answer.ts';

export const invalidEmail = (text: unknown): ApiError =>
  new ApiError(400, 11, `Invalid email: ${typeof text === 'string' ? text : ''}`);

export const userNotFound = ({ name, value }: PersonKey): ApiError =>
  new ApiError(404, 99, `User not found with ${name}: ${value}`);

/** Whom the call is about. Throws ApiError. */
const readKey = ({ params }: EndpointCall): PersonKey => {
  const { id, key } = params;
  if (id === undefined || id === null || id === '') throw missing('id');
  const read = readPersonKey(id, key);
  if (!('reject' in read)) return read;
  const asAddress = key === undefined || key === null || key === '' || key === 'email';
  throw asAddress ? invalidEmail(id) : new ApiError(400, 99, `Invalid id: ${read.reject}`);
};

/** A new person may come without an id: the keys say who it is. */
const readKeyOfPost = (call: EndpointCall): PersonKey => {
  const { id, keys } = call.params;
  if ((id !== undefined && id !== null && id !== '') || !isObject(keys)) return readKey(call);
  const [name, value] = Object.entries(keys).find(([, each]) => typeof each === 'string' && each !== '') ?? [];
  const email = typeof keys.email === 'string' ? keys.email : undefined;
  return readKey({ ...call, params: email === undefined ? { id: value, key: name } : { id: email, key: 'email' } });
};

/** An object, or the names alone. */
const readFields = (call: EndpointCall): Answer => {
  const { fields } = call.params;
  return Array.isArray(fields)
    ? Object.fromEntries(fields.map((name) => [String(name), 1]))
    : (reading(call).object('fields') ?? {});
};

/** Throws ApiError for what cannot be read. */
export const readChange = (call: EndpointCall, params: Answer): PersonUpdate => {
  const update = readPersonUpdate(params, clockOf(call));
  if (!('reject' in update)) return update;
  const { keys } = params;
  if (update.reject.startsWith('keys.email')) throw invalidEmail(isObject(keys) ? keys.email : undefined);
  if (update.reject.startsWith('signup_date')) throw new ApiError(400, 18, `Invalid date: ${update.reject}`);
  throw new ApiError(400, 99, `Invalid parameter: ${update.reject}`);
};

/** The person after the change. Throws ApiError. */
export const saveUser = async (call: EndpointCall, key: PersonKey, update: PersonUpdate): Promise<Profile> => {
  const person = await changePerson(call, key, update);
  if (!person) throw userNotFound(key);
  // Another person has the key or the address: nothing was changed.
  if ('reject' in person) throw new ApiError(409, 99, `Conflict: ${person.reject}`);
  return person;
};

export const user: Endpoint = {
  async GET(call) {
    const key = readKey(call);
    const profile = await findPerson(call, key);
    if (!profile) throw userNotFound(key);
    return userAnswer({ ...call, profile }, readFields(call));
  },

  async POST(call) {
    const key = readKeyOfPost(call);
    const fields = readFields(call);
    const profile = await saveUser(call, key, readChange(call, call.params));
    const shown = Object.keys(fields).length > 0 ? await userAnswer({ ...call, profile }, fields) : {};
    return { ...shown, ok: true };
  },

  async DELETE(call) {
    const key = readKey(call);
    if (!(await forgetPerson(call, key))) throw userNotFound(key);
    return { ok: true };
  },
};
