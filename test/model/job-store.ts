// Jobs in memory, each call atomic as a conditional write is. What must hold of every write is checked here.
import {
  accountedRows,
  type Channel,
  type Delivery,
  isEnded,
  type Job,
  type JobId,
  type Millis,
} from '../../functions/jobs/job.ts';
import type { Claim, Glance, LedgerEntry } from '../../functions/jobs/ports.ts';
import type { JobPatch, Move } from '../../functions/jobs/states.ts';
import type { Rules } from './rules.ts';
import type { World } from './world.ts';

/** How old an answer that may be "a moment old" can be. */
export const moment = 1000;

export class JobStore {
  readonly jobs = new Map<JobId, Job>();
  readonly claims = new Map<string, Claim>();
  /** The step in which each job ended. */
  readonly endedStep = new Map<JobId, number>();
  /** A job has its source. */
  onSource: (job: Job) => void = () => {};
  onEnd: (job: Job) => void = () => {};
  readonly #world: World;
  readonly #rules: Rules;
  readonly #past = new Map<JobId, { until: Millis; job: Job }[]>();

  constructor(world: World, rules: Rules) {
    this.#world = world;
    this.#rules = rules;
  }

  create(job: Job): boolean {
    if (this.jobs.has(job.id)) return false;
    this.jobs.set(job.id, job);
    this.onSource(job);
    return true;
  }

  claim(claim: Claim): Claim {
    const name = `${claim.client} ${claim.key}`;
    const held = this.claims.get(name);
    if (held && held.expiresAt > this.#world.now) return held;
    this.claims.set(name, claim);
    return claim;
  }

  move(id: JobId, move: Move): Job | undefined {
    const job = this.jobs.get(id);
    if (!job || !this.#rules.allows(move, job)) return undefined;
    this.#world.seen.add(`move ${move.name}`);
    return this.#write(job, patched(job, move.set), move.name);
  }

  glance(id: JobId): Glance | undefined {
    const now = this.jobs.get(id);
    if (!now) return undefined;
    const past = (this.#past.get(id) ?? []).filter(({ until }) => until > this.#world.now - moment);
    const job = past.length > 0 && this.#world.fault('stale') ? this.#world.random.pick(past).job : now;
    return { state: job.state, counts: job.counts, done: job.done, ...(job.stop && { stop: job.stop }) };
  }

  account(id: JobId, entry: LedgerEntry): { accounted: boolean; job: Job } {
    const job = this.jobs.get(id);
    if (!job) throw new Error('an account of a job that is not there');
    if (!this.#rules.mayAccount(job, entry)) {
      this.#world.seen.add('account refused');
      return { accounted: false, job };
    }
    this.#world.seen.add(entry.reached === undefined ? 'account chunk' : 'account part');
    return { accounted: true, job: this.#write(job, this.#rules.accounted(job, entry), 'account') };
  }

  deliver(id: JobId, channel: Channel, was: number, delivery: Delivery): boolean {
    const job = this.jobs.get(id);
    if (job?.deliveries[channel]?.attempts !== was) return false;
    this.#write(job, { ...job, deliveries: { ...job.deliveries, [channel]: delivery } }, 'deliver');
    return true;
  }

  due(now: Millis, limit: number): Job[] {
    // Map order is the order of creation, which a seed repeats; ids are not.
    const waiting = [...this.jobs.values()].filter(({ due }) => due !== undefined && due <= now);
    return waiting.sort((a, b) => (a.due ?? 0) - (b.due ?? 0)).slice(0, limit);
  }

  #write(before: Job, after: Job, what: string): Job {
    const name = this.#world.nameOf(before.id);
    if (isEnded(before) && frozen(before) !== frozen(after))
      this.#world.violate(`${name} changed after its end, by ${what}: ${frozen(before)} to ${frozen(after)}`);
    if (what !== 'plan again') {
      if (accountedRows(after.counts) < accountedRows(before.counts))
        this.#world.violate(`${name} lost counts by ${what}`);
      if (!before.done.every((chunk) => after.done.includes(chunk)))
        this.#world.violate(`${name} lost accounts by ${what}`);
    }
    if (after.source !== before.source) this.onSource(after);
    if (isEnded(after) && !isEnded(before)) {
      this.onEnd(after);
      this.endedStep.set(before.id, this.#world.steps);
      this.#world.seen.add(`end ${after.type} ${after.mode ?? 'run'} ${after.state}`);
      if (before.stop === 'cancel' && !['cancelled', 'failed'].includes(after.state))
        this.#world.violate(`${name} was cancelled and ends ${after.state}`);
      if (after.finishedAt === undefined) this.#world.violate(`${name} ended without a time`);
    }
    const past = this.#past.get(before.id) ?? [];
    this.#past.set(before.id, [...past.slice(-8), { until: this.#world.now, job: before }]);
    this.jobs.set(before.id, after);
    return after;
  }
}

/** What the end of a job fixes for good. */
const frozen = ({ state, stop, counts, reasons, rows, chunks, done, finishedAt, failure, usage }: Job): string =>
  JSON.stringify({ state, stop, counts, reasons, rows, chunks, done, finishedAt, failure, usage });

/** The job with the fields of a move set; null removes a field. */
const patched = (job: Job, set: JobPatch): Job => {
  const fields = Object.entries(set).filter(([, value]) => value !== undefined);
  const kept = Object.entries({ ...job, ...Object.fromEntries(fields) }).filter(([, value]) => value !== null);
  return Object.fromEntries(kept) as unknown as Job;
};
