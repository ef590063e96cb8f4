// One file of profiles: reads, writes and streams the 64 shards that it holds.
import type { DatabaseSync, StatementSync } from 'node:sqlite';
import type { ClientId } from '../jobs/job.ts';
import {
  type ListId,
  type Profile,
  type ProfileChange,
  type ProfilePatch,
  type Sid,
  shardOf,
} from '../jobs/profile.ts';
import { Members } from './members.ts';
import { Names } from './names.ts';
import {
  hasList,
  type ListCells,
  listsText,
  moreText,
  type NameTables,
  type ProfileRow,
  parseLists,
  parseMore,
  profileColumns,
  profileOf,
} from './profile-rows.ts';
import { profilesPlan } from './schema.ts';
import { openDatabase, tryTransaction } from './sqlite.ts';

/** Rows of one page of a stream: each page is a statement of its own, so that no reader holds the WAL. */
const pageRows = 2000;
/** A list with at least this part of a client's profiles is read by walking all of them in order. */
const denseShare = 1 / 8;
const rowsPerShard = 2 ** 32;

const creates = (change: ProfileChange): change is Extract<ProfileChange, { kind: 'create' }> =>
  change.kind === 'create';
/** The sid that a change is about. */
export const sidOfChange = (change: ProfileChange): Sid => (creates(change) ? change.profile.sid : change.sid);

/** Sids that may join lists, by list and shard, in the order of the changes. */
type Joins = Map<number, Map<number, Sid[]>>;
type UpdateRow = [...ProfileRow, id: number];

export class ProfileDatabase {
  readonly #db: DatabaseSync;
  readonly #names: NameTables;
  readonly #members: Members;
  readonly #read: StatementSync;
  readonly #readForUpdate: StatementSync;
  readonly #page: StatementSync;
  readonly #count: StatementSync;
  readonly #lastId: StatementSync;
  readonly #insert: StatementSync;
  readonly #update: StatementSync;

  constructor(path: string) {
    const db = openDatabase(path, profilesPlan);
    const rows = (sql: string) => {
      const statement = db.prepare(sql);
      statement.setReturnArrays(true);
      return statement;
    };
    // The sids come sorted and CROSS JOIN keeps their order: the index is walked once from left to right.
    const wanted = 'json_each(?) w CROSS JOIN profiles p ON p.client = ? AND p.sid = unhex(w.value)';
    this.#db = db;
    this.#names = { clients: new Names(db, 'clients'), jobs: new Names(db, 'jobs'), lists: new Names(db, 'lists') };
    this.#members = new Members(db);
    this.#read = rows(`SELECT ${profileColumns} FROM ${wanted}`);
    this.#readForUpdate = rows(`SELECT ${profileColumns}, p.id FROM ${wanted}`);
    this.#page = rows(`SELECT ${profileColumns} FROM profiles p
      WHERE client = ? AND sid > unhex(?) AND sid < unhex(?) ORDER BY client, sid LIMIT ${pageRows}`);
    this.#count = db.prepare(`SELECT count(*) n FROM profiles WHERE client = ? AND sid > unhex(?) AND sid < unhex(?)`);
    this.#lastId = db.prepare('SELECT max(id) id FROM profiles WHERE id >= ? AND id < ?');
    this.#insert = db.prepare(
      'INSERT INTO profiles VALUES (?, ?, unhex(?), ?, ?, ?, ?, ?, ?, ?, ?) ON CONFLICT DO NOTHING',
    );
    this.#update = db.prepare(
      'UPDATE profiles SET vars = ?, lists = ?, changed_by = ?, signup_at = ?, more = ? WHERE id = ?',
    );
  }

  /** The profiles of `sids`, which come sorted, in their order. */
  read(client: ClientId, sids: readonly Sid[]): Profile[] {
    const ref = this.#names.clients.find(client);
    if (ref === undefined) return [];
    const rows = this.#read.all(JSON.stringify(sids), ref) as unknown as ProfileRow[];
    return rows.map((row) => profileOf(row, this.#names));
  }

  /** Applies changes, which come sorted by sid, and gives the conflicts; undefined when another thread is writing. */
  tryApply(client: ClientId, changes: readonly ProfileChange[]): Sid[] | undefined {
    try {
      return tryTransaction(this.#db, () => this.#apply(this.#names.clients.refOf(client), changes))?.result;
    } catch (error) {
      for (const names of Object.values(this.#names) as Names[]) names.forget();
      throw error;
    }
  }

  /** Pages of the members of a list in shards [from, to). */
  *members(client: ClientId, list: ListId, from: number, to: number): Generator<Profile[]> {
    const clientRef = this.#names.clients.find(client);
    const listRef = this.#names.lists.find(list);
    if (clientRef === undefined || listRef === undefined || from >= to) return;
    const bounds: [string, string] = [hexOf(from), to > 255 ? 'ff'.repeat(13) : hexOf(to)];
    const members = this.#members.count(listRef, from, to);
    if (members === 0) return;
    const profiles = Number(this.#count.get(clientRef, ...bounds)?.n);
    if (members >= profiles * denseShare) yield* this.#walk(clientRef, listRef, bounds);
    else yield* this.#lookUp(clientRef, listRef, from, to);
  }

  close(): void {
    this.#db.close();
  }

  *#walk(client: number, list: number, [from, to]: [string, string]): Generator<Profile[]> {
    for (let after = from; ; ) {
      const rows = this.#page.all(client, after, to) as unknown as ProfileRow[];
      const page = this.#membersAmong(rows, list);
      if (page.length > 0) yield page;
      const last = rows.at(-1);
      if (!last || rows.length < pageRows) return;
      after = last[0];
    }
  }

  *#lookUp(client: number, list: number, from: number, to: number): Generator<Profile[]> {
    let sids: Sid[] = [];
    for (let shard = from; shard < to; shard++) {
      sids = sids.concat(this.#members.load(list, shard));
      while (sids.length >= pageRows || (shard === to - 1 && sids.length > 0)) {
        const wanted = JSON.stringify(sids.slice(0, pageRows));
        const page = this.#membersAmong(this.#read.all(wanted, client) as unknown as ProfileRow[], list);
        if (page.length > 0) yield page;
        sids = sids.slice(pageRows);
      }
    }
  }

  #membersAmong(rows: readonly ProfileRow[], list: number): Profile[] {
    const members: Profile[] = [];
    for (const row of rows) {
      const cells = parseLists(row[3]);
      if (hasList(cells, list)) members.push(profileOf(row, this.#names, cells));
    }
    return members;
  }

  #apply(client: number, changes: readonly ProfileChange[]): Sid[] {
    const joins: Joins = new Map();
    const conflicts = [
      ...this.#create(client, changes.filter(creates), joins),
      ...this.#patch(
        client,
        changes.filter((change) => change.kind === 'update'),
        joins,
      ),
    ];
    for (const [list, shards] of joins) for (const [shard, sids] of shards) this.#members.add(list, shard, sids);
    return conflicts;
  }

  #create(client: number, changes: readonly Extract<ProfileChange, { kind: 'create' }>[], joins: Joins): Sid[] {
    const { jobs, lists } = this.#names;
    const conflicts: Sid[] = [];
    let shard = -1;
    let id = 0;
    for (const { profile: p } of changes) {
      if (shardOf(p.sid) !== shard) {
        shard = shardOf(p.sid);
        const first = shard * rowsPerShard;
        id = Number(this.#lastId.get(first, first + rowsPerShard)?.id ?? first) + 1;
      }
      const listCells = listsText(p.lists, lists);
      const [createdBy, changedBy] = [jobs.refOf(p.createdBy), jobs.refOf(p.changedBy)];
      const vars = JSON.stringify(p.vars);
      const more = moreText(p);
      const { changes: written } = this.#insert.run(
        id,
        client,
        p.sid,
        p.email,
        vars,
        listCells,
        p.createdAt,
        createdBy,
        changedBy,
        p.signupAt,
        more,
      );
      if (written === 0) conflicts.push(p.sid);
      else {
        id++;
        for (const list of Object.keys(p.lists)) join(joins, lists.refOf(list), shard, p.sid);
      }
    }
    return conflicts;
  }

  #patch(client: number, changes: readonly Extract<ProfileChange, { kind: 'update' }>[], joins: Joins): Sid[] {
    if (changes.length === 0) return [];
    const wanted = JSON.stringify(changes.map((change) => change.sid));
    const rows = this.#readForUpdate.all(wanted, client) as unknown as UpdateRow[];
    const conflicts: Sid[] = [];
    let next = 0;
    for (const { sid, patch, job } of changes) {
      const row = rows[next];
      if (!row || row[0] !== sid) {
        conflicts.push(sid);
        continue;
      }
      next++;
      const vars = patch.vars ? mergedVars(row[2], patch.vars) : row[2];
      const lists = patch.lists ? this.#mergedLists(row, patch.lists, joins) : row[3];
      const more = patch.source === undefined ? row[8] : moreText({ ...parseMore(row[8]), source: patch.source });
      this.#update.run(vars, lists, this.#names.jobs.refOf(job), patch.signupAt ?? row[7], more, row[9]);
    }
    return conflicts;
  }

  #mergedLists(row: UpdateRow, lists: NonNullable<ProfilePatch['lists']>, joins: Joins): string {
    const cells: ListCells = parseLists(row[3]);
    for (const [name, at] of Object.entries(lists)) {
      const list = this.#names.lists.refOf(name);
      const place = cells.findIndex((cell, i) => i % 2 === 0 && cell === list);
      if (place >= 0) cells[place + 1] = at;
      else {
        cells.push(list, at);
        join(joins, list, shardOf(row[0]), row[0]);
      }
    }
    return JSON.stringify(cells);
  }
}

const hexOf = (shard: number): string => shard.toString(16).padStart(2, '0');

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
