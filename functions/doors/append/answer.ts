// Containers and batches as this API shows them. Times are milliseconds, written as texts.
import type { Container, StandingBatch } from '../../jobs/append/containers.ts';
import { countStates, stateOfBatch, stateOfContainer } from '../../jobs/append/states.ts';
import { accountedRows, type Millis } from '../../jobs/job.ts';

type Answer = Record<string, unknown>;

export const containerAnswer = ({ createdAt }: Container, batches: readonly StandingBatch[], now: Millis): Answer => {
  const states = batches.map((batch) => stateOfBatch(batch, now));
  const counts = countStates(states);
  return {
    state: stateOfContainer(states),
    number_batches_waiting_for_upload: counts.WAITING_FOR_UPLOAD,
    number_batches_queued: counts.QUEUED,
    number_batches_in_progress: counts.IN_PROGRESS,
    number_batches_completed: counts.COMPLETED,
    number_batches_failed: counts.FAILED,
    number_batches_malformed: counts.MALFORMED,
    created_date: String(createdAt),
    output_format: 'JSON',
    batch_list: batches.map(({ batch }) => batch.id),
  };
};

export const batchAnswer = (standing: StandingBatch, now: Millis): Answer => {
  const { batch, job } = standing;
  const state = stateOfBatch(standing, now);
  return {
    state,
    created_date: String(batch.createdAt),
    batch_id: batch.id,
    job_id: batch.container,
    number_records: job?.rows ?? null,
    number_records_processed: accountedRows(job?.counts ?? {}),
    number_records_matched: job?.counts.unchanged ?? 0,
    ...(job && Object.keys(job.reasons).length > 0 && { unmatched_reasons: job.reasons }),
    ...(state === 'FAILED' || state === 'MALFORMED' ? { error_message: messageOf(standing) } : {}),
  };
};

const messageOf = ({ job }: StandingBatch): string => {
  if (!job) return 'The batch was not taken: send it again';
  return job.failure?.message ?? (job.state === 'cancelled' ? 'The batch was cancelled' : 'No record could be used');
};
