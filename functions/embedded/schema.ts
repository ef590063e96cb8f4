// What lies in the databases of a home folder, and how each is tuned; docs/decisions/one-machine-store.md has the figures.

export interface DatabasePlan {
  /** What brings a database from each version to the next; a new one has version 0. Never changed once it was landed. */
  steps: readonly string[];
  /** Page cache of each connection, in KiB. */
  cacheKb: number;
  /** The WAL is copied into the database once it has so many pages: pages that change often are copied once. */
  checkpointPages: number;
  /** FULL: a commit is on the disk. NORMAL: it survives a killed process, not a power cut. */
  synchronous: 'FULL' | 'NORMAL';
}

/** Jobs, claims, clients, lists: what must never be lost. */
export const jobsPlan: DatabasePlan = {
  cacheKb: 2048,
  checkpointPages: 1000,
  synchronous: 'FULL',
  steps: [
    `
    CREATE TABLE jobs (
      id TEXT PRIMARY KEY,
      client TEXT NOT NULL,
      created_at INTEGER NOT NULL,
      due INTEGER,
      record TEXT NOT NULL,
      done BLOB NOT NULL
    ) WITHOUT ROWID;
    CREATE INDEX jobs_due ON jobs (due) WHERE due IS NOT NULL;
    CREATE INDEX jobs_of_client ON jobs (client, created_at);
    CREATE TABLE claims (
      client TEXT NOT NULL,
      key TEXT NOT NULL,
      fingerprint TEXT NOT NULL,
      job TEXT NOT NULL,
      expires_at INTEGER NOT NULL,
      PRIMARY KEY (client, key)
    ) WITHOUT ROWID;
    CREATE INDEX claims_end ON claims (expires_at);
    CREATE TABLE clients (
      id TEXT PRIMARY KEY,
      api_key TEXT NOT NULL UNIQUE,
      secret BLOB NOT NULL,
      settings TEXT NOT NULL
    ) WITHOUT ROWID;
    CREATE TABLE lists (
      client TEXT NOT NULL,
      name TEXT NOT NULL,
      id TEXT NOT NULL,
      created_at INTEGER NOT NULL,
      vars TEXT NOT NULL,
      size_hint INTEGER NOT NULL,
      PRIMARY KEY (client, name)
    ) WITHOUT ROWID;
  `,
    // Jobs that were there before are ranked as ended: the few that were not get their place with their end.
    `
    ALTER TABLE jobs ADD COLUMN rank TEXT NOT NULL DEFAULT '';
    UPDATE jobs SET rank = '1' || printf('%013d', 9999999999999 - created_at) || id;
    DROP INDEX jobs_of_client;
    CREATE INDEX jobs_by_rank ON jobs (client, rank);
    ALTER TABLE lists ADD COLUMN more TEXT NOT NULL DEFAULT '{}';
  `,
    // The client of a first start is the system's organization; others are numbered behind it.
    `
    ALTER TABLE clients ADD COLUMN organization INTEGER;
    ALTER TABLE clients ADD COLUMN username TEXT;
    ALTER TABLE clients ADD COLUMN admin INTEGER NOT NULL DEFAULT 0;
    ALTER TABLE clients ADD COLUMN disabled INTEGER NOT NULL DEFAULT 0;
    UPDATE clients SET username = id, admin = id = 'demo', organization = CASE id WHEN 'demo' THEN 1
      ELSE 1 + (SELECT COUNT(*) FROM clients other WHERE other.id <> 'demo' AND other.id <= clients.id) END;
    CREATE UNIQUE INDEX clients_by_organization ON clients (organization);
    CREATE UNIQUE INDEX clients_by_username ON clients (username);
  `,
  ],
};

/** A table of records: one database for each, so that purchases that are brought in do not hold up sends. */
export const recordsPlan: DatabasePlan = {
  cacheKb: 2048,
  checkpointPages: 4000,
  synchronous: 'FULL',
  steps: [
    `
    CREATE TABLE records (
      client TEXT NOT NULL,
      part TEXT NOT NULL,
      sort TEXT NOT NULL,
      version INTEGER NOT NULL,
      value TEXT NOT NULL,
      expires_at INTEGER,
      PRIMARY KEY (client, part, sort)
    ) WITHOUT ROWID;
    CREATE INDEX records_end ON records (expires_at) WHERE expires_at IS NOT NULL;
  `,
  ],
};

/** Messages: only hints, so a power cut may take the last of them. A file of their own, so that nobody waits for the jobs' disk. */
export const queuePlan: DatabasePlan = {
  cacheKb: 1024,
  checkpointPages: 1000,
  synchronous: 'NORMAL',
  steps: [
    `
    CREATE TABLE messages (
      id INTEGER PRIMARY KEY AUTOINCREMENT,
      queue TEXT NOT NULL,
      body TEXT NOT NULL,
      grp TEXT NOT NULL,
      visible_at INTEGER NOT NULL,
      receives INTEGER NOT NULL DEFAULT 0,
      in_flight INTEGER NOT NULL DEFAULT 0
    );
    CREATE UNIQUE INDEX messages_waiting ON messages (queue, body) WHERE in_flight = 0;
    CREATE INDEX messages_visible ON messages (visible_at);
    CREATE INDEX messages_of_group ON messages (grp, visible_at);
  `,
  ],
};

/**
 * Profiles and members of 64 of the 256 shards. A profile's row id is its shard and a serial number, so that new rows
 * go to the ends of few pages and a shard's rows lie together; only the small indexes of sids are written at random places.
 * Ids of clients, jobs and lists are kept once and stand in rows as small numbers.
 * Version 1 had an index on the profiles instead of the two tables of sids.
 */
export const profilesPlan: DatabasePlan = {
  cacheKb: 4 * 1024,
  checkpointPages: 16_000,
  synchronous: 'FULL',
  steps: [
    `
    CREATE TABLE clients (ref INTEGER PRIMARY KEY, name TEXT NOT NULL UNIQUE);
    CREATE TABLE jobs (ref INTEGER PRIMARY KEY, name TEXT NOT NULL UNIQUE);
    CREATE TABLE lists (ref INTEGER PRIMARY KEY, name TEXT NOT NULL UNIQUE);
    CREATE TABLE profiles (
      id INTEGER PRIMARY KEY,
      client INTEGER NOT NULL,
      sid BLOB NOT NULL CHECK (length(sid) = 12),
      email TEXT NOT NULL,
      vars TEXT NOT NULL,
      lists TEXT NOT NULL,
      created_at INTEGER NOT NULL,
      created_by INTEGER NOT NULL,
      changed_by INTEGER NOT NULL,
      signup_at INTEGER NOT NULL,
      more TEXT
    );
    CREATE UNIQUE INDEX profiles_by_sid ON profiles (client, sid);
    CREATE TABLE members (id INTEGER PRIMARY KEY, sids BLOB NOT NULL);
  `,
    `
    CREATE TABLE sids (client INTEGER, sid BLOB, id INTEGER NOT NULL, PRIMARY KEY (client, sid)) WITHOUT ROWID;
    CREATE TABLE new_sids (client INTEGER, sid BLOB, id INTEGER NOT NULL, PRIMARY KEY (client, sid)) WITHOUT ROWID;
    INSERT INTO sids SELECT client, sid, id FROM profiles ORDER BY client, sid;
    DROP INDEX profiles_by_sid;
  `,
  ],
};
