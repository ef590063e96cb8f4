// What the examples of the append door have in common: ids, paths, errors.

export const jobPath = '/v3/async/append/email/job';
export const pathNotes = { job: 'The `job_id`.', batch: 'The `batch_id`.' };

export const jobId = '2406030915021a7';
export const batchId = '0c9a4e7712d85b3f';
export const fileId = '5be1903fd2784ac6';

export const errors = {
  400: { component: 'Error', text: 'Not understood: the message says what.' },
  401: { component: 'Error', text: 'No token, or one that ended; user or password. Which of them is not told.' },
  403: { component: 'Error', text: 'An unknown key, or an account set to `restricted` or `trial`.' },
  429: { component: 'Error', text: 'Ten wrong keys, tokens or passwords within a minute: wait.' },
  500: { component: 'Error', text: 'Our fault: repeat the call.' },
};

/** A job of which one batch is done and one waits for its file. */
export const answerOfJob = (batches: readonly string[]) => ({
  state: 'IN_PROGRESS',
  number_batches_waiting_for_upload: 1,
  number_batches_queued: 0,
  number_batches_in_progress: 0,
  number_batches_completed: 1,
  number_batches_failed: 0,
  number_batches_malformed: 0,
  created_date: '1717406102000',
  output_format: 'JSON',
  batch_list: batches,
});
