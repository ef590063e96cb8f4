// The ids of lists that changes of people name: those to be joined are made when they are missing.
import { type Millis, newId } from '../job.ts';
import type { Client, Ports } from '../ports.ts';
import type { ListId } from '../profile.ts';

/** What is known of lists by name so far; undefined for one that is not there. */
export type KnownLists = Map<string, ListId | undefined>;

/** A smart list is named: nobody joins it, whoever matches its query is in it. */
export const smartList = 'a list is a smart list: nobody joins or leaves it';

/**
 * Adds to what is known the lists that are named. `write` false makes none: a list that is missing has an id that nothing has yet.
 * The names of smart lists among them.
 */
export const findNamedLists = async (
  { ports: { lists }, client }: { ports: Pick<Ports, 'lists'>; client: Client },
  named: Iterable<readonly [name: string, joins: boolean]>,
  known: KnownLists,
  { write, now }: { write: boolean; now: Millis },
): Promise<Set<string>> => {
  const wanted = new Map<string, boolean>();
  for (const [name, joins] of named)
    if (!known.has(name) || (joins && known.get(name) === undefined))
      wanted.set(name, joins || (wanted.get(name) ?? false));
  const smart = new Set<string>();
  for (const [name, joins] of wanted) {
    const found = await lists.find(client.id, name);
    if (found?.details.query) smart.add(name);
    else if (found || !joins) known.set(name, found?.id);
    else known.set(name, write ? (await lists.ensure(client.id, name, now)).id : newId(now));
  }
  return smart;
};
