// How a person is named: by address, by profile id, or by another key of theirs.
import { normaliseAddress } from '../../files/address.ts';
import { type KeyName, keyNames, type Profile } from '../profile.ts';

/** A name of one person. An address is normalised, a sid has its 24 lower-case digits, other keys are as they were given. */
export type PersonKey = { name: 'email' | 'sid' | KeyName; value: string };

/** Keys to be given to a person, null for those to be taken away. `email`: the address by which they are reached from now on. */
export type KeyChanges = Partial<Record<KeyName, string | null>> & { email?: string };

const maxKeyLength = 200;
const sidPattern = /^[0-9a-f]{24}$/i;

const isKeyName = (name: string): name is KeyName => (keyNames as readonly string[]).includes(name);

/** The value of a key other than address and sid: trimmed text; undefined when it cannot be one. */
export const readKeyValue = (raw: unknown): string | undefined => {
  const text = typeof raw === 'number' ? String(raw) : raw;
  if (typeof text !== 'string' || !text.isWellFormed()) return undefined;
  const value = text.trim();
  return value === '' || value.length > maxKeyLength || /\p{Cc}/u.test(value) ? undefined : value;
};

/**
 * The person whom `id` names. Without `key` it is an address, but 24 hex digits are a profile id, as older clients send it.
 * The reason of a refusal never repeats the text.
 */
export const readPersonKey = (id: unknown, key: unknown): PersonKey | { reject: string } => {
  const text = readKeyValue(id);
  if (text === undefined) return { reject: 'the id is no text of 1 to 200 characters' };
  const name = key === undefined || key === null || key === '' ? (sidPattern.test(text) ? 'sid' : 'email') : key;
  if (name === 'sid')
    return sidPattern.test(text)
      ? { name, value: text.toLowerCase() }
      : { reject: 'the profile id has not 24 hex digits' };
  if (name === 'email') {
    const address = normaliseAddress(text);
    return 'reason' in address ? { reject: address.reason } : { name, value: address.address };
  }
  if (typeof name === 'string' && isKeyName(name)) return { name, value: text };
  return { reject: `the key is none of email, sid, ${keyNames.join(', ')}` };
};

/** Whether the person says that this is a key of theirs: an index that leads here may say too much. */
export const answersTo = (profile: Profile, { name, value }: PersonKey): boolean => {
  if (name === 'sid') return profile.sid === value;
  if (name === 'email') return profile.email === value || (profile.addresses?.includes(value) ?? false);
  return profile.keys?.[name] === value;
};

/** A key as one text, by which rows about the same key are told to belong together. */
export const textOfKey = ({ name, value }: PersonKey): string => `${name}=${value}`;

/** The keys that somebody is to be given, each as such a text. */
export const textsOfKeys = (keys: KeyChanges = {}): string[] =>
  Object.entries(keys).flatMap(([name, value]) =>
    typeof value === 'string' ? [textOfKey({ name: name as PersonKey['name'], value })] : [],
  );

/** Whether a text has the form of a profile id. */
export const isSid = (text: string): boolean => sidPattern.test(text);
