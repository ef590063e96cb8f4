// Under which keys a person, or a record that asks for one, is found: what people write differently is made the same.
import { createHash } from 'node:crypto';

/** What a record says of a person, by the names of the append API. */
export const matchFields = ['first_name', 'last_name', 'address_1', 'city', 'state', 'zipcode'] as const;
export type MatchField = (typeof matchFields)[number];
export type Facts = Partial<Record<MatchField, string>>;

/** Letters and digits in lower case without marks, words apart by one space: `Zoë  O'Brien` is `zoe o brien`. */
const plainText = (text = ''): string =>
  text
    .normalize('NFKD')
    .replace(/\p{M}+/gu, '')
    .toLowerCase()
    .replace(/[^\p{L}\p{N}]+/gu, ' ')
    .trim();

/** Street names as they are commonly shortened; what is left is compared whole. */
const shortForms: Readonly<Record<string, string>> = {
  street: 'st',
  avenue: 'ave',
  road: 'rd',
  drive: 'dr',
  lane: 'ln',
  court: 'ct',
  boulevard: 'blvd',
  place: 'pl',
  apartment: 'apt',
  suite: 'ste',
  north: 'n',
  south: 's',
  east: 'e',
  west: 'w',
};

/** An address line, its common words in their short forms. */
export const plainAddress = (text = ''): string =>
  plainText(text)
    .split(' ')
    .map((word) => shortForms[word] ?? word)
    .join(' ');

/** The first five characters: what follows in a US code names a part of the same place. */
const plainZip = (zip = ''): string => plainText(zip).replaceAll(' ', '').slice(0, 5);

/** The keys by name and place: by zip code, and by city and state. None without both names. */
export const placeKeys = (facts: Facts): string[] => {
  const [first, last] = [plainText(facts.first_name), plainText(facts.last_name)];
  if (first === '' || last === '') return [];
  const [zip, city, state] = [plainZip(facts.zipcode), plainText(facts.city), plainText(facts.state)];
  const keys: string[] = [];
  if (zip !== '') keys.push(['zip', first, last, zip].join('\n'));
  if (city !== '' && state !== '') keys.push(['city', first, last, city, state].join('\n'));
  return keys;
};

const digest = (algorithm: 'md5' | 'sha256', text: string): string => createHash(algorithm).update(text).digest('hex');

/** The key of a hash as a record brings it: 32 hex digits are MD5, 64 are SHA-256. Undefined for anything else. */
export const hashKey = (hash: string): string | undefined =>
  /^(?:[0-9a-f]{32}|[0-9a-f]{64})$/i.test(hash) ? `hash\n${hash.toLowerCase()}` : undefined;

/** The keys of an address by its hashes, over its normalised form. */
export const addressKeys = (email: string): string[] => [
  `hash\n${digest('md5', email)}`,
  `hash\n${digest('sha256', email)}`,
];
