// The batches of the append door, for its OpenAPI document.
import type { Example, Operation, Shape } from '../description.ts';
import { batchId, errors, fileId, jobId, jobPath, pathNotes } from './examples.ts';
import { batchAnswer, batchMade, batchOrder, fileAwaited, fileOrder, resultsAnswer } from './schemas.ts';

const orderNotes = {
  record_list:
    'Objects with `extid`, `email_hash`, or `first_name` and `last_name` with `zipcode` or with `city` and `state`; ' +
    '`address_1` if it is known. Whatever else they hold comes back unchanged. Under the name `records` too.',
  fields: 'Variables that come back with each matched record.',
  notification_URL: 'Is told of the end of this batch.',
  notification_method: '`GET` or `POST`; needed with `notification_URL`.',
};

export const batchComponents: Readonly<Record<string, Shape>> = {
  BatchOrder: { schema: batchOrder, notes: orderNotes },
  BatchMade: { schema: batchMade },
  FileOrder: { schema: fileOrder, notes: orderNotes },
  FileAwaited: {
    schema: fileAwaited,
    notes: {
      upload_url:
        'Takes the file by `PUT`, without key or token: an array, `{"record_list": [...]}`, or a record a line.',
      upload_expiration_date: 'In eight hours: without a file the batch then fails.',
    },
  },
  Batch: {
    schema: batchAnswer,
    notes: {
      number_records: 'Null until they are counted.',
      unmatched_reasons: 'How many records came back without an address for which reason.',
      error_message: 'Why it failed, or is malformed.',
    },
  },
  Results: {
    schema: resultsAnswer,
    notes: {
      record_list: 'For records that came in a request: each in its place.',
      results_url: 'For a file, and for more than 5 MB.',
      results_expiration_date: 'When the link ends.',
    },
  },
};

const notFound = { 404: { component: 'Error', text: 'There is no such job, or no such batch in it.' } };
const tooLong = { 413: { component: 'Error', text: 'Over 10 MB: send a batch-file.' } };
const ada = { first_name: 'Ada', last_name: 'Lovelace', zipcode: '01234' };
const nobody = { first_name: 'No', last_name: 'One', zipcode: '99999' };
const waiting = {
  state: 'WAITING_FOR_UPLOAD',
  created_date: '1717406102000',
  batch_id: fileId,
  job_id: jobId,
  number_records: null,
  number_records_processed: 0,
  number_records_matched: 0,
};

const completed: Example = {
  name: 'completed',
  summary: 'Of a completed batch',
  path: { job: jobId, batch: batchId },
  status: 200,
  answer: {
    batch_id: batchId,
    state: 'COMPLETED',
    output_format: 'JSON',
    record_list: [{ record_id: 7, ...ada, email: 'ada@example.com' }, nobody],
  },
};
const early: Example = {
  name: 'early',
  summary: 'Before the file has come',
  path: { job: jobId, batch: fileId },
  status: 409,
  answer: { message: 'The batch is not completed', state: 'WAITING_FOR_UPLOAD' },
};

/** A batch and its results are found under either path: the ids of both kinds share one space. */
const readings = (kind: 'batch' | 'batch-file'): Pick<Operation, 'method' | 'path' | 'pathNotes'> => ({
  method: 'get',
  path: `${jobPath}/{job}/${kind}/{batch}`,
  pathNotes,
});

export const batchOperations: readonly Operation[] = [
  {
    id: 'startBatch',
    method: 'post',
    path: `${jobPath}/{job}/batch`,
    summary: 'Send a batch of records',
    pathNotes,
    body: { kind: 'json', required: true, component: 'BatchOrder' },
    answers: { 200: { component: 'BatchMade', text: 'The batch is accepted.' }, ...errors, ...notFound, ...tooLong },
    examples: [
      {
        name: 'records',
        summary: 'Two records',
        path: { job: jobId },
        body: { record_list: [{ record_id: 7, ...ada }, nobody] },
        status: 200,
        answer: { batch_id: batchId },
        makes: batchId,
      },
      {
        name: 'empty',
        summary: 'No records',
        path: { job: jobId },
        body: { record_list: [] },
        status: 400,
        answer: { message: 'record_list must be an array of records' },
      },
    ],
  },
  {
    id: 'awaitBatch',
    method: 'post',
    path: `${jobPath}/{job}/batch-file`,
    summary: 'Announce a file of records',
    description: 'The file has at most 50 MB.',
    pathNotes,
    body: { kind: 'json', required: false, component: 'FileOrder' },
    answers: {
      200: { component: 'FileAwaited', text: 'The batch waits for its file.' },
      ...errors,
      ...notFound,
      ...tooLong,
    },
    examples: [
      {
        name: 'file',
        summary: 'A file that asks for a variable too',
        path: { job: jobId },
        body: { fields: ['city'] },
        status: 200,
        answer: {
          batch_id: fileId,
          upload_url: 'http://127.0.0.1:3000/uploads/tickets/...',
          upload_expiration_date: '1717434902000',
        },
        makes: fileId,
      },
    ],
  },
  {
    ...readings('batch'),
    id: 'readBatch',
    summary: 'Look at a batch',
    answers: { 200: { component: 'Batch', text: 'What is known of it now.' }, ...errors, ...notFound },
    examples: [
      {
        name: 'completed',
        summary: 'A completed batch',
        path: { job: jobId, batch: batchId },
        status: 200,
        answer: {
          ...waiting,
          state: 'COMPLETED',
          batch_id: batchId,
          number_records: 2,
          number_records_processed: 2,
          number_records_matched: 1,
          unmatched_reasons: { 'nobody matches': 1 },
        },
      },
      {
        name: 'unknown',
        summary: 'A batch of another job',
        path: { job: jobId, batch: '0123456789abcdef' },
        status: 404,
        answer: { message: 'Batch not found' },
      },
    ],
  },
  {
    ...readings('batch-file'),
    id: 'readBatchFile',
    summary: 'Look at a batch of a file',
    answers: { 200: { component: 'Batch', text: 'What is known of it now.' }, ...errors, ...notFound },
    examples: [
      {
        name: 'waiting',
        summary: 'A batch whose file has not come',
        path: { job: jobId, batch: fileId },
        status: 200,
        answer: waiting,
      },
    ],
  },
  ...(['batch', 'batch-file'] as const).map((kind): Operation => {
    const { path, ...rest } = readings(kind);
    return {
      ...rest,
      path: `${path}/results`,
      id: kind === 'batch' ? 'readResults' : 'readResultsOfFile',
      summary: kind === 'batch' ? 'Fetch the results of a batch' : 'Fetch the results of a file',
      answers: {
        200: { component: 'Results', text: 'The records in their order, or a link to them.' },
        ...errors,
        ...notFound,
        409: { component: 'Error', text: 'The batch is not completed, or its results are no longer kept.' },
      },
      examples: [kind === 'batch' ? completed : early],
    };
  }),
];
