// A line of an update's input: a JSON object about a person, an address, or a profile id.
import { normaliseAddress } from '../../files/address.ts';
import { holdsSeveral, SeveralOnALine } from '../../files/json-objects.ts';
import { type JsonObject, readJsonLine } from '../json-line.ts';
import { isSid, type PersonKey, readPersonKey, textOfKey } from './person-key.ts';

/** Whom a line is about, and what else it says. */
export interface UpdateLine {
  who: PersonKey;
  /** The address that an object gives beside the `id` that names the person. */
  email?: string;
  /** The object's members; absent when the line is an address or an id alone. */
  members?: JsonObject;
}

/** The line understood, or why it is rejected; reasons never repeat the line. */
export const readUpdateLine = (line: string): UpdateLine | { reject: string } => {
  const text = line.trim();
  if (!text.startsWith('{')) return readBare(text);
  const parsed = readJsonLine(text);
  if ('reject' in parsed) return parsed;
  const { object: members } = parsed;
  const { id, key, email } = members;
  const address = email === undefined || email === null ? undefined : readPersonKey(email, 'email');
  if (address && 'reject' in address) return address;
  if (id === undefined || id === null)
    return address ? { who: address, members } : { reject: 'the object has neither email nor id' };
  const who = readPersonKey(id, key);
  if ('reject' in who) return who;
  return { who, members, ...(address && { email: address.value }) };
};

const readBare = (text: string): UpdateLine | { reject: string } => {
  if (isSid(text)) return { who: { name: 'sid', value: text.toLowerCase() } };
  if (!text.includes('@')) return { reject: 'the line is neither a JSON object nor an address' };
  const address = normaliseAddress(text);
  return 'reason' in address ? { reject: address.reason } : { who: { name: 'email', value: address.address } };
};

/** The address of an object that has one plain member `email`, and no `id` that might name somebody else. */
const plainEmail = /"email"\s*:\s*"([^"\\]*)"\s*[,}]/;

/**
 * The key of a line: lines about one person share it, as far as they name the person alike. Most objects are not parsed for it.
 * Throws SeveralOnALine.
 */
export const keyOfUpdateLine = (line: string): string | undefined => {
  const at = line.indexOf('"email"');
  const plain = at >= 0 && !line.includes('"id"') && !line.includes('\\') && line.indexOf('"email"', at + 1) < 0;
  const found = plain ? plainEmail.exec(line)?.[1] : undefined;
  if (found !== undefined) {
    const address = normaliseAddress(found);
    return 'reason' in address ? undefined : textOfKey({ name: 'email', value: address.address });
  }
  const read = readUpdateLine(line);
  if (!('reject' in read)) return textOfKey(read.who);
  if (line.trimStart().startsWith('{') && holdsSeveral(line)) throw new SeveralOnALine();
  return undefined;
};
