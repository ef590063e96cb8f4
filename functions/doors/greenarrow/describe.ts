// What the GreenArrow door takes and answers, for the OpenAPI document.
import type { DoorDescription, Operation } from '../description.ts';
import { exampleImport, exampleJobs, importId, listId, succeeded, waitingId } from './examples.ts';
import {
  errorAnswer,
  importAnswer,
  importOrder,
  importsAnswer,
  importsQuery,
  jobsAnswer,
  jobsQuery,
  listAnswer,
  listOrder,
  listsAnswer,
} from './schemas.ts';

const errors = {
  401: { component: 'Error', text: 'Unknown organization or wrong key; which of them is not told.' },
  429: { component: 'Error', text: 'Too many wrong keys: wait a minute.' },
  500: { component: 'Error', text: 'Our fault: repeat the call.' },
};
const base = '/ga/api/v2';
const pathNotes = { list: 'The number of the mailing list.', import: 'The number of the import.' };
const refused = (error_code: string, error_message: string) => ({
  success: false,
  data: null,
  error_code,
  error_message,
});

const jobs = (path: string, id: string, summary: string): Omit<Operation, 'examples'> => ({
  id,
  method: 'get',
  path: `${base}/${path}`,
  summary,
  query: {
    schema: jobsQuery,
    notes: {
      state: 'One or more states: repeated, or separated by commas.',
      job_type: 'One or more job types, likewise.',
      begins_at__after: 'ISO 8601 or Unix seconds; the bound itself is left out.',
      page: 'The first is 0. Far pages cost the way to them: go on by `page_token`.',
      page_token: 'The `next_page_token` of the page before.',
    },
  },
  answers: { 200: { component: 'Jobs', text: 'A page of jobs; always all 17 keys.' }, ...errors },
});

const control = (word: string, summary: string, answer: Record<string, unknown>): Operation => ({
  id: `${word}Import`,
  method: 'post',
  path: `${base}/mailing_lists/{list}/subscriber_imports/{import}/${word}`,
  summary,
  pathNotes,
  answers: { 200: { component: 'Import', text: 'The import after it.' }, ...errors },
  examples: [
    {
      name: word,
      summary: 'An import that waits',
      path: { list: listId, import: waitingId },
      status: 200,
      answer: succeeded(answer),
    },
  ],
});

const table = {
  column_mapping: ['email', 'city'],
  file_source: { type: 'json', content: 'ada@example.com,Oslo\nnot-an-address,Rome\n' },
  file_format: { csv_has_headers: false },
};

export const describeGreenarrow = (): DoorDescription => ({
  name: 'greenarrow',
  title: "GreenArrow Studio's job API",
  description:
    'Job lists and subscriber imports as clients of GreenArrow Studio know them. HTTP Basic: the number of the organization and ' +
    'its secret. Most errors come under status 200: `success` tells.',
  security: { basic: { type: 'http', scheme: 'basic', description: 'organization:secret' } },
  components: {
    Jobs: { schema: jobsAnswer },
    Imports: { schema: importsAnswer },
    Import: { schema: importAnswer },
    ImportOrder: { schema: importOrder },
    Lists: { schema: listsAnswer },
    List: { schema: listAnswer },
    ListOrder: { schema: listOrder },
    Error: { schema: errorAnswer },
  },
  operations: [
    {
      id: 'makeList',
      method: 'post',
      path: `${base}/mailing_lists`,
      summary: 'Make a mailing list',
      body: { kind: 'json', required: true, component: 'ListOrder' },
      answers: { 200: { component: 'List', text: 'The list of that name.' }, ...errors },
      examples: [
        {
          name: 'list',
          summary: 'A list',
          body: { mailing_list: { name: 'Main' } },
          status: 200,
          answer: succeeded({ id: Number(listId), name: 'Main', created_at: '2026-11-27T19:00:00Z' }),
        },
      ],
    },
    {
      id: 'readLists',
      method: 'get',
      path: `${base}/mailing_lists`,
      summary: 'The mailing lists',
      answers: { 200: { component: 'Lists', text: 'All of them.' }, ...errors },
      examples: [
        {
          name: 'lists',
          summary: 'One list',
          status: 200,
          answer: succeeded([{ id: Number(listId), name: 'Main', created_at: '2026-11-27T19:00:00Z' }]),
        },
      ],
    },
    {
      id: 'makeImport',
      method: 'post',
      path: `${base}/mailing_lists/{list}/subscriber_imports`,
      summary: 'Import subscribers',
      description: 'The table stands in the request, up to 10 MB, or lies at a URL.',
      pathNotes,
      body: { kind: 'json', required: true, component: 'ImportOrder' },
      answers: { 200: { component: 'Import', text: 'The import.' }, ...errors },
      examples: [
        {
          name: 'inline',
          summary: 'A table of two rows',
          path: { list: listId },
          body: { subscriber_import: table },
          status: 200,
          answer: succeeded(exampleImport(importId, 'scheduled')),
          makes: importId,
        },
        {
          name: 'later',
          summary: 'The same, to begin later',
          path: { list: listId },
          body: { subscriber_import: { ...table, begins_at: '$tomorrow' } },
          status: 200,
          answer: succeeded(exampleImport(waitingId, 'scheduled')),
          makes: waitingId,
        },
        {
          name: 'noMapping',
          summary: 'Columns without an address',
          path: { list: listId },
          body: { subscriber_import: { ...table, column_mapping: ['city'] } },
          status: 200,
          component: 'Error',
          answer: refused('validation_failed', 'column_mapping must name a column email'),
        },
      ],
    },
    {
      id: 'readImport',
      method: 'get',
      path: `${base}/mailing_lists/{list}/subscriber_imports/{import}`,
      summary: 'Look at an import',
      pathNotes,
      answers: { 200: { component: 'Import', text: 'What is known of it now.' }, ...errors },
      examples: [
        {
          name: 'finished',
          summary: 'A finished import',
          path: { list: listId, import: importId },
          status: 200,
          answer: succeeded(exampleImport(importId, 'finished')),
        },
        {
          name: 'unknown',
          summary: 'An import of nobody, or of somebody else',
          path: { list: listId, import: '1' },
          status: 200,
          component: 'Error',
          answer: refused('not_found', 'The subscriber import was not found'),
        },
      ],
    },
    {
      id: 'listImports',
      method: 'get',
      path: `${base}/mailing_lists/{list}/subscriber_imports`,
      summary: 'The imports into a list',
      pathNotes,
      query: {
        schema: importsQuery,
        notes: { scope: '`recent`, which is usual, takes in what ended in the last 14 days.' },
      },
      answers: { 200: { component: 'Imports', text: 'A page of imports.' }, ...errors },
      examples: [
        {
          name: 'none',
          summary: 'A page behind the last',
          path: { list: listId },
          query: { scope: 'all', per_page: '10', page: '7' },
          status: 200,
          answer: { ...exampleJobs([]), page: 7, per_page: 10, num_records: 2, num_pages: 1 },
        },
      ],
    },
    control('pause', 'Pause an import', exampleImport(waitingId, 'paused')),
    control('unpause', 'Let a paused import go on', exampleImport(waitingId, 'scheduled')),
    control('cancel', 'Cancel an import', exampleImport(waitingId, 'cancelled')),
    {
      ...jobs('jobs/all', 'allJobs', 'All jobs'),
      examples: [
        {
          name: 'imports',
          summary: 'The finished imports',
          query: { job_type: 'SubscriberImport', state: 'finished' },
          status: 200,
          answer: exampleJobs(),
        },
        {
          name: 'tooMany',
          summary: 'More than a page holds',
          query: { per_page: '2001' },
          status: 200,
          component: 'Error',
          answer: refused('requested_too_many', 'per_page is at most 2000'),
        },
      ],
    },
    {
      ...jobs('jobs/unfinished', 'unfinishedJobs', 'The jobs that have not ended'),
      examples: [{ name: 'none', summary: 'A quiet moment', status: 200, answer: exampleJobs([]) }],
    },
    {
      ...jobs('jobs/all_on_all_organizations', 'jobsEverywhere', 'The jobs of all organizations'),
      description: 'For system administrators.',
      examples: [{ name: 'all', summary: 'All', status: 200, answer: exampleJobs() }],
    },
  ],
});
