// Checks the forms of POST uploads as S3 does: the signature over the policy, its end, its conditions, the size of the file.
import { timingSafeEqual } from 'node:crypto';
import { signatureByKey } from './emulator-signature.ts';

/** What a form is refused with: status and code. */
export type PolicyRefusal = [status: number, code: string];

type Condition = Record<string, string> | [string, string, string] | ['content-length-range', number, number];
interface Policy {
  expiration: string;
  conditions: Condition[];
}

/** A form as it was sent: fields before the file by their names in lower case, and the file's size when there was one. */
export interface PostForm {
  fields: Map<string, string>;
  size: number | undefined;
}

/** Reads a multipart body; what follows the file counts for nothing. */
export const readForm = async (body: Uint8Array, contentType: string): Promise<PostForm> => {
  const form = await new Response(new Uint8Array(body), { headers: { 'content-type': contentType } }).formData();
  const fields = new Map<string, string>();
  for (const [name, value] of form) {
    if (name === 'file') return { fields, size: typeof value === 'string' ? Buffer.byteLength(value) : value.size };
    if (typeof value === 'string') fields.set(name.toLowerCase(), value);
  }
  return { fields, size: undefined };
};

const uncovered = new Set(['policy', 'x-amz-signature', 'file']);
const denied: PolicyRefusal = [403, 'AccessDenied'];

/** Why S3 would refuse the form; undefined when it would take it. `key` and `secret` are of the only credentials there are. */
export const refusalOfForm = (
  bucket: string,
  { fields, size }: PostForm,
  credentials: { key: string; secret: string },
  now: number,
): PolicyRefusal | undefined => {
  if (size === undefined || !fields.has('key')) return [400, 'InvalidArgument'];
  const [text, given] = [fields.get('policy'), fields.get('x-amz-signature')];
  if (text === undefined || given === undefined) return denied;
  const [owner, day, region, service, end] = fields.get('x-amz-credential')?.split('/') ?? [];
  if (owner !== credentials.key) return [403, 'InvalidAccessKeyId'];
  if (!day || !region || service !== 's3' || end !== 'aws4_request') return denied;
  if (!isEqual(given, signatureByKey(credentials.secret, { day, region, service }, text)))
    return [403, 'SignatureDoesNotMatch'];
  const policy = readPolicy(text);
  if (!policy || !(now < Date.parse(policy.expiration))) return denied;
  const sent = new Map(fields).set('bucket', bucket);
  if (fields.has('bucket') && fields.get('bucket') !== bucket) return denied;
  const named = new Set(policy.conditions.map(nameIn));
  for (const name of fields.keys())
    if (!uncovered.has(name) && !name.startsWith('x-ignore-') && !named.has(name)) return denied;
  for (const condition of policy.conditions) {
    if (Array.isArray(condition) && condition[0] === 'content-length-range') {
      if (size < Number(condition[1])) return [400, 'EntityTooSmall'];
      if (size > Number(condition[2])) return [400, 'EntityTooLarge'];
    } else if (!holds(condition, sent.get(nameIn(condition)) ?? '')) return denied;
  }
  return undefined;
};

const readPolicy = (text: string): Policy | undefined => {
  try {
    return JSON.parse(Buffer.from(text, 'base64').toString()) as Policy;
  } catch {
    return undefined;
  }
};

const isEqual = (one: string, other: string): boolean =>
  one.length === other.length && timingSafeEqual(Buffer.from(one), Buffer.from(other));

/** The field that a condition is about, in lower case. */
const nameIn = (condition: Condition): string => {
  const name = Array.isArray(condition) ? String(condition[1]).replace(/^\$/, '') : Object.keys(condition)[0];
  return (name ?? '').toLowerCase();
};

const holds = (condition: Condition, value: string): boolean => {
  if (!Array.isArray(condition)) return Object.values(condition)[0] === value;
  const [how, , expected] = condition;
  if (how === 'eq') return value === expected;
  return how === 'starts-with' && value.startsWith(String(expected));
};
