// Campaigns that somebody repeats: kept and shown. This product sends no mail, so nothing is generated out of them.

import type { ClientId, Millis } from '../job.ts';
import { newId } from '../job.ts';
import type { Ports } from '../ports.ts';
import { allOf, changeRecord, type Place } from './change-record.ts';

export type Repeat = {
  /** 24 lower-case hex digits. */
  id: string;
  /** What is said of it, under the names by which it came. */
  more: Record<string, unknown>;
  createdAt: Millis;
  modifiedAt: Millis;
};

type Stores = Pick<Ports, 'records' | 'clock'>;

const placeOf = (id: string): Place => ({ table: 'blasts', part: 'repeats', sort: id });

/** All of them, in the order of their making. May be a moment old. */
export const listRepeats = (ports: Stores, client: ClientId): Promise<Repeat[]> =>
  allOf<Repeat>(ports, client, 'blasts', 'repeats');

/** Makes one, or changes the one of that id: what is not given stays. Undefined when there is none of that id. */
export const saveRepeat = async (
  ports: Stores,
  client: ClientId,
  id: string | undefined,
  more: Repeat['more'],
): Promise<Repeat | undefined> => {
  const now = ports.clock.now();
  const made = { id: newId(now), more: {}, createdAt: now };
  return changeRecord<Repeat, Repeat | undefined>(ports, client, placeOf(id ?? made.id), (found) => {
    const before = id === undefined ? made : found;
    return before && { ...before, more: { ...before.more, ...more }, modifiedAt: now };
  });
};

/** False when there is none of that id. */
export const removeRepeat = async (ports: Stores, client: ClientId, id: string): Promise<boolean> => {
  let there = false;
  await changeRecord<Repeat, undefined>(ports, client, placeOf(id), (before) => {
    there = before !== undefined;
    return undefined;
  });
  return there;
};
