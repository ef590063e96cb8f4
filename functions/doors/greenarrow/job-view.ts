// A job as the job lists show it: always the same 17 keys.
import type { Job } from '../../jobs/job.ts';
import { beginningOf, changeOf, listOf, nameOf, progressOf, retryOf, stateWord, typeWord } from './job-words.ts';
import { jobNumber, listNumber } from './numbers.ts';
import { shownTime } from './times.ts';

export const jobView = (job: Job, organization: number): Record<string, unknown> => {
  const list = listOf(job);
  const { value, total } = progressOf(job);
  return {
    begins_at: shownTime(beginningOf(job)),
    created_at: shownTime(job.createdAt),
    finished_at: shownTime(job.finishedAt),
    id: jobNumber(job.id),
    job_type: typeWord(job),
    mailing_list_id: list === undefined ? null : listNumber(list),
    name: nameOf(job),
    organization_id: organization,
    paused: job.state === 'paused',
    progress_total: total,
    progress_value: value,
    retry_at: shownTime(retryOf(job)),
    started_at: shownTime(job.startedAt),
    state: stateWord(job),
    // Only campaigns have one, and none is sent from here.
    state2: null,
    // Opt-outs lie with the people themselves: there are no lists of them.
    suppression_list_id: null,
    updated_at: shownTime(changeOf(job)),
  };
};
