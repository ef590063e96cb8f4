// Promises of what a person is told about a job: what may be done to it, and its receipt.
import { describe, expect, it } from 'vitest';
import { allowedActions, checkAllowed } from '../../functions/jobs/actions.ts';
import { Refusal } from '../../functions/jobs/errors.ts';
import { keepFor } from '../../functions/jobs/looks.ts';
import { receiptOf } from '../../functions/jobs/reports/receipt.ts';
import { aJob, now } from '../contracts/samples.ts';

describe('actions', () => {
  it('are refused with a sentence that says why, and only when they are not among the allowed ones', () => {
    const job = aJob({ state: 'running', stop: 'cancel' });
    expect(allowedActions(job, now)).toEqual([]);
    const refusal = new Refusal('not_allowed', 'The job is being stopped: it cannot be paused');
    expect(() => checkAllowed(job, 'pause', now)).toThrow(refusal);
    expect(() => checkAllowed(aJob(), 'pause', now)).not.toThrow();
  });

  it('end for a job without a plan when its input does', () => {
    const job = aJob({ state: 'failed', finishedAt: now, source: { kind: 'file', key: 'uploads/spool/x' } });
    expect(allowedActions(job, now + keepFor - 1)).toEqual(['retry']);
    expect(() => checkAllowed(job, 'retry', now + keepFor)).toThrow('The input of the job is no longer kept');
    expect(allowedActions({ ...job, source: { kind: 'url', url: 'http://example.com' } }, now + keepFor)).toEqual([
      'retry',
    ]);
  });
});

it('a receipt knows no time below zero, whatever the clocks of those who worked on the job said', () => {
  const skewed = aJob({
    state: 'completed',
    createdAt: now,
    startedAt: now - 5,
    times: { splitting: now },
    finishedAt: now - 9,
  });
  expect(receiptOf(skewed)?.seconds).toEqual({ waiting: 0, splitting: 0, total: 0 });
});
