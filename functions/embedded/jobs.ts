// Jobs, their ledgers and idempotency keys in SQLite: every change is one short transaction.
import type { DatabaseSync } from 'node:sqlite';
import type { Job, JobId } from '../jobs/job.ts';
import { accounted, mayAccount } from '../jobs/ledger.ts';
import type { Claim, Jobs } from '../jobs/ports.ts';
import { rankOf, rankPrefix } from '../jobs/rank.ts';
import { allows, type JobPatch } from '../jobs/states.ts';
import { noUsage } from '../jobs/usage.ts';
import { packDone, unpackDone } from './done-set.ts';
import { transaction } from './sqlite.ts';

/** Expired keys that one claim removes at most. */
const removedAtOnce = 100;

export const embeddedJobs = (db: DatabaseSync, now: () => number): Jobs => {
  const insert = db.prepare(
    'INSERT INTO jobs (id, client, created_at, due, record, done, rank) VALUES (?, ?, ?, ?, ?, ?, ?) ON CONFLICT DO NOTHING',
  );
  const select = db.prepare('SELECT record, done FROM jobs WHERE id = ?');
  const update = db.prepare('UPDATE jobs SET due = ?, record = ?, done = ?, rank = ? WHERE id = ?');
  const selectDue = db.prepare('SELECT record, done FROM jobs WHERE due <= ? ORDER BY due, id LIMIT ?');
  const selectRanked = db.prepare(
    'SELECT record, done FROM jobs WHERE client = ? AND rank > ? AND rank < ? ORDER BY rank LIMIT ?',
  );
  // The plus keeps the index of clients out of it: the range of ids is a few rows, the client's jobs may be many.
  const selectBetween = db.prepare(
    'SELECT record, done FROM jobs WHERE id >= ? AND id < ? AND +client = ? ORDER BY id LIMIT 100',
  );
  const selectClaim = db.prepare('SELECT * FROM claims WHERE client = ? AND key = ?');
  const insertClaim = db.prepare('INSERT OR REPLACE INTO claims VALUES (?, ?, ?, ?, ?)');
  const endClaims = db.prepare(`DELETE FROM claims WHERE (client, key) IN
    (SELECT client, key FROM claims WHERE expires_at <= ? LIMIT ${removedAtOnce})`);

  const read = (id: JobId): Job | undefined => {
    const row = select.get(id);
    return row && jobOf(row);
  };
  const write = (job: Job): Job => {
    const { done, ...record } = job;
    update.run(job.due ?? null, JSON.stringify(record), packDone(done), rankOf(job), job.id);
    return job;
  };

  return {
    async create(job) {
      const { done, ...record } = job;
      const [due, text, rank] = [job.due ?? null, JSON.stringify(record), rankOf(job)];
      return insert.run(job.id, job.client, job.createdAt, due, text, packDone(done), rank).changes === 1;
    },

    async claim(claim) {
      return transaction(db, () => {
        const held = selectClaim.get(claim.client, claim.key);
        if (held && Number(held.expires_at) > now()) return claimOf(held);
        endClaims.run(now());
        insertClaim.run(claim.client, claim.key, claim.fingerprint, claim.job, claim.expiresAt);
        return claim;
      });
    },

    async read(id) {
      return read(id);
    },

    async glance(id) {
      const job = read(id);
      return job && { state: job.state, counts: job.counts, done: job.done, ...(job.stop && { stop: job.stop }) };
    },

    async move(id, move) {
      return transaction(db, () => {
        const job = read(id);
        return job && allows(move, job) ? write(patched(job, move.set)) : undefined;
      });
    },

    async account(id, entry) {
      return transaction(db, () => {
        const job = read(id);
        if (!job) throw new Error('an account of a job that is not there');
        return mayAccount(job, entry)
          ? { accounted: true, job: write(accounted(job, entry)) }
          : { accounted: false, job };
      });
    },

    async deliver(id, channel, was, delivery) {
      return transaction(db, () => {
        const job = read(id);
        if (job?.deliveries[channel]?.attempts !== was) return false;
        write({ ...job, deliveries: { ...job.deliveries, [channel]: delivery } });
        return true;
      });
    },

    async list(client, { limit, after, before, only }) {
      const first = only === 'ended' ? rankPrefix.ended : rankPrefix.unfinished;
      const end = only === 'unfinished' ? rankPrefix.ended : '2';
      const until = before !== undefined && before < end ? before : end;
      return selectRanked.all(client, after ?? first, until, limit).map(jobOf);
    },

    async between(client, first, last) {
      return selectBetween.all(first, `${last}~`, client).map(jobOf);
    },

    async due(at, limit) {
      return selectDue.all(at, limit).map(jobOf);
    },
  };
};

type Row = Record<string, unknown>;

/** What records of earlier versions do not have. */
const defaults = { times: {}, reached: {}, reasons: {}, usage: noUsage };

const jobOf = (row: Row): Job => ({
  ...defaults,
  ...(JSON.parse(String(row.record)) as Omit<Job, 'done'>),
  done: unpackDone(row.done as Uint8Array),
});

const claimOf = (row: Row): Claim => ({
  client: String(row.client),
  key: String(row.key),
  fingerprint: String(row.fingerprint),
  job: String(row.job),
  expiresAt: Number(row.expires_at),
});

/** The job with the fields of a move set; null removes a field. */
const patched = (job: Job, set: JobPatch): Job => {
  const fields = Object.entries(set).filter(([, value]) => value !== undefined);
  const kept = Object.entries({ ...job, ...Object.fromEntries(fields) }).filter(([, value]) => value !== null);
  return Object.fromEntries(kept) as unknown as Job;
};
