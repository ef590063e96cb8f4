// The user base on one machine: four files of 64 shards each, so that two threads can write at the same time.
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { threadId } from 'node:worker_threads';
import type { Profiles } from '../jobs/ports.ts';
import type { Profile, ProfileChange, Sid } from '../jobs/profile.ts';
import { shardCount, shardOf, sidOfChange } from '../jobs/profile.ts';
import { ProfileDatabase } from './profile-database.ts';

const fileCount = 4;
const shardsPerFile = shardCount / fileCount;
/** How long `apply` waits while all of its files are being written by others, in milliseconds. */
const patience = 60_000;

export interface EmbeddedProfiles extends Profiles {
  /** Makes the files that are missing. */
  prepare(): void;
  close(): void;
}

/** The files of profiles under `home`, opened when they are first needed; fewer `settleRows` are for tests. */
export const openProfiles = (home: string, settleRows?: number): EmbeddedProfiles => {
  const open: (ProfileDatabase | undefined)[] = [];
  const file = (index: number): ProfileDatabase => {
    open[index] ??= new ProfileDatabase(join(home, `profiles-${index}.db`), settleRows);
    return open[index];
  };

  return {
    batch: 5_000,
    parallel: 1,

    async read(client, sids) {
      const found: Profile[] = [];
      for (const [index, part] of split(sids, (sid) => sid).entries())
        if (part.length > 0) for (const profile of file(index).read(client, part)) found.push(profile);
      return found;
    },

    async apply(client, changes) {
      const conflicts: Sid[] = [];
      const parts = split<ProfileChange>(changes, sidOfChange);
      // Each thread begins with another file, and goes on with whichever is free.
      const waiting = new Set<number>();
      for (let i = 0; i < fileCount; i++) {
        const index = (i + threadId) % fileCount;
        if (parts[index]?.length) waiting.add(index);
      }
      const deadline = performance.now() + patience;
      while (waiting.size > 0) {
        const before = waiting.size;
        for (const index of waiting) {
          const part = file(index).tryApply(client, parts[index] ?? []);
          if (!part) continue;
          conflicts.push(...part);
          waiting.delete(index);
        }
        if (waiting.size < before) continue;
        if (performance.now() > deadline) throw new Error('the store of profiles is busy');
        await sleep(1);
      }
      return conflicts;
    },

    async *members(client, list, from, to) {
      for (const [index, first, end] of filesOf(from, to)) yield* file(index).members(client, list, first, end);
    },

    async *scan(client, from, to) {
      for (const [index, first, end] of filesOf(from, to)) yield* file(index).scan(client, first, end);
    },

    prepare() {
      for (let index = 0; index < fileCount; index++) file(index);
      this.close();
    },

    close() {
      for (const database of open.splice(0)) database?.close();
    },
  };
};

/** The files that hold shards of [from, to), each with those of its own. */
const filesOf = (from: number, to: number): [index: number, from: number, to: number][] =>
  Array.from({ length: fileCount }, (_, index): [number, number, number] => [
    index,
    Math.max(from, index * shardsPerFile),
    Math.min(to, (index + 1) * shardsPerFile),
  ]).filter(([, first, end]) => first < end);

/** Items by the file that they belong to, each part sorted by sid. */
const split = <T>(items: readonly T[], sidOf: (item: T) => Sid): T[][] => {
  const parts: T[][] = Array.from({ length: fileCount }, () => []);
  for (const item of items) parts[Math.floor(shardOf(sidOf(item)) / shardsPerFile)]?.push(item);
  return parts.map((part) => sorted(part, sidOf));
};

const keyDigits = 9;
/** A key of 36 bits and a place of 17 fit the 53 bits of a number. */
const places = 2 ** 17;

/** Numbers made of the first digits sort several times faster than texts; what is left to the texts is in order but for ties. */
const sorted = <T>(items: T[], sidOf: (item: T) => Sid): T[] => {
  const inOrder = items.length < places ? roughlySorted(items, sidOf) : items;
  return inOrder.sort((a, b) => {
    const [left, right] = [sidOf(a), sidOf(b)];
    return left < right ? -1 : left > right ? 1 : 0;
  });
};

const roughlySorted = <T>(items: readonly T[], sidOf: (item: T) => Sid): T[] => {
  const keys = new Float64Array(items.length);
  // What is no sid is refused later, in its place.
  for (const [place, item] of items.entries())
    keys[place] = (Number.parseInt(sidOf(item).slice(0, keyDigits), 16) || 0) * places + place;
  return Array.from(keys.sort(), (key) => items[key % places] as T);
};
