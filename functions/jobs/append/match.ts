// Finds the one person of the client's own base whom a record means, or says why there is not exactly one.
import { readAliases } from '../people/aliases.ts';
import { answersTo, type PersonKey, textOfKey } from '../people/person-key.ts';
import type { Client, Ports } from '../ports.ts';
import type { Profile, Sid } from '../profile.ts';
import { factsOf, readMatches } from './match-index.ts';
import { addressKeys, type Facts, placeKeys, plainAddress } from './match-keys.ts';

/** What a record asks by: the first of these that it has. */
export type Question = { by: 'extid'; extid: string } | { by: 'hash'; key: string } | { by: 'place'; facts: Facts };

export type Match = { profile: Profile } | 'nobody' | 'several';

interface Context {
  ports: Pick<Ports, 'records' | 'profiles'>;
  client: Client;
}

const keysOf = (question: Question): string[] => {
  if (question.by === 'hash') return [question.key];
  return question.by === 'place' ? placeKeys(question.facts) : [];
};

const extidOf = (extid: string): PersonKey => ({ name: 'extid', value: extid });

/** The answers, in the order of the questions. */
export const match = async ({ ports, client }: Context, questions: readonly Question[]): Promise<Match[]> => {
  const extids = questions.flatMap((question) => (question.by === 'extid' ? [extidOf(question.extid)] : []));
  const aliases = await readAliases(ports, client.id, extids);
  const index = await readMatches(ports, client, questions.flatMap(keysOf));
  const candidates = questions.map((question): Sid[] => {
    if (question.by !== 'extid') return [...new Set(keysOf(question).flatMap((key) => index.get(key) ?? []))];
    const alias = aliases.get(textOfKey(extidOf(question.extid)));
    return alias ? [alias.sid] : [];
  });
  const people = new Map<Sid, Profile>();
  const sids = [...new Set(candidates.flat())];
  for (let at = 0; at < sids.length; at += ports.profiles.batch)
    for (const profile of await ports.profiles.read(client.id, sids.slice(at, at + ports.profiles.batch)))
      people.set(profile.sid, profile);
  return questions.map((question, at) => {
    const known = (candidates[at] ?? []).flatMap((sid) => people.get(sid) ?? []);
    return theOne(
      known.filter((profile) => answers(profile, question, client)),
      question,
      client,
    );
  });
};

/** The index may be behind the profile: what it says now counts. */
const answers = (profile: Profile, question: Question, client: Client): boolean => {
  if (question.by === 'extid') return answersTo(profile, extidOf(question.extid));
  if (question.by === 'hash') return addressKeys(profile.email).includes(question.key);
  const facts = factsOf(profile.vars, client);
  const keys = placeKeys(facts);
  if (!placeKeys(question.facts).some((key) => keys.includes(key))) return false;
  const [asked, has] = [plainAddress(question.facts.address_1), plainAddress(facts.address_1)];
  return asked === '' || has === '' || asked === has;
};

/** Of several with that name in that place the address tells, when both sides know it. */
const theOne = (found: readonly Profile[], question: Question, client: Client): Match => {
  const [first] = found;
  if (!first) return 'nobody';
  if (found.length === 1) return { profile: first };
  if (question.by !== 'place') return 'several';
  const asked = plainAddress(question.facts.address_1);
  const there = asked === '' ? [] : found.filter(({ vars }) => plainAddress(factsOf(vars, client).address_1) === asked);
  const [only] = there;
  return only && there.length === 1 ? { profile: only } : 'several';
};
