// What a team's own systems saw somebody do: told on to other systems, kept nowhere.
import { newId } from '../job.ts';
import type { Client, Ports } from '../ports.ts';
import { sidOf } from '../profile.ts';
import { haveMoved } from './aliases.ts';
import { findPeople } from './find-people.ts';
import type { PersonKey } from './person-key.ts';

/** False when nobody has that key. An address that nobody has yet is told under the id that its person would have. */
export const tellEvent = async (
  ports: Pick<Ports, 'profiles' | 'records' | 'events' | 'clock'>,
  client: Client,
  by: PersonKey,
  name: string,
): Promise<boolean> => {
  const moved = by.name === 'email' && (await haveMoved(ports, client.id));
  const [person] = await findPeople({ ports, client }, [{ key: '', by, patch: {} }], { fresh: true, moved });
  const sid = person?.sid ?? (by.name === 'email' ? sidOf(client.id, by.value) : undefined);
  if (sid === undefined) return false;
  const at = ports.clock.now();
  const id = `user.event ${newId(at)}`;
  await ports.events.publish([{ id, kind: 'user.event', client: client.id, at, detail: { person: sid, name } }]);
  return true;
};
