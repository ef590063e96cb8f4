// People as other jobs and services would have made them: with activity, opt-outs and states that an import cannot set.
import { type Profile, sidOf } from '../../functions/jobs/profile.ts';
import type { House } from './house.ts';

/** Writes a new person of the house's client; times that are not given are the beginning of 2024. */
export const addPerson = async (house: House, email: string, more: Partial<Profile> = {}): Promise<Profile> => {
  const at = Date.UTC(2024, 0, 1);
  const sid = sidOf(house.client.id, email);
  const stamp = '0'.repeat(24);
  const base = { vars: {}, lists: {}, createdAt: at, createdBy: stamp, changedBy: stamp, signupAt: at };
  const profile: Profile = { sid, email, ...base, ...more };
  const conflicts = await house.ports.profiles.apply(house.client.id, [{ kind: 'create', profile }]);
  if (conflicts.length > 0) throw new Error('that person was there');
  return profile;
};

/** The person with this address, as stored now. */
export const personOf = async (house: House, email: string): Promise<Profile> => {
  const [found] = await house.ports.profiles.read(house.client.id, [sidOf(house.client.id, email)], { fresh: true });
  if (!found) throw new Error('no such person');
  return found;
};

/** Gives the house's client other settings. */
export const withSettings = (house: House, settings: Partial<House['client']['settings']>): Promise<void> =>
  house.ports.clients.put({ ...house.client, settings });
