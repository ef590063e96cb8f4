// The user base in memory: profiles with their past (reads may be behind), the index of members, and what is checked of writes.
import type { ClientId, JobId, Millis } from '../../functions/jobs/job.ts';
import {
  type ListId,
  type Profile,
  type ProfileChange,
  type Sid,
  shardOf,
  sidOfChange,
} from '../../functions/jobs/profile.ts';
import { moment } from './job-store.ts';
import type { Rules } from './rules.ts';
import { Disturbance, type World } from './world.ts';

interface Version {
  at: Millis;
  profile: Profile;
}

const keyOf = (client: ClientId, sid: Sid): string => `${client} ${sid}`;
export const jobOfChange = (change: ProfileChange): JobId => {
  if (change.kind === 'remove') throw new Error('no job of the model removes anyone');
  return change.kind === 'create' ? change.profile.createdBy : change.job;
};

/** A profile that a job has made. */
export interface Creation {
  client: ClientId;
  sid: Sid;
  job: JobId;
  step: number;
}

export class ProfileStore {
  readonly creations: Creation[] = [];
  readonly poisoned = new Set<Sid>();
  readonly #versions = new Map<string, Version[]>();
  readonly #members = new Map<string, Set<Sid>>();
  readonly #world: World;
  readonly #rules: Rules;

  constructor(world: World, rules: Rules) {
    this.#world = world;
    this.#rules = rules;
  }

  seed(client: ClientId, profile: Profile): void {
    this.#versions.set(keyOf(client, profile.sid), [{ at: 0, profile }]);
    for (const list of Object.keys(profile.lists)) this.#memberSet(client, list).add(profile.sid);
  }

  all(client: ClientId): Profile[] {
    return [...this.#versions]
      .filter(([key]) => key.startsWith(`${client} `))
      .map(([, versions]) => versions.at(-1)?.profile as Profile);
  }

  /** The profile before anything happened. */
  first(client: ClientId, sid: Sid): Profile | undefined {
    const [first] = this.#versions.get(keyOf(client, sid)) ?? [];
    return first?.at === 0 ? first.profile : undefined;
  }

  latest(client: ClientId, sid: Sid): Profile | undefined {
    return this.#versions.get(keyOf(client, sid))?.at(-1)?.profile;
  }

  /** When the profile came to be in the list. */
  memberSince(client: ClientId, sid: Sid, list: ListId): Millis | undefined {
    return this.#versions.get(keyOf(client, sid))?.find(({ profile }) => profile.lists[list] !== undefined)?.at;
  }

  /** Profiles as they stand, or as they stood a moment ago unless `fresh`. */
  read(client: ClientId, sids: readonly Sid[], fresh: boolean): Profile[] {
    return sids.flatMap((sid) => {
      const versions = this.#versions.get(keyOf(client, sid)) ?? [];
      const latest = versions.at(-1);
      if (!latest) return [];
      if (fresh || latest.at <= this.#world.now - moment || !this.#world.fault('stale')) return [latest.profile];
      // Any version that was the latest one within the last moment, or none if it was made within it.
      const current = versions.findLastIndex(({ at }) => at <= this.#world.now - moment);
      const chosen = this.#world.random.whole(current, versions.length - 1);
      return chosen < 0 ? [] : [versions[chosen]?.profile as Profile];
    });
  }

  addMembers(client: ClientId, change: ProfileChange): void {
    if (change.kind === 'remove') return;
    const lists = change.kind === 'create' ? change.profile.lists : (change.patch.lists ?? {});
    for (const list of Object.keys(lists)) this.#memberSet(client, list).add(sidOfChange(change));
  }

  /** Writes one profile if the change's kind holds. */
  write(client: ClientId, change: ProfileChange): boolean {
    const sid = sidOfChange(change);
    if (this.poisoned.has(sid)) throw new Disturbance('the profile cannot be written');
    const versions = this.#versions.get(keyOf(client, sid)) ?? [];
    const old = versions.at(-1)?.profile;
    if (change.kind === 'create') {
      if (old && !this.#rules.createsOver) {
        this.#world.seen.add('check conflict');
        return false;
      }
      const { vars, lists, ...fields } = change.profile;
      this.#push(client, versions, { ...fields, vars: { ...vars }, lists: { ...lists } });
      this.creations.push({ client, sid, job: change.profile.createdBy, step: this.#world.steps });
      return true;
    }
    if (!old || change.kind === 'remove') return false;
    const { vars, lists, more, ...fields } = change.patch;
    const creator = this.#rules.takesOver ? { createdBy: change.job } : {};
    this.#push(client, versions, {
      ...old,
      ...fields,
      ...(more as Partial<Profile>),
      ...creator,
      vars: { ...old.vars, ...vars },
      lists: { ...old.lists, ...(lists as Profile['lists']) },
      changedBy: change.job,
    });
    return true;
  }

  /** The next members of a list behind `after`, by the index; the profile decides. */
  membersAfter(client: ClientId, list: ListId, from: number, to: number, after: Sid, limit: number): Sid[] {
    return [...this.#memberSet(client, list)]
      .filter((sid) => sid > after && shardOf(sid) >= from && shardOf(sid) < to)
      .sort()
      .slice(0, limit);
  }

  #push(client: ClientId, versions: Version[], profile: Profile): void {
    versions.push({ at: this.#world.now, profile });
    this.#versions.set(keyOf(client, profile.sid), versions);
  }

  #memberSet(client: ClientId, list: ListId): Set<Sid> {
    const key = keyOf(client, list);
    const members = this.#members.get(key) ?? new Set<Sid>();
    this.#members.set(key, members);
    return members;
  }
}
