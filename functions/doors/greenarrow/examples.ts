// Jobs and imports as the examples of this door show them.
import { subscriberParams } from '../../jobs/types/subscriber-params.ts';
import { counters } from './import-view.ts';
import { listNumber } from './numbers.ts';

/** A list has the same number everywhere. */
export const listId = String(listNumber('Main'));
export const importId = '3600000000000001';
export const waitingId = '3600000000000002';

const at = (time: string): string => `2026-11-27T19:00:${time}Z`;

export const succeeded = (data: unknown) => ({ success: true, data, error_code: null, error_message: null });

type State = 'scheduled' | 'paused' | 'finished' | 'cancelled';

export const exampleImport = (id: string, state: State): Record<string, unknown> => {
  const {
    list: _,
    is_text: __,
    ...options
  } = subscriberParams.parse({
    list: 'Main',
    column_mapping: ['email', 'city'],
    file_format: { csv_has_headers: false },
  });
  const isDone = state === 'finished';
  return {
    id: Number(id),
    mailing_list_id: Number(listId),
    mailing_list_name: 'Main',
    created_at: at('01'),
    state,
    begins_at: at('01'),
    finished_at: isDone || state === 'cancelled' ? at('02') : null,
    file_source: { type: 'json', filename: 'data' },
    ...options,
    error_message: null,
    stats: {
      number_of_records: isDone ? 2 : null,
      records_imported: isDone ? 2 : 0,
      subscribers: Object.fromEntries(
        counters.map((counter) => [counter, isDone && ['added', 'failed'].includes(counter) ? 1 : 0]),
      ),
    },
  };
};

const finished = {
  begins_at: at('01'),
  created_at: at('01'),
  finished_at: at('02'),
  id: Number(importId),
  job_type: 'SubscriberImport',
  mailing_list_id: Number(listId),
  name: 'data',
  organization_id: 1,
  paused: false,
  progress_total: 2,
  progress_value: 2,
  retry_at: null,
  started_at: at('01'),
  state: 'finished',
  state2: null,
  suppression_list_id: null,
  updated_at: at('02'),
};

/** A page of jobs. */
export const exampleJobs = (data: readonly unknown[] = [finished]): Record<string, unknown> => ({
  ...succeeded(data),
  page: 0,
  per_page: 2000,
  num_records: data.length,
  num_pages: data.length > 0 ? 1 : 0,
  page_token: null,
  next_page_token: null,
});
