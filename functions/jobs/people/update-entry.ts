// Makes of what is to change about a person what is written on the profile.
import type { ClientId, Millis } from '../job.ts';
import { type ListId, type ProfilePatch, sidOf } from '../profile.ts';
import type { PatchEntry } from '../rows/apply-patches.ts';
import { strictness } from '../rows/patch-decision.ts';
import { textOfKey } from './person-key.ts';
import type { PersonUpdate } from './person-update.ts';
import type { UpdateLine } from './update-lines.ts';

/** An entry whose lists go by name, until they are resolved. */
export interface UpdateEntry extends PatchEntry {
  lists?: Record<string, boolean>;
}

type Named = Pick<UpdateLine, 'who' | 'email'>;

/** The entry of a person who is named, and what is to change about them. `line`: where it stands, for the trace of consent. */
export const updateEntry = (
  client: ClientId,
  { who, email: beside }: Named,
  update: PersonUpdate,
  line?: number,
): UpdateEntry => {
  const { vars, lists, optout, templates, signupAt, source, keys, onConflict } = update;
  const named = who.name === 'email' ? who.value : undefined;
  const email = keys?.email ?? beside ?? named;
  const patch: ProfilePatch = {
    ...(vars && { vars }),
    ...(signupAt !== undefined && { signupAt }),
    ...(source !== undefined && { more: { source } }),
  };
  return {
    key: named === undefined ? textOfKey(who) : sidOf(client, named),
    patch,
    ...(email !== undefined && { email }),
    ...((named === undefined || keys?.email !== undefined) && { by: who }),
    ...(lists && { lists }),
    ...(optout && { consent: { to: optout, ...(line !== undefined && { line }) } }),
    ...(templates && { templates }),
    ...(keys && Object.keys(keys).length > 0 && { keys }),
    ...(onConflict && { onConflict }),
  };
};

/** Two rows about one person: the later one wins where both speak, but for a wish that is only weaker than the earlier. */
export const mergeEntries = (earlier: UpdateEntry, later: UpdateEntry): UpdateEntry => {
  const vars = both(earlier.patch.vars, later.patch.vars);
  const joined = both(earlier.patch.lists, later.patch.lists);
  const more = both(earlier.patch.more, later.patch.more);
  const [lists, templates] = [both(earlier.lists, later.lists), both(earlier.templates, later.templates)];
  const keys = both(earlier.keys, later.keys);
  const consent = laterConsent(earlier.consent, later.consent);
  return {
    ...earlier,
    ...later,
    patch: {
      ...earlier.patch,
      ...later.patch,
      ...(vars && { vars }),
      ...(joined && { lists: joined }),
      ...(more && { more }),
    },
    ...(lists && { lists }),
    ...(templates && { templates }),
    ...(keys && { keys }),
    ...(consent && { consent }),
  };
};

/** Spread defines properties, so that a name `__proto__` is one like others. */
const both = <T extends object>(earlier: T | undefined, later: T | undefined): T | undefined =>
  earlier && later ? { ...earlier, ...later } : (later ?? earlier);

const laterConsent = (earlier: PatchEntry['consent'], later: PatchEntry['consent']): PatchEntry['consent'] => {
  if (!earlier || !later) return later ?? earlier;
  return later.to === 'none' || strictness[later.to] >= strictness[earlier.to] ? later : earlier;
};

/** The entry with its lists by id; a list that is not there is none that anybody could leave. */
export const withLists = (
  { lists, ...entry }: UpdateEntry,
  idOf: (name: string) => ListId | undefined,
  at: Millis,
): PatchEntry => {
  if (!lists) return entry;
  const changes: NonNullable<ProfilePatch['lists']> = { ...entry.patch.lists };
  for (const [name, joins] of Object.entries(lists)) {
    const id = idOf(name);
    if (id !== undefined) changes[id] = joins ? at : null;
  }
  return { ...entry, patch: { ...entry.patch, lists: changes } };
};
