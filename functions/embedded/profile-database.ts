// One file of profiles: reads, writes and streams the 64 shards that it holds.
import type { DatabaseSync, StatementSync } from 'node:sqlite';
import type { ClientId } from '../jobs/job.ts';
import type { ListId, Profile, ProfileChange, Sid } from '../jobs/profile.ts';
import { Members } from './members.ts';
import { Names } from './names.ts';
import {
  hasList,
  type NameTables,
  type ProfileRow,
  parseLists,
  profileColumns,
  profileOf,
  wantedProfiles,
} from './profile-rows.ts';
import { ProfileWriter } from './profile-writer.ts';
import { profilesPlan } from './schema.ts';
import { idsBetween, SidIndex } from './sid-index.ts';
import { openDatabase, tryTransaction } from './sqlite.ts';

/** Rows of one page of a stream: each page is a statement of its own, so that no reader holds the WAL. */
const pageRows = 2000;
/** Page cache of a stream that walks all profiles, in KiB: the rows of a shard of ten million profiles, which it meets in no order. */
const walkCacheKb = 16 * 1024;
/** A list with at least this part of a client's profiles is read by walking all of them in order. */
const denseShare = 1 / 8;

export class ProfileDatabase {
  readonly #db: DatabaseSync;
  readonly #names: NameTables;
  readonly #members: Members;
  readonly #writer: ProfileWriter;
  readonly #read: StatementSync;
  readonly #page: StatementSync;
  readonly #sids: SidIndex;

  /** Fewer `settleRows` are for tests. */
  constructor(path: string, settleRows?: number) {
    const db = openDatabase(path, profilesPlan);
    const rows = (sql: string) => {
      const statement = db.prepare(sql);
      statement.setReturnArrays(true);
      return statement;
    };
    this.#db = db;
    this.#names = { clients: new Names(db, 'clients'), jobs: new Names(db, 'jobs'), lists: new Names(db, 'lists') };
    this.#members = new Members(db);
    this.#sids = new SidIndex(db, settleRows);
    this.#writer = new ProfileWriter(db, this.#names, this.#members, this.#sids);
    this.#read = rows(`SELECT ${profileColumns} FROM ${wantedProfiles}`);
    this.#page = rows(
      `SELECT ${profileColumns} FROM (${idsBetween(pageRows)}) wanted CROSS JOIN profiles p ON p.id = wanted.id`,
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
      return tryTransaction(this.#db, () => this.#writer.apply(this.#names.clients.refOf(client), changes))?.result;
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
    const bounds = boundsOf(from, to);
    const members = this.#members.count(listRef, from, to);
    if (members === 0) return;
    if (members >= this.#sids.count(clientRef, bounds) * denseShare)
      yield* this.#walkWithCache(clientRef, listRef, bounds);
    else yield* this.#lookUp(clientRef, listRef, from, to);
  }

  /** Pages of all profiles of the client in shards [from, to). */
  *scan(client: ClientId, from: number, to: number): Generator<Profile[]> {
    const ref = this.#names.clients.find(client);
    if (ref === undefined || from >= to) return;
    yield* this.#walkWithCache(ref, undefined, boundsOf(from, to));
  }

  close(): void {
    this.#db.close();
  }

  *#walkWithCache(client: number, list: number | undefined, bounds: [string, string]): Generator<Profile[]> {
    this.#db.exec(`PRAGMA cache_size = -${walkCacheKb}`);
    try {
      yield* this.#walk(client, list, bounds);
    } finally {
      this.#db.exec(`PRAGMA cache_size = -${profilesPlan.cacheKb}`);
    }
  }

  /** Without a list: everyone. */
  *#walk(client: number, list: number | undefined, [from, to]: [string, string]): Generator<Profile[]> {
    for (let after = from; ; ) {
      const rows = this.#page.all(client, after, to) as unknown as ProfileRow[];
      const page = list === undefined ? rows.map((row) => profileOf(row, this.#names)) : this.#membersAmong(rows, list);
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
}

const boundsOf = (from: number, to: number): [string, string] => [hexOf(from), to > 255 ? 'ff'.repeat(13) : hexOf(to)];

const hexOf = (shard: number): string => shard.toString(16).padStart(2, '0');
