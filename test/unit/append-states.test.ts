// How batches and their containers stand, also when whoever made a batch died before its job was written.
import { describe, expect, it } from 'vitest';
import type { StandingBatch } from '../../functions/jobs/append/containers.ts';
import { endsContainer, stateOfBatch, stateOfContainer } from '../../functions/jobs/append/states.ts';
import type { Job } from '../../functions/jobs/job.ts';
import { aJob, now } from '../contracts/samples.ts';

const batch = (job?: Job, createdAt = now): StandingBatch => ({
  batch: { id: '0'.repeat(16), container: 'c', job: 'j', kind: 'inline', createdAt },
  ...(job && { job }),
});
const ended = (finishedAt: number, changes: Partial<Job> = {}): Job =>
  aJob({ state: 'completed', finishedAt, rows: 1, counts: { unchanged: 1 }, ...changes });

describe('a batch', () => {
  it('without a job is queued for a while, and failed when none came', () => {
    expect(stateOfBatch(batch(), now)).toBe('QUEUED');
    expect(stateOfBatch(batch(undefined, now - 16 * 60_000), now)).toBe('FAILED');
  });

  it('is malformed when its input, or every record in it, cannot be used; failed for any other reason', () => {
    const failed = (failure: Job['failure']) => batch(aJob({ state: 'failed', ...(failure && { failure }) }));
    expect(stateOfBatch(failed({ class: 'input', message: 'm' }), now)).toBe('MALFORMED');
    expect(stateOfBatch(failed({ class: 'timeout', message: 'm' }), now)).toBe('FAILED');
    expect(stateOfBatch(batch(ended(now, { rows: 2, counts: { rejected: 2 } })), now)).toBe('MALFORMED');
    expect(stateOfBatch(batch(ended(now, { rows: 0, counts: {} })), now)).toBe('COMPLETED');
    for (const state of ['cancelled', 'incomplete'] as const)
      expect(stateOfBatch(batch(aJob({ state })), now)).toBe('FAILED');
  });
});

describe('a container', () => {
  it('stands as its batches do', () => {
    expect(stateOfContainer([])).toBe('QUEUED');
    expect(stateOfContainer(['COMPLETED', 'COMPLETED', 'FAILED'])).toBe('COMPLETED');
    expect(stateOfContainer(['COMPLETED', 'WAITING_FOR_UPLOAD'])).toBe('IN_PROGRESS');
    expect(stateOfContainer(['MALFORMED'])).toBe('MALFORMED');
    expect(stateOfContainer(['MALFORMED', 'FAILED'])).toBe('FAILED');
    expect(stateOfContainer(['WAITING_FOR_UPLOAD'])).toBe('WAITING_FOR_UPLOAD');
  });

  it('is told of by the last batch to end, and by no other, however close they end', () => {
    const jobs = [ended(now - 5), ended(now), ended(now)];
    const all = jobs.map((job) => batch(job));
    expect(jobs.filter((job) => endsContainer(job, all, now))).toHaveLength(1);
    expect(endsContainer(jobs[0] as Job, all, now)).toBe(false);
    const open = [...all, batch(aJob({ state: 'running', startedAt: now }))];
    expect(jobs.some((job) => endsContainer(job, open, now))).toBe(false);
  });
});
