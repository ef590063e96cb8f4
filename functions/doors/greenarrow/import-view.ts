// An import of subscribers as its own resource shows it: short in lists, whole alone.
import type { Job } from '../../jobs/job.ts';
import { skipReasons } from '../../jobs/types/subscriber-import.ts';
import { subscriberParams } from '../../jobs/types/subscriber-params.ts';
import { beginningOf, listOf, nameOf, progressOf, stateWord } from './job-words.ts';
import { jobNumber, listNumber } from './numbers.ts';
import { shownTime } from './times.ts';

/** The ten counters, which are also the names of logs. */
export const counters = [
  'added',
  'updated',
  'failed',
  'skipped_overwrite',
  'skipped_active',
  'skipped_unsubscribed',
  'skipped_scomp',
  'skipped_bounced',
  'skipped_deactivated',
  'skipped_duplicate',
] as const;

export const importView = (job: Job): Record<string, unknown> => {
  const list = listOf(job) ?? '';
  const { value, total } = progressOf(job);
  return {
    id: jobNumber(job.id),
    mailing_list_id: listNumber(list),
    mailing_list_name: list,
    created_at: shownTime(job.createdAt),
    state: stateWord(job),
    begins_at: shownTime(beginningOf(job)),
    finished_at: shownTime(job.finishedAt),
    file_source:
      job.source?.kind === 'url' ? { type: 'url', url: job.source.url } : { type: 'json', filename: nameOf(job) },
    stats: { number_of_records: total, records_imported: value },
  };
};

/** What imports of other doors do, in the words of this one: they take their columns from the file and overwrite variables. */
const otherDoors = { list: 'Main', column_mapping: ['email'], overwrite: true, overwrite_when_status: {} };

export const importDetail = (job: Job): Record<string, unknown> => {
  const { stats, ...view } = importView(job);
  const isOwn = job.type === 'subscriber_import';
  const { list: _, begins_at: __, is_text: ___, ...params } = subscriberParams.parse(isOwn ? job.params : otherDoors);
  return {
    ...view,
    ...params,
    ...(!isOwn && { column_mapping: [] }),
    error_message: job.failure?.message ?? null,
    stats: { ...(stats as object), subscribers: subscribersOf(job) },
  };
};

const subscribersOf = ({ counts, reasons }: Job): Record<(typeof counters)[number], number> => {
  const skipped = (why: keyof typeof skipReasons) => reasons[skipReasons[why]] ?? 0;
  return {
    added: counts.created ?? 0,
    // What is there already, word for word, was brought up to date.
    updated: (counts.updated ?? 0) + (counts.unchanged ?? 0),
    failed: counts.rejected ?? 0,
    skipped_overwrite: skipped('overwrite'),
    skipped_active: skipped('active'),
    skipped_unsubscribed: skipped('unsubscribed'),
    skipped_scomp: skipped('scomp'),
    skipped_bounced: skipped('bounced'),
    skipped_deactivated: skipped('deactivated'),
    skipped_duplicate: counts.duplicate ?? 0,
  };
};
