// The writes to one file of profiles: creations and updates of a batch, and the members that they add.
import type { DatabaseSync, StatementSync } from 'node:sqlite';
import { type ProfileChange, type ProfilePatch, type Sid, seenFields, shardOf } from '../jobs/profile.ts';
import type { Members } from './members.ts';
import {
  type ListCells,
  listsText,
  moreText,
  type NameTables,
  type ProfileRow,
  parseLists,
  parseMore,
  profileColumns,
  wantedProfiles,
} from './profile-rows.ts';
import type { SidIndex } from './sid-index.ts';

const rowsPerShard = 2 ** 32;

/** Sids that may join lists, by list and shard, in the order of the changes. */
type Joins = Map<number, Map<number, Sid[]>>;
type UpdateRow = [...ProfileRow, id: number];
type Creation = Extract<ProfileChange, { kind: 'create' }>;
type Update = Extract<ProfileChange, { kind: 'update' }>;
type Removal = Extract<ProfileChange, { kind: 'remove' }>;
type Read = Pick<Update, 'consent' | 'statsVersion' | 'seen'>;

export class ProfileWriter {
  readonly #names: NameTables;
  readonly #members: Members;
  readonly #sids: SidIndex;
  readonly #lastId: StatementSync;
  readonly #insert: StatementSync;
  readonly #readForUpdate: StatementSync;
  readonly #update: StatementSync;
  readonly #remove: StatementSync;

  constructor(db: DatabaseSync, names: NameTables, members: Members, sids: SidIndex) {
    this.#names = names;
    this.#members = members;
    this.#sids = sids;
    this.#lastId = db.prepare('SELECT max(id) id FROM profiles WHERE id >= ? AND id < ?');
    this.#insert = db.prepare('INSERT INTO profiles VALUES (?, ?, unhex(?), ?, ?, ?, ?, ?, ?, ?, ?)');
    this.#readForUpdate = db.prepare(`SELECT ${profileColumns}, p.id FROM ${wantedProfiles}`);
    this.#readForUpdate.setReturnArrays(true);
    this.#update = db.prepare(
      'UPDATE profiles SET email = ?, vars = ?, lists = ?, changed_by = ?, signup_at = ?, more = ? WHERE id = ?',
    );
    this.#remove = db.prepare('DELETE FROM profiles WHERE id = ?');
  }

  /** Applies changes, which come sorted by sid, and gives the conflicts. To be called in a write transaction. */
  apply(client: number, changes: readonly ProfileChange[]): Sid[] {
    const joins: Joins = new Map();
    const conflicts = [
      ...this.#create(
        client,
        changes.filter((change) => change.kind === 'create'),
        joins,
      ),
      ...this.#patch(
        client,
        changes.filter((change) => change.kind === 'update'),
        joins,
      ),
      ...this.#removeAll(
        client,
        changes.filter((change) => change.kind === 'remove'),
      ),
    ];
    for (const [list, shards] of joins) for (const [shard, sids] of shards) this.#members.add(list, shard, sids);
    this.#sids.settle();
    return conflicts;
  }

  #create(client: number, changes: readonly Creation[], joins: Joins): Sid[] {
    if (changes.length === 0) return [];
    const { jobs, lists } = this.#names;
    const known = this.#sids.known(
      client,
      changes.map(({ profile }) => profile.sid),
    );
    let shard = -1;
    let first = 0;
    let id = 0;
    for (const { profile: p } of changes) {
      if (known.has(p.sid)) continue;
      if (shardOf(p.sid) !== shard) {
        this.#sids.add(first, id);
        shard = shardOf(p.sid);
        first = this.#nextId(shard);
        id = first;
      }
      const listCells = listsText(p.lists, lists);
      const [createdBy, changedBy] = [jobs.refOf(p.createdBy), jobs.refOf(p.changedBy)];
      const vars = JSON.stringify(p.vars);
      const [created, signup] = [p.createdAt, p.signupAt];
      this.#insert.run(id, client, p.sid, p.email, vars, listCells, created, createdBy, changedBy, signup, moreText(p));
      id++;
      for (const list of Object.keys(p.lists)) join(joins, lists.refOf(list), shard, p.sid);
    }
    this.#sids.add(first, id);
    return [...known];
  }

  /** The id of the next new row of a shard. */
  #nextId(shard: number): number {
    const first = shard * rowsPerShard;
    return Number(this.#lastId.get(first, first + rowsPerShard)?.id ?? first) + 1;
  }

  #patch(client: number, changes: readonly Update[], joins: Joins): Sid[] {
    if (changes.length === 0) return [];
    const wanted = JSON.stringify(changes.map((change) => change.sid));
    const rows = this.#readForUpdate.all(wanted, client) as unknown as UpdateRow[];
    const conflicts: Sid[] = [];
    let next = 0;
    for (const change of changes) {
      const { sid, patch, job } = change;
      const row = rows[next];
      if (!row || row[0] !== sid) {
        conflicts.push(sid);
        continue;
      }
      next++;
      if (!holds(row, change)) {
        conflicts.push(sid);
        continue;
      }
      const vars = patch.vars ? mergedVars(row[2], patch.vars) : row[2];
      const lists = patch.lists ? this.#mergedLists(row, patch.lists, joins) : row[3];
      const more = patch.more ? moreText({ ...parseMore(row[8]), ...patch.more }) : row[8];
      this.#update.run(
        patch.email ?? row[1],
        vars,
        lists,
        this.#names.jobs.refOf(job),
        patch.signupAt ?? row[7],
        more,
        row[9],
      );
    }
    return conflicts;
  }

  #removeAll(client: number, changes: readonly Removal[]): Sid[] {
    const conflicts: Sid[] = [];
    for (const { sid, ...read } of changes) {
      const [row] = this.#readForUpdate.all(JSON.stringify([sid]), client) as unknown as UpdateRow[];
      if (!row || !holds(row, read)) {
        conflicts.push(sid);
        continue;
      }
      this.#remove.run(row[9]);
      this.#sids.remove(client, sid);
    }
    return conflicts;
  }

  #mergedLists(row: UpdateRow, lists: NonNullable<ProfilePatch['lists']>, joins: Joins): string {
    const cells: ListCells = parseLists(row[3]);
    for (const [name, at] of Object.entries(lists)) {
      const list = this.#names.lists.refOf(name);
      const place = cells.findIndex((cell, i) => i % 2 === 0 && cell === list);
      // The index of members may say too much: whoever reads it looks at the profile.
      if (at === null) {
        if (place >= 0) cells.splice(place, 2);
      } else if (place >= 0) cells[place + 1] = at;
      else {
        cells.push(list, at);
        join(joins, list, shardOf(row[0]), row[0]);
      }
    }
    return JSON.stringify(cells);
  }
}

/** Whether the row still says what the change was made from. */
const holds = (row: UpdateRow, { consent, statsVersion, seen = {} }: Read): boolean => {
  const fields = seenFields.filter((field) => field in seen);
  if (consent === undefined && statsVersion === undefined && fields.length === 0) return true;
  const more = parseMore(row[8]);
  return (
    (consent === undefined || consent === (more.optout ?? 'none')) &&
    (statsVersion === undefined || statsVersion === (more.stats?.version ?? 0)) &&
    fields.every((field) => JSON.stringify(seen[field]) === JSON.stringify(more[field]))
  );
};

const join = (joins: Joins, list: number, shard: number, sid: Sid): void => {
  const shards = joins.get(list) ?? new Map<number, Sid[]>();
  joins.set(list, shards);
  const sids = shards.get(shard);
  if (sids) sids.push(sid);
  else shards.set(shard, [sid]);
};

/** Spread and entries define properties, so that a variable named `__proto__` is one like others. */
const mergedVars = (old: string, patch: Record<string, unknown>): string => {
  const merged = { ...(JSON.parse(old) as Record<string, unknown>), ...patch };
  return JSON.stringify(Object.fromEntries(Object.entries(merged).filter(([, value]) => value !== null)));
};
